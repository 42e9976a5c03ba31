/// `Lowercase`: every scalar alone, so that a final sigma is no special case.
struct Lowercase: Normalizer, FileComponent {
  static let typeName = "Lowercase"

  init() {}
  init(from reader: ComponentReader) throws(TokenizerError) {}

  func normalize(_ text: inout AlignedText) {
    if text.isASCII { return text.lowercaseASCII() }
    let mapping = ScalarMapping.lowercase
    text.rewrite { rewriter in
      while !rewriter.atEnd {
        if let lower = mapping.result(of: rewriter.scalar) {
          rewriter.map(lower)
        } else {
          rewriter.copy()
        }
      }
    }
  }
}

extension AlignedText {
  /// Lowers ASCII letters where they stand: no byte moves, so the alignment holds.
  mutating func lowercaseASCII() {
    for index in bytes.indices where bytes[index] &- 0x41 < 26 { bytes[index] |= 0x20 }
  }
}
