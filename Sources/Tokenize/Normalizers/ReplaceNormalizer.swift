/// `Replace`: every occurrence of a text, or of white space runs, by another text.
struct ReplaceNormalizer: Normalizer, FileComponent {
  static let typeName = "Replace"
  private let pattern: SplitPattern
  private let content: [UInt32]

  init(from reader: ComponentReader) throws(TokenizerError) {
    pattern = try SplitPattern(from: reader.required("pattern"))
    content = try reader.required("content").string().unicodeScalars.map(\.value)
  }

  func normalize(_ text: inout AlignedText) {
    var matches: [ByteRange] = []
    pattern.appendMatches(in: text.bytes.span, ByteRange(0, text.bytes.count), to: &matches)
    if matches.isEmpty { return }
    text.rewrite { rewriter in
      for match in matches {
        while rewriter.place < Int(match.start) { rewriter.copy() }
        while rewriter.place < Int(match.end) { rewriter.drop() }
        for scalar in content { rewriter.insert(scalar) }
      }
      while !rewriter.atEnd { rewriter.copy() }
    }
  }
}
