/// Sets of characters that tell mojibake from text, and the sequences of them that hardly occur otherwise.
///
/// The sets and sequences are those of ftfy: what UTF-8 looks like when it was read in an encoding
/// of one byte a character.
struct MojibakeClues: Sendable {
  static let standard = MojibakeClues()

  /// What a character may stand for in UTF-8 that was read as something else.
  struct Role: OptionSet {
    let rawValue: UInt8
    /// Begins a sequence of two, three or four bytes.
    static let firstOf2 = Role(rawValue: 1)
    static let firstOf3 = Role(rawValue: 2)
    static let firstOf4 = Role(rawValue: 4)
    static let continuation = Role(rawValue: 8)
    /// Continues a sequence and hardly occurs otherwise.
    static let strictContinuation = Role(rawValue: 16)
  }

  /// A set of `classes`, or one that is asked by a rule of its own.
  private enum CharacterSet: Sendable {
    case listed(UInt128)
    case word, space, notLatinLetter, notNewline
  }

  private struct Sequence: Sendable {
    let isAtStart: Bool
    let sets: [CharacterSet]
  }

  /// The bits of each character by its number in `places`.
  private var bits: [UInt128] = [0]
  private var places = [UInt8](repeating: 0, count: 0x1_0000)
  private var roles = [UInt8](repeating: 0, count: 0x1_0000)
  private let sequences: [Sequence]

  private init() {
    let others = TableText.words(MojibakeTables.others)
    let kinds: [Substring: CharacterSet] = [
      "W": .word, "S": .space, "N": .notLatinLetter, "A": .notNewline,
    ]
    let all = TableText.words(MojibakeTables.rules).map { $0.split(separator: ",") }
    let listed = (all.joined().compactMap { Int($0) }.max() ?? 0) + 1 - others.count
    sequences = all.map { parts in
      let numbers = parts.compactMap { Int($0) }
      return Sequence(
        isAtStart: parts.first == "^",
        sets: numbers.map { number in
          number < listed ? .listed(1 << UInt128(number)) : kinds[others[number - listed]] ?? .word
        })
    }
    var numbers: [UInt128: UInt8] = [0: 0]
    for (range, value) in TableText.ranges(MojibakeTables.classes) {
      if numbers[value] == nil {
        numbers[value] = UInt8(bits.count)
        bits.append(value)
      }
      for code in range { places[code] = numbers[value] ?? 0 }
    }
    for (range, value) in TableText.ranges(MojibakeTables.clues) {
      for code in range { roles[code] = UInt8(value) }
    }
  }

  /// What a character may stand for.
  func role(_ scalar: UInt32) -> Role {
    scalar < 0x1_0000 ? Role(rawValue: roles[Int(scalar)]) : []
  }

  /// Whether a text holds a sequence that looks like mojibake.
  func isBad(_ text: ArraySlice<UInt32>) -> Bool {
    var next = text.startIndex
    for place in text.indices where text[place] >= 0x80 {
      // Every sequence has a character beyond ASCII among its first three.
      for start in max(next, place - 2)..<place + 1 where matches(text, from: start) { return true }
      next = place + 1
    }
    return false
  }

  private func matches(_ text: ArraySlice<UInt32>, from start: Int) -> Bool {
    sequences.contains { sequence in
      guard start + sequence.sets.count <= text.endIndex,
        !sequence.isAtStart || start == text.startIndex
      else { return false }
      for (offset, set) in sequence.sets.enumerated() where !holds(set, text[start + offset]) {
        return false
      }
      return true
    }
  }

  private func holds(_ set: CharacterSet, _ scalar: UInt32) -> Bool {
    switch set {
    case .listed(let bit): scalar < 0x1_0000 && bits[Int(places[Int(scalar)])] & bit != 0
    case .word: PythonCharacter.isWord(scalar)
    case .space: PythonCharacter.isSpace(scalar)
    case .notLatinLetter: !(0x41...0x5A).contains(scalar) && !(0x61...0x7A).contains(scalar)
    case .notNewline: scalar != 0x0A
    }
  }
}

/// Classes of characters as Python's expressions have them.
enum PythonCharacter {
  /// `\w`: letters, numbers of all kinds and the underscore.
  static func isWord(_ value: UInt32) -> Bool {
    guard value >= 0x80, let scalar = Unicode.Scalar(value) else {
      return (0x30...0x39).contains(value) || (0x41...0x5A).contains(value)
        || (0x61...0x7A).contains(value) || value == 0x5F
    }
    switch scalar.properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter:
      return true
    default: return scalar.properties.numericType != nil
    }
  }

  /// `\s`: white space, and the separators of ASCII.
  static func isSpace(_ value: UInt32) -> Bool {
    if value < 0x80 {
      return value == 0x20 || (0x09...0x0D).contains(value) || (0x1C...0x1F).contains(value)
    }
    return Unicode.Scalar(value)?.properties.isWhitespace ?? false
  }

  /// `\d`: decimal digits of any script.
  static func isDigit(_ value: UInt32) -> Bool {
    if value < 0x80 { return (0x30...0x39).contains(value) }
    return Unicode.Scalar(value)?.properties.generalCategory == .decimalNumber
  }
}

/// Reads tables that are written as text.
enum TableText {
  static func words(_ text: StaticString) -> [Substring] {
    text.description.split { $0 == " " || $0 == "\n" }
  }

  /// Words such as `41-5A:1F`: a range of characters and a value, both hexadecimal.
  static func ranges(_ text: StaticString) -> [(range: ClosedRange<Int>, value: UInt128)] {
    words(text).compactMap { word in
      let parts = word.split(separator: ":")
      let ends = parts[0].split(separator: "-").compactMap { Int($0, radix: 16) }
      guard parts.count == 2, let first = ends.first, let last = ends.last,
        let value = UInt128(parts[1], radix: 16)
      else { return nil }
      return (first...last, value)
    }
  }

  /// Words such as `FB01:66+69`: a key and characters, these hexadecimal.
  static func replacements(_ text: StaticString) -> [(key: Substring, scalars: [UInt32])] {
    words(text).map { word in
      let parts = word.split(separator: ":")
      return (parts[0], parts[1].split(separator: "+").compactMap { UInt32($0, radix: 16) })
    }
  }
}
