/// `ByteLevel` as a normalizer: writes every byte as its character of GPT-2's alphabet.
struct ByteLevelNormalizer: Normalizer, FileComponent {
  static let typeName = "ByteLevel"

  init(from reader: ComponentReader) throws(TokenizerError) {}

  func normalize(_ text: inout AlignedText) { text.mapBytes() }
}

extension AlignedText {
  /// Writes every byte as its character of GPT-2's alphabet; all of a scalar share its origin.
  mutating func mapBytes() {
    rewrite { rewriter in
      while !rewriter.atEnd { rewriter.mapScalarToBytes() }
    }
  }
}

extension TextRewriter {
  /// Reads a scalar and writes a character of GPT-2's alphabet for each of its bytes.
  mutating func mapScalarToBytes() {
    let start = place
    let length = UTF8Scalars.length(leadByte: byte(at: start))
    replace(with: ByteAlphabet.scalars[Int(byte(at: start))])
    for index in start + 1..<start + length {
      insert(ByteAlphabet.scalars[Int(byte(at: index))])
    }
  }
}
