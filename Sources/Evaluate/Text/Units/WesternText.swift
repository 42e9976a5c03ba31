/// Splits punctuation off words as mteval-v13a does: four replacements, one after the other.
///
/// Blanks end every match, so words can be split one by one; what a word has beside it matters only as
/// "a blank" or "the end of the text".
struct WesternText {
  /// No white space, nothing to split at.
  static let plain: UInt8 = 0
  /// Perhaps something to split at.
  static let mark: UInt8 = 1
  /// Perhaps white space.
  static let blank: UInt8 = 2

  /// What each byte may be to a word.
  static let kinds: [UInt8] = (0..<256).map { byte in
    if PythonText.spaces[byte] != 0 { return blank }
    return isPunctuation(UInt8(byte)) || byte == 0x2E || byte == 0x2C || byte == 0x2D ? mark : plain
  }

  /// What was begun with, as rewritten so far.
  var text: [UInt8] = []
  private var next: [UInt8] = []

  /// Appends the numbers of a word's parts.
  ///
  /// - Parameters:
  ///   - before: whether a blank stands before it.
  ///   - after: whether a blank stands behind it.
  mutating func split(
    _ word: UnsafeBufferPointer<UInt8>, before: Bool, after: Bool,
    _ interner: inout TokenInterner, _ tokens: inout [UInt32]
  ) {
    begin(word, before: before, after: after)
    separateStops()
    addParts(&interner, &tokens)
  }

  /// Every mark of ASCII but `'`, `,`, `-` and `.`; the blank, which is one of them, is not here.
  private static func isPunctuation(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x21...0x26, 0x28...0x2B, 0x2F, 0x3A...0x40, 0x5B...0x60, 0x7B...0x7E: true
    default: false
    }
  }

  /// Begins with a text and sets all punctuation apart but `'`, `,`, `-` and `.`.
  mutating func begin(_ word: UnsafeBufferPointer<UInt8>, before: Bool, after: Bool) {
    text.removeAll(keepingCapacity: true)
    if before { text.append(0x20) }
    for byte in word {
      if Self.isPunctuation(byte) {
        text.append(0x20)
        text.append(byte)
        text.append(0x20)
      } else {
        text.append(byte)
      }
    }
    if after { text.append(0x20) }
  }

  /// `'s` before a blank gets one before it too: Tercom's way.
  mutating func separatePossessives() {
    next.removeAll(keepingCapacity: true)
    for place in text.indices {
      if text[place] == 0x27, text[place...].starts(with: [0x27, 0x73, 0x20]) {
        next.append(0x20)
      }
      next.append(text[place])
    }
    swap(&text, &next)
  }

  /// Stops and commas not between digits, and dashes behind digits.
  mutating func separateStops() {
    guard text.contains(where: { $0 == 0x2E || $0 == 0x2C || $0 == 0x2D }) else { return }
    Rewriting.replacePairs(in: &text, &next) {
      !Self.isDigit($0) && Self.isStop($1)
    } write: { first, second, next in
      next += [first, 0x20, second, 0x20]
    }
    Rewriting.replacePairs(in: &text, &next) {
      Self.isStop($0) && !Self.isDigit($1)
    } write: { first, second, next in
      next += [0x20, first, 0x20, second]
    }
    Rewriting.replacePairs(in: &text, &next) {
      Self.isDigit($0) && $1 == 0x2D
    } write: { first, second, next in
      next += [first, 0x20, second, 0x20]
    }
  }

  private func addParts(_ interner: inout TokenInterner, _ tokens: inout [UInt32]) {
    text.withUnsafeBufferPointer { text in
      var start = 0
      for place in 0...text.count where place == text.count || text[place] == 0x20 {
        if start < place {
          tokens.append(interner.id(of: UnsafeBufferPointer(rebasing: text[start..<place])))
        }
        start = place + 1
      }
    }
  }

  @inline(__always) private static func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 }
  @inline(__always) private static func isStop(_ byte: UInt8) -> Bool {
    byte == 0x2E || byte == 0x2C
  }
}
