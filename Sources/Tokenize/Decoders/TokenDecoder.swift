/// A step that turns tokens back into text.
protocol TokenDecoder: Sendable {
  /// What stands for an id without a token; nil where it is left out.
  var missing: [UInt8]? { get }

  /// Whether a token, though it is a special one, reaches `decode`, which leaves it out on its own.
  func drops(_ token: [UInt8]) -> Bool

  /// Rewrites the tokens; in the end they are put one after the other.
  func decode(_ tokens: [[UInt8]]) -> [[UInt8]]
}

extension TokenDecoder {
  var missing: [UInt8]? { nil }

  func drops(_ token: [UInt8]) -> Bool { false }
}

/// The decoders that tokenizer files may name.
enum DecoderRegistry {
  static let types: [any (TokenDecoder & FileComponent).Type] = [
    BytePairDecoder.self, ByteFallbackDecoder.self, ByteLevelDecoder.self, CTCDecoder.self,
    DecoderSequence.self, FuseDecoder.self, MetaspaceDecoder.self, ReplaceDecoder.self,
    StripDecoder.self, WordPieceDecoder.self,
  ]

  static func read(_ reader: ComponentReader) throws(TokenizerError) -> any TokenDecoder {
    guard let type = types.first(where: { $0.typeName == reader.type }) else {
      throw reader.unknown("decoder", known: types.map { $0.typeName })
    }
    return try type.init(from: reader)
  }
}
