import CKernels

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
    var pairs = [UInt64](repeating: 0, count: 1 << (Int(ANNEAL_SEAM_BITS) - 6))
    var broken = [Bool](repeating: false, count: 1 << 16)
  }

  /// Appends the parts that a word falls into.
  ///
  /// - Parameter word: Whole characters.
  func appendParts(
    of word: ByteRange, in text: UnsafeBufferPointer<UInt8>, to parts: inout RawBuffer<ByteRange>
  ) {
    withKernel { kernel in
      var start = Int64(word.start)
      while start < Int64(word.end) {
        let room = min(Int(word.end) - Int(start), Self.room)
        parts.reserve(room + 1)
        // A range is two numbers of four bytes here and there.
        let count = parts.next.withMemoryRebound(to: anneal_range.self, capacity: room + 1) {
          anneal_cut_seams(
            kernel, text.baseAddress, &start, Int64(word.end), $0, Int64(room))
        }
        parts.advance(Int(count))
      }
    }
  }

  /// How many parts are asked for at once.
  private static let room = 1024

  /// Hands the tables to `body` as the kernel sees them.
  private func withKernel(_ body: (UnsafePointer<anneal_seams>) -> Void) {
    ascii.withUnsafeBufferPointer { ascii in
      pairs.withUnsafeBufferPointer { pairs in
        broken.withUnsafeBufferPointer { broken in
          var kernel = anneal_seams(
            ascii: ascii.baseAddress, pairs: pairs.baseAddress, broken: broken.baseAddress)
          body(&kernel)
        }
      }
    }
  }

  /// Whether there is a seam between two characters.
  func part(_ before: [UInt8], _ behind: [UInt8]) -> Bool {
    (before + behind).withUnsafeBufferPointer { text in
      var parts = RawBuffer<ByteRange>()
      appendParts(of: ByteRange(0, text.count), in: text, to: &parts)
      return parts.count == 2 && Int(parts.base[0].end) == before.count
    }
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
        let bit = Int(anneal_seam_bit(before, behind))
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
