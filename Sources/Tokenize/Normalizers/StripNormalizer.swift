/// `Strip`: removes white space at the ends of each piece.
struct StripNormalizer: Normalizer, FileComponent {
  static let typeName = "Strip"
  private let left: Bool
  private let right: Bool

  init(from reader: ComponentReader) throws(TokenizerError) {
    left = try reader.bool("strip_left", default: true)
    right = try reader.bool("strip_right", default: true)
  }

  func normalize(_ text: inout AlignedText) {
    let kept = keptRange(text.bytes.span)
    if kept.count == text.bytes.count { return }
    text.rewrite { rewriter in
      while rewriter.place < kept.lowerBound { rewriter.drop() }
      while rewriter.place < kept.upperBound { rewriter.copy() }
    }
  }

  private func keptRange(_ bytes: borrowing Span<UInt8>) -> Range<Int> {
    let table = ScalarClasses.table
    var start = 0
    var end = bytes.count
    while left, start < end {
      let (scalar, length) = UTF8Scalars.decode(bytes, at: start)
      guard table[scalar].contains(.whitespace) else { break }
      start += length
    }
    while right, end > start {
      let last = UTF8Scalars.startOfScalar(before: end, in: bytes)
      guard table[UTF8Scalars.decode(bytes, at: last).scalar].contains(.whitespace) else { break }
      end = last
    }
    return start..<end
  }
}
