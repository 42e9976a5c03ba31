/// `Nmt`: removes control characters and turns odd white space into spaces, as SentencePiece's `nmt` does.
struct NmtNormalizer: Normalizer, FileComponent {
  static let typeName = "Nmt"

  init(from reader: ComponentReader) throws(TokenizerError) {}

  func normalize(_ text: inout AlignedText) {
    text.rewrite { rewriter in
      while !rewriter.atEnd {
        switch rewriter.scalar {
        case 0x01...0x08, 0x0B, 0x0E...0x1F, 0x7F, 0x8F, 0x9F: rewriter.drop()
        case 0x09, 0x0A, 0x0C, 0x0D, 0x1680, 0x200B...0x200F, 0x2028, 0x2029, 0x2581, 0xFEFF,
          0xFFFD:
          rewriter.replace(with: 0x20)
        default: rewriter.copy()
        }
      }
    }
  }
}
