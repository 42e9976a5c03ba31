/// A step that rewrites a text before it is cut into words.
protocol Normalizer: Sendable {
  /// Rewrites the text.
  func normalize(_ text: inout AlignedText)
}

/// A part that tokenizer.json can name.
protocol FileComponent {
  /// The `type` in tokenizer.json.
  static var typeName: String { get }

  /// Reads the component's options.
  init(from reader: ComponentReader) throws(TokenizerError)
}

/// The normalizers that tokenizer files may name.
enum NormalizerRegistry {
  static let types: [any (Normalizer & FileComponent).Type] = [
    BertNormalizer.self, ByteLevelNormalizer.self, CanonicalComposition.self,
    CanonicalDecomposition.self, CompatibilityComposition.self, CompatibilityDecomposition.self,
    Lowercase.self, NmtNormalizer.self, NormalizerSequence.self, Precompiled.self,
    PrependNormalizer.self, ReplaceNormalizer.self, StripAccents.self, StripNormalizer.self,
  ]

  static func read(_ reader: ComponentReader) throws(TokenizerError) -> any Normalizer {
    guard let type = types.first(where: { $0.typeName == reader.type }) else {
      throw reader.unknown("normalizer", known: types.map { $0.typeName })
    }
    return try type.init(from: reader)
  }
}
