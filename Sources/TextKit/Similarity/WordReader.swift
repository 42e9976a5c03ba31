import Records

/// Reads texts as words without case and punctuation, and keeps one hash a word.
///
/// ASCII is read byte by byte and makes no other text on the way.
struct WordReader {
  /// One hash a word, in order.
  private(set) var hashes: [UInt64] = []
  /// Whether every letter is a word by itself.
  private let isByCharacter: Bool

  init(byCharacter: Bool = false) { isByCharacter = byCharacter }

  /// Reads one more text, whose words do not run on from the text before it.
  mutating func append(_ text: String) {
    var text = text
    if text.withUTF8({ appendASCII($0) }) { return }
    append(ofForm: ComparableText.form(text))
  }

  /// Reads a text that already is in its `ComparableText` form.
  mutating func append(ofForm form: String) {
    var form = form
    if form.withUTF8({ appendASCII($0) }) { return }
    appendScalars(form.unicodeScalars)
  }

  // MARK: - ASCII

  /// What a byte is written as within a word; 0 between words.
  private static let letters: [UInt8] = (0..<256).map { value in
    switch UInt8(value) {
    case 0x30...0x39, 0x5F, 0x61...0x7A: UInt8(value)
    case 0x41...0x5A: UInt8(value) | 0x20
    default: 0
    }
  }

  /// Reads a text of ASCII alone; otherwise reads nothing and says so.
  private mutating func appendASCII(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    guard bytes.allSatisfy({ $0 < 0x80 }) else { return false }
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: bytes.count + 1) { lowered in
      Self.letters.withUnsafeBufferPointer { letters in
        for place in bytes.indices { lowered[place] = letters[Int(bytes[place])] }
      }
      lowered[bytes.count] = 0
      appendWords(UnsafeBufferPointer(lowered))
    }
    return true
  }

  /// Hashes the runs between zeros; the last byte is a zero.
  private mutating func appendWords(_ bytes: UnsafeBufferPointer<UInt8>) {
    var start = 0
    for place in bytes.indices {
      if bytes[place] != 0 {
        if isByCharacter {
          hashes.append(StableHash.hash(UnsafeBufferPointer(rebasing: bytes[place..<place + 1])))
        }
        continue
      }
      if place > start, !isByCharacter {
        hashes.append(StableHash.hash(UnsafeBufferPointer(rebasing: bytes[start..<place])))
      }
      start = place + 1
    }
  }

  // MARK: - All of Unicode

  private mutating func appendScalars(_ scalars: String.UnicodeScalarView) {
    var word: [UInt8] = []
    func finish(_ hashes: inout [UInt64]) {
      guard !word.isEmpty else { return }
      hashes.append(StableHash.hash(word))
      word.removeAll(keepingCapacity: true)
    }
    for scalar in scalars {
      let kind = scalar == "_" ? .letter : WordClass(scalar)
      if kind != .letter || isByCharacter { finish(&hashes) }
      guard kind != .other else { continue }
      word.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
      if kind == .ideograph { finish(&hashes) }
    }
    finish(&hashes)
  }
}
