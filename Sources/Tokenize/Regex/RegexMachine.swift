/// Runs a program over part of a text.
///
/// It backtracks as Oniguruma does, so that the first alternative that leads to a match counts. Once a
/// search has taken many steps it notes which instruction failed at which place and never tries that
/// again, which bounds all further work by the length of the program times that of the text.
struct RegexMachine {
  private let program: RegexProgram
  private let start: Int
  private let end: Int
  private var steps = 0
  /// A bit for each instruction at each place, set once it was tried; empty until it is needed.
  private var tried: [UInt64] = []
  private let stepLimit: Int

  /// A choice to come back to; `low` bounds what a run may still give back.
  private struct Choice {
    var instruction: Int
    var place: Int
    var low: Int
    var isLazy = false
  }

  init(_ program: RegexProgram, _ range: ByteRange) {
    self.program = program
    start = Int(range.start)
    end = Int(range.end)
    let states = program.instructions.count * (range.indices.count + 1)
    stepLimit = program.hasEmptyLoop ? 0 : max(4096, states / 64)
  }

  /// The end of the match that begins at a place, or nil.
  mutating func match(at place: Int, in bytes: borrowing Span<UInt8>) -> Int? {
    let found = run(from: 0, at: place, bytes, notes: true)
    if let found { forget(upTo: found, from: place) }
    return found
  }

  /// Readies the notes for the search after a match.
  ///
  /// Steps in proportion to its length are forgiven, and states at its end may succeed again. Whatever
  /// was tried beyond its end failed, and would again.
  private mutating func forget(upTo found: Int, from place: Int) {
    steps = max(0, steps - Self.stepsPerByte * (found - place + 1))
    guard !tried.isEmpty else { return }
    for instruction in program.instructions.indices {
      let state = state(instruction, found)
      tried[state >> 6] &= ~(1 << UInt64(state & 63))
    }
  }

  /// The steps for each byte of a text that never are too many.
  private static let stepsPerByte = 64

  private func state(_ instruction: Int, _ place: Int) -> Int {
    instruction * (end - start + 1) + place - start
  }

  private mutating func run(
    from first: Int, at place: Int, _ bytes: borrowing Span<UInt8>, notes: Bool
  ) -> Int? {
    var stack: [Choice] = []
    var instruction = first
    var place = place
    while true {
      if let failed = advance(&instruction, &place, &stack, bytes, notes: notes) {
        if !failed { return place }
        guard resume(&instruction, &place, &stack, bytes) else { return nil }
      }
    }
  }

  /// Goes back to the latest choice; false where there is none left.
  private func resume(
    _ instruction: inout Int, _ place: inout Int, _ stack: inout [Choice],
    _ bytes: borrowing Span<UInt8>
  ) -> Bool {
    guard var choice = stack.popLast() else { return false }
    instruction = choice.instruction
    place = choice.place
    guard choice.low >= 0 else { return true }
    // A run goes on one scalar shorter, or longer where it is lazy, and may do so again.
    if choice.isLazy {
      place += UTF8Scalars.length(leadByte: bytes[place])
      choice.place = place
      if place < choice.low { stack.append(choice) }
    } else {
      place = UTF8Scalars.startOfScalar(before: place, in: bytes)
      choice.place = place
      if place > choice.low { stack.append(choice) }
    }
    return true
  }

  /// Runs one instruction; nil to go on, true for a failure, false at the end.
  @inline(__always)
  private mutating func advance(
    _ instruction: inout Int, _ place: inout Int, _ stack: inout [Choice],
    _ bytes: borrowing Span<UInt8>, notes: Bool
  ) -> Bool? {
    steps += 1
    if notes, steps > stepLimit || !tried.isEmpty, isTried(instruction, place) { return true }
    switch program.instructions[instruction] {
    case .match: return false
    case .set(let set):
      guard place < end else { return true }
      let (scalar, length) = UTF8Scalars.decode(bytes, at: place)
      guard program.sets[set][scalar] else { return true }
      place += length
    case .run(let set, let least, let most, let kind):
      let sharesEnds = notes && !tried.isEmpty && least <= 1 && most == .max && kind != .lazy
      let isFound = run(
        set, least, most, kind, instruction, sharesEnds: sharesEnds, &place, &stack, bytes)
      if !isFound { return true }
    case .split(let one, let other):
      stack.append(Choice(instruction: other, place: place, low: -1))
      instruction = one
      return nil
    case .jump(let target):
      instruction = target
      return nil
    case .assertion(let assertion): if !holds(assertion, place, bytes) { return true }
    case .look(let end, let back, let negated):
      if look(instruction + 1, place, back, bytes) == negated { return true }
      instruction = end
      return nil
    case .atomic(let end):
      guard let after = run(from: instruction + 1, at: place, bytes, notes: false) else {
        return true
      }
      place = after
      instruction = end
      return nil
    }
    instruction += 1
    return nil
  }

  /// Whether an instruction was tried at a place before; notes that it is now.
  private mutating func isTried(_ instruction: Int, _ place: Int) -> Bool {
    if tried.isEmpty {
      let states = program.instructions.count * (end - start + 1)
      tried = [UInt64](repeating: 0, count: states / 64 + 1)
    }
    let state = state(instruction, place)
    let bit: UInt64 = 1 << UInt64(state & 63)
    if tried[state >> 6] & bit != 0 { return true }
    tried[state >> 6] |= bit
    return false
  }

  /// Reads a run of scalars of a set; false where there are too few.
  ///
  /// A run that `sharesEnds` with those that begin inside it is noted for them all, and stops where one
  /// of them was tried: what lies beyond failed then.
  private mutating func run(
    _ set: Int, _ least: Int, _ most: Int, _ kind: RepetitionKind, _ instruction: Int,
    sharesEnds: Bool, _ place: inout Int, _ stack: inout [Choice], _ bytes: borrowing Span<UInt8>
  ) -> Bool {
    var count = 0
    var low = place
    var high = place
    while count < most, high < end {
      let (scalar, length) = UTF8Scalars.decode(bytes, at: high)
      guard program.sets[set][scalar] else { break }
      high += length
      count += 1
      if count == least { low = high }
      if sharesEnds, high < end, isTried(instruction, high) {
        if kind == .possessive { return false }
        break
      }
    }
    steps += count
    guard count >= least else { return false }
    keepEnds(low, high, kind, instruction + 1, &place, &stack)
    return true
  }

  /// Goes on at the first end of a run, and keeps the choice of the others.
  private func keepEnds(
    _ low: Int, _ high: Int, _ kind: RepetitionKind, _ next: Int, _ place: inout Int,
    _ stack: inout [Choice]
  ) {
    switch kind {
    case .possessive: place = high
    case .greedy:
      place = high
      if high > low { stack.append(Choice(instruction: next, place: high, low: low)) }
    case .lazy:
      place = low
      if high > low {
        stack.append(Choice(instruction: next, place: low, low: high, isLazy: true))
      }
    }
  }

  private mutating func look(
    _ first: Int, _ place: Int, _ back: ClosedRange<Int>?, _ bytes: borrowing Span<UInt8>
  ) -> Bool {
    guard let back else { return run(from: first, at: place, bytes, notes: false) != nil }
    var before = place
    for count in 0...back.upperBound {
      if count > 0 {
        guard before > start else { return false }
        before = UTF8Scalars.startOfScalar(before: before, in: bytes)
      }
      guard count >= back.lowerBound else { continue }
      // What is looked at must end exactly here.
      var machine = RegexMachine(program, ByteRange(before, place))
      if machine.run(from: first, at: before, bytes, notes: false) == place { return true }
    }
    return false
  }

  private func holds(
    _ assertion: RegexAssertion, _ place: Int, _ bytes: borrowing Span<UInt8>
  ) -> Bool {
    switch assertion {
    case .lineStart: place == start || bytes[place - 1] == 0x0A && place < end
    case .lineEnd: place == end || bytes[place] == 0x0A
    case .textStart: place == start
    case .textEnd: place == end
    case .lastLineEnd: place == end || place + 1 == end && bytes[place] == 0x0A
    case .wordBoundary: isWord(before: place, bytes) != isWord(at: place, bytes)
    case .noWordBoundary: isWord(before: place, bytes) == isWord(at: place, bytes)
    }
  }

  private static let word = CharacterProperties.word.table

  private func isWord(at place: Int, _ bytes: borrowing Span<UInt8>) -> Bool {
    place < end && Self.word[UTF8Scalars.decode(bytes, at: place).scalar]
  }

  private func isWord(before place: Int, _ bytes: borrowing Span<UInt8>) -> Bool {
    guard place > start else { return false }
    return isWord(at: UTF8Scalars.startOfScalar(before: place, in: bytes), bytes)
  }
}

/// A regular expression that is none of those with a scanner of their own.
struct RegexPattern: Sendable, Hashable {
  let expression: String
  private let program: RegexProgram

  /// Compiles an expression.
  init(_ expression: String) throws(RegexError) {
    self.expression = expression
    program = try RegexProgram(RegexParser.parse(expression))
  }

  static func == (first: RegexPattern, second: RegexPattern) -> Bool {
    Array(first.expression.utf8) == Array(second.expression.utf8)
  }

  func hash(into hasher: inout Hasher) { hasher.combine(Array(expression.utf8)) }

  /// Appends the matches in part of a text, leftmost first; matches of nothing are left out of texts
  /// that a match just ended at.
  func appendMatches(
    in bytes: borrowing Span<UInt8>, _ range: ByteRange, to matches: inout [ByteRange]
  ) {
    var machine = RegexMachine(program, range)
    var place = Int(range.start)
    let end = Int(range.end)
    var lastEnd = -1
    while place <= end {
      if let match = machine.match(at: place, in: bytes), match > place || place != lastEnd {
        matches.append(ByteRange(place, match))
        lastEnd = match
        if match > place {
          place = match
          continue
        }
      }
      guard place < end else { break }
      place += UTF8Scalars.length(leadByte: bytes[place])
    }
  }
}
