/// A regular expression as instructions of a backtracking machine.
struct RegexProgram: Sendable {
  enum Instruction: Sendable {
    /// Reads a scalar of a set.
    case set(Int)
    /// Reads as many scalars of a set as there are, from `least` to `most`.
    case run(Int, least: Int, most: Int, RepetitionKind)
    /// Goes on here, or there if that fails.
    case split(Int, Int)
    case jump(Int)
    case assertion(RegexAssertion)
    /// Tries the part that ends at `end`, looking ahead, or back over some number of scalars.
    case look(end: Int, back: ClosedRange<Int>?, negated: Bool)
    /// Matches the part that ends at `end` once and for all.
    case atomic(end: Int)
    /// The end of the expression, or of a part.
    case match
  }

  private(set) var instructions: [Instruction] = []
  private(set) var sets: [ScalarTable<Bool>] = []
  /// Whether a repetition may go round without reading anything.
  private(set) var hasEmptyLoop = false
  private var numbers: [ScalarSet: Int] = [:]

  /// Expressions that unfold to more than this are refused.
  private static let mostInstructions = 20_000

  /// Compiles a tree.
  init(_ node: RegexNode) throws(RegexError) {
    try add(node)
    instructions.append(.match)
  }

  private mutating func number(_ set: ScalarSet) -> Int {
    if let number = numbers[set] { return number }
    numbers[set] = sets.count
    sets.append(set.table)
    return sets.count - 1
  }

  private mutating func add(_ node: RegexNode) throws(RegexError) {
    guard instructions.count < Self.mostInstructions else {
      throw RegexError("the expression unfolds to more than \(Self.mostInstructions) steps")
    }
    switch node {
    case .empty: break
    case .set(let set): instructions.append(.set(number(set)))
    case .sequence(let parts): for part in parts { try add(part) }
    case .alternation(let parts): try add(alternatives: parts)
    case .repetition(let part, let least, let most, let kind):
      try add(repetition: part, least, most, kind)
    case .look(let part, let ahead, let negated):
      let back = ahead ? nil : part.lengths
      try add(enclosed: part) { .look(end: $0, back: back, negated: negated) }
    case .atomic(let part): try add(enclosed: part) { .atomic(end: $0) }
    case .assertion(let assertion): instructions.append(.assertion(assertion))
    }
  }

  private mutating func add(
    enclosed part: RegexNode, _ make: (Int) -> Instruction
  ) throws(RegexError) {
    let start = instructions.count
    instructions.append(.match)
    try add(part)
    instructions.append(.match)
    instructions[start] = make(instructions.count)
  }

  private mutating func add(alternatives parts: [RegexNode]) throws(RegexError) {
    var ends: [Int] = []
    for (index, part) in parts.enumerated() {
      let start = instructions.count
      let isLast = index + 1 == parts.count
      if !isLast { instructions.append(.match) }
      try add(part)
      if isLast { break }
      ends.append(instructions.count)
      instructions.append(.match)
      instructions[start] = .split(start + 1, instructions.count)
    }
    for end in ends { instructions[end] = .jump(instructions.count) }
  }

  private mutating func add(
    repetition part: RegexNode, _ least: Int, _ most: Int?, _ kind: RepetitionKind
  ) throws(RegexError) {
    if case .set(let set) = part {
      instructions.append(.run(number(set), least: least, most: most ?? .max, kind))
      return
    }
    if kind == .possessive {
      return try add(.atomic(.repetition(part, least: least, most: most, .greedy)))
    }
    for _ in 0..<least { try add(part) }
    guard let most else { return try add(loop: part, kind) }
    var starts: [Int] = []
    for _ in 0..<most - least {
      starts.append(instructions.count)
      instructions.append(.match)
      try add(part)
    }
    for start in starts { instructions[start] = choice(start + 1, instructions.count, kind) }
  }

  private mutating func add(loop part: RegexNode, _ kind: RepetitionKind) throws(RegexError) {
    if part.isNullable { hasEmptyLoop = true }
    let start = instructions.count
    instructions.append(.match)
    try add(part)
    instructions.append(.jump(start))
    instructions[start] = choice(start + 1, instructions.count, kind)
  }

  private func choice(_ inside: Int, _ outside: Int, _ kind: RepetitionKind) -> Instruction {
    kind == .lazy ? .split(outside, inside) : .split(inside, outside)
  }
}
