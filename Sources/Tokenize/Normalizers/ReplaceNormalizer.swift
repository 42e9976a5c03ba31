/// `Replace`: every occurrence of a text, or of white space runs, by another text.
struct ReplaceNormalizer: Normalizer, FileComponent {
  static let typeName = "Replace"
  private let pattern: SplitPattern
  private let content: [UInt32]
  private let contentBytes: [UInt8]

  init(from reader: ComponentReader) throws(TokenizerError) {
    pattern = try SplitPattern(from: reader.required("pattern"))
    let text = try reader.required("content").string()
    content = text.unicodeScalars.map(\.value)
    contentBytes = Array(text.utf8)
  }

  /// Whether this writes some bytes for one, and does nothing else.
  func replaces(_ byte: UInt8, by bytes: [UInt8]) -> Bool {
    pattern == .literal([byte]) && contentBytes == bytes
  }

  func normalize(_ text: inout AlignedText) {
    if !text.tracks, case .literal(let literal) = pattern, literal.count == 1 {
      if contentBytes.isEmpty, text.bytes.first == literal[0] { text.startsText = false }
      text.bytes = text.bytes.replacing(literal[0], with: contentBytes, after: [])
      return
    }
    var matches: [ByteRange] = []
    pattern.appendMatches(in: text.bytes.span, ByteRange(0, text.bytes.count), to: &matches)
    if matches.isEmpty { return }
    text.rewrite { rewriter in
      for match in matches {
        rewriter.copy(to: Int(match.start))
        while rewriter.place < Int(match.end) { rewriter.drop() }
        for scalar in content { rewriter.insert(scalar) }
      }
      rewriter.copy(to: rewriter.end)
    }
  }
}
