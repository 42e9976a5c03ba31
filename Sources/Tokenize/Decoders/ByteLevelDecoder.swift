/// `ByteLevel`: characters of GPT-2's alphabet back to bytes; broken UTF-8 becomes U+FFFD.
struct ByteLevelDecoder: TokenDecoder, FileComponent {
  static let typeName = "ByteLevel"

  init() {}
  init(from reader: ComponentReader) throws(TokenizerError) {}

  func decode(_ tokens: [[UInt8]]) -> [[UInt8]] {
    let bytes = tokens.flatMap { ByteAlphabet.decode($0) ?? $0 }
    return [Array(String(decoding: bytes, as: UTF8.self).utf8)]
  }
}
