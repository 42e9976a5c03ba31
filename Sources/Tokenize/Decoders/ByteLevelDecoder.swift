/// `ByteLevel`: characters of GPT-2's alphabet back to bytes; broken UTF-8 becomes U+FFFD.
struct ByteLevelDecoder: TokenDecoder, FileComponent {
  static let typeName = "ByteLevel"

  init() {}
  /// Nothing of it changes what is decoded, but a file without is none of the format.
  init(from reader: ComponentReader) throws(TokenizerError) {
    _ = try reader.requiredBool("add_prefix_space")
    _ = try reader.requiredBool("trim_offsets")
    _ = try reader.bool("use_regex", default: true)
  }

  func decode(_ tokens: [[UInt8]]) -> [[UInt8]] {
    let bytes = tokens.flatMap { ByteAlphabet.decode($0) ?? $0 }
    return [Array(String(decoding: bytes, as: UTF8.self).utf8)]
  }
}
