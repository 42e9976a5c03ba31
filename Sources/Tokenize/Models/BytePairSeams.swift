/// Places between characters that no token of a vocabulary spans.
///
/// Merging only ever makes tokens of the vocabulary, so what stands on both sides of such a place never
/// comes together, and each side can be merged by itself: long words, and whole texts of models that do
/// not cut them, fall into parts short enough to be remembered. Whatever the set says of a place it does
/// not know for sure, it says that a token may span it.
///
/// A class, so that asking one costs no copy of its tables.
final class BytePairSeams: Sendable {
  /// For pairs of ASCII characters, whether any token has the one before the other.
  private let ascii: [Bool]
  /// The same for other pairs, by a hash; different pairs may share a place.
  private let pairs: [UInt64]
  /// By the last byte before and the first byte behind: whether a token with a broken character there
  /// joins them.
  private let broken: [Bool]

  /// Whether a part of a word may have other tokens than the same bytes as a word.
  let areParts: Bool

  /// Takes the bytes of all tokens.
  init(_ tokens: some Sequence<ArraySlice<UInt8>>, areParts: Bool) {
    self.areParts = areParts
    var tables = Tables()
    for token in tokens { tables.insert(token) }
    (ascii, pairs, broken) = (tables.ascii, tables.pairs, tables.broken)
  }

  /// The tables while they are made.
  fileprivate struct Tables {
    var ascii = [Bool](repeating: false, count: 1 << 14)
    var pairs = [UInt64](repeating: 0, count: 1 << 12)
    var broken = [Bool](repeating: false, count: 1 << 16)
  }

  @inline(__always)
  fileprivate static func bit(_ before: UInt32, _ behind: UInt32) -> Int {
    let mixed = (UInt64(before) << 32 | UInt64(behind)) &* 0x9E37_79B9_7F4A_7C15
    return Int(truncatingIfNeeded: mixed >> 46)
  }
  /// Appends the parts that a word falls into.
  func appendParts(
    of word: ByteRange, in text: UnsafeBufferPointer<UInt8>, to parts: inout RawBuffer<ByteRange>
  ) {
    guard let base = text.baseAddress else { return }
    var start = Int(word.start)
    while start < Int(word.end) {
      let end = next(after: start, in: base, Int(word.end))
      parts.append(ByteRange(start, end))
      start = end
    }
  }

  /// Whether there is a seam between two characters.
  func part(_ before: [UInt8], _ behind: [UInt8]) -> Bool {
    (before + behind).withUnsafeBufferPointer { text in
      text.baseAddress.map { next(after: 0, in: $0, text.count) } == before.count
    }
  }

  /// The first seam behind a place at which a character begins, or the end of the word.
  ///
  /// The bytes up to `end` are whole characters.
  func next(after start: Int, in text: UnsafePointer<UInt8>, _ end: Int) -> Int {
    ascii.withUnsafeBufferPointer { ascii in
      var (before, place) = Self.character(text, at: start)
      while place < end {
        if before < 0x80 {
          // Letters before letters are most of what there is.
          while place < end, text[place] < 0x80, ascii[Int(before << 7 | UInt32(text[place]))] {
            before = UInt32(text[place])
            place += 1
          }
          if place == end { return end }
        }
        let (behind, next) = Self.character(text, at: place)
        if before | behind < 0x80 {
          // Both are below 128, and so the index below 128 times 128.
          if !ascii[Int(before << 7 | behind)], isSound(text, place) { return place }
        } else if !mayJoin(before, behind), isSound(text, place) {
          return place
        }
        before = behind
        place = next
      }
      return end
    }
  }

  /// Whether a token may have one character before the other.
  @inline(__always)
  private func mayJoin(_ before: UInt32, _ behind: UInt32) -> Bool {
    let bit = Self.bit(before, behind)
    return pairs[bit >> 6] >> UInt64(bit & 63) & 1 != 0
  }

  /// Whether no token with a broken character joins the bytes at a place.
  @inline(__always)
  private func isSound(_ text: UnsafePointer<UInt8>, _ place: Int) -> Bool {
    !broken[Int(text[place - 1]) << 8 | Int(text[place])]
  }

  /// The bytes of the character at a place, and where it ends.
  @inline(__always)
  private static func character(
    _ text: UnsafePointer<UInt8>, at place: Int
  ) -> (bytes: UInt32, end: Int) {
    let first = UInt32(text[place])
    if first < 0x80 { return (first, place + 1) }
    let two = first << 8 | UInt32(text[place + 1])
    if first < 0xE0 { return (two, place + 2) }
    let three = two << 8 | UInt32(text[place + 2])
    if first < 0xF0 { return (three, place + 3) }
    return (three << 8 | UInt32(text[place + 3]), place + 4)
  }
}

extension BytePairSeams.Tables {
  /// Notes the places inside a token at which a character begins.
  fileprivate mutating func insert(_ token: ArraySlice<UInt8>) {
    guard token.count > 1 else { return }
    for place in token.indices.dropFirst() where !UTF8Scalars.isContinuation(token[place]) {
      guard let before = Self.character(in: token, endingAt: place),
        let behind = Self.character(in: token, at: place)
      else {
        broken[Int(token[place - 1]) << 8 | Int(token[place])] = true
        continue
      }
      if before | behind < 0x80 {
        ascii[Int(before << 7 | behind)] = true
      } else {
        let bit = BytePairSeams.bit(before, behind)
        pairs[bit >> 6] |= 1 << UInt64(bit & 63)
      }
    }
  }

  /// The bytes of the character that ends at a place, or nil where the token has only part of it.
  private static func character(in token: ArraySlice<UInt8>, endingAt end: Int) -> UInt32? {
    var start = end - 1
    while start > token.startIndex, UTF8Scalars.isContinuation(token[start]) { start -= 1 }
    return UTF8Scalars.length(leadByte: token[start]) == end - start
      && !UTF8Scalars.isContinuation(token[start]) ? bytes(token[start..<end]) : nil
  }

  /// The bytes of the character that begins at a place, or nil where the token has only part of it.
  private static func character(in token: ArraySlice<UInt8>, at start: Int) -> UInt32? {
    let end = start + UTF8Scalars.length(leadByte: token[start])
    guard end <= token.endIndex,
      token[(start + 1)..<end].allSatisfy({ UTF8Scalars.isContinuation($0) })
    else { return nil }
    return bytes(token[start..<end])
  }

  private static func bytes(_ character: ArraySlice<UInt8>) -> UInt32 {
    character.reduce(0) { $0 << 8 | UInt32($1) }
  }
}
