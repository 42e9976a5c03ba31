import Records

/// Reads texts as words without case and punctuation, and keeps one hash a word.
///
/// ASCII and the letters and signs that most texts mix with it are read byte by byte, and make no other
/// text on the way.
struct WordReader {
  /// One hash a word, in order.
  private(set) var hashes: [UInt64] = []
  /// Whether every letter is a word by itself.
  private let isByCharacter: Bool

  init(byCharacter: Bool = false) { isByCharacter = byCharacter }

  /// Reads one more text, whose words do not run on from the text before it.
  mutating func append(_ text: String) {
    var text = text
    if text.withUTF8({ appendPlain($0) }) { return }
    append(ofForm: ComparableText.form(text))
  }

  /// Reads a text that already is in its `ComparableText` form.
  mutating func append(ofForm form: String) {
    var form = form
    if form.withUTF8({ appendPlain($0) }) { return }
    appendScalars(form.unicodeScalars)
  }

  // MARK: - Plain letters

  /// What a byte of ASCII is written as within a word; 0 between words.
  private static let letters: [UInt8] = (0..<256).map { value in
    switch UInt8(value) {
    case 0x30...0x39, 0x5F, 0x61...0x7A: UInt8(value)
    case 0x41...0x5A: UInt8(value) | 0x20
    default: 0
    }
  }

  /// Reads a text of ASCII and plain letters alone; otherwise reads nothing and says so.
  private mutating func appendPlain(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: bytes.count + 1) { lowered in
      guard let count = Self.lower(bytes, into: lowered) else { return false }
      lowered[count] = 0
      hashes.reserveCapacity(hashes.count + count / 6)
      appendWords(UnsafeBufferPointer(rebasing: lowered[...count]))
      return true
    }
  }

  /// Writes letters in lower case and zeros between words; no letter becomes longer.
  /// - Returns: How many bytes were written; nil where a character is no plain letter.
  private static func lower(
    _ bytes: UnsafeBufferPointer<UInt8>, into lowered: UnsafeMutableBufferPointer<UInt8>
  ) -> Int? {
    var all: UInt8 = 0
    letters.withUnsafeBufferPointer { letters in
      for place in bytes.indices {
        all |= bytes[place]
        lowered[place] = letters[Int(bytes[place])]
      }
    }
    guard all >= 0x80 else { return bytes.count }
    var (place, count) = (0, 0)
    while place < bytes.count {
      if bytes[place] < 0x80 {
        lowered[count] = lowered[place]
        (place, count) = (place + 1, count + 1)
        continue
      }
      guard let (value, width) = scalar(bytes, place) else { return nil }
      let letter = PlainLetters.letter(of: value)
      guard letter.count > 0 else { return nil }
      for index in 0..<letter.count {
        lowered[count + index] = UInt8(truncatingIfNeeded: letter.bytes >> (8 * UInt32(index)))
      }
      (place, count) = (place + width, count + letter.count)
    }
    return count
  }

  /// The character of two or three bytes at a place; the bytes are a text's, so all of it is there.
  private static func scalar(
    _ bytes: UnsafeBufferPointer<UInt8>, _ place: Int
  ) -> (value: UInt32, width: Int)? {
    func rest(_ index: Int) -> UInt32 { UInt32(bytes[place + index]) & 0x3F }
    switch bytes[place] {
    case 0xC0..<0xE0: return ((UInt32(bytes[place]) & 0x1F) << 6 | rest(1), 2)
    case 0xE0..<0xF0: return ((UInt32(bytes[place]) & 0xF) << 12 | rest(1) << 6 | rest(2), 3)
    default: return nil
    }
  }

  /// Hashes the runs between zeros; the last byte is a zero.
  private mutating func appendWords(_ bytes: UnsafeBufferPointer<UInt8>) {
    var start = 0
    for place in bytes.indices {
      // By character a word ends before whatever is no further byte of it.
      let ends = isByCharacter ? bytes[place] & 0xC0 != 0x80 : bytes[place] == 0
      guard ends else { continue }
      if place > start {
        hashes.append(StableHash.hash(UnsafeBufferPointer(rebasing: bytes[start..<place])))
      }
      start = bytes[place] == 0 ? place + 1 : place
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
