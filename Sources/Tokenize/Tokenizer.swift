/// Text to ids and back, exactly as Hugging Face's libraries do it from the same files.
///
/// A value is immutable but for its cutting and filling defaults, and may be used from any thread.
///
///     let tokenizer = try Tokenizer.load("models/all-MiniLM-L6-v2")
///     let encoding = tokenizer.encode("Chest pain since Monday.")
///     tokenizer.decode(encoding.ids)
public struct Tokenizer: Sendable {
  let pipeline: TokenizerPipeline
  /// The ids of the tokens with a role.
  public internal(set) var specialTokens = SpecialTokens()
  /// How the file says texts are cut; applied only where a call asks for it.
  public internal(set) var truncation: Truncation?
  /// How the file says texts are filled up; applied only where a call asks for it.
  public internal(set) var padding: Padding?
  /// The file's own bytes, so that saving changes nothing.
  let source: TokenizerSource
  /// The tokenizer of what a translation model writes, alone in a list; empty for other models.
  let written: [Tokenizer]

  /// The tokenizer of the texts that a model writes, and so of the labels it learns.
  ///
  /// This differs from the tokenizer itself for translation models alone, which read one language with one
  /// vocabulary and write another: there `decode` already gives texts of the language written.
  public var target: Tokenizer { written.first ?? self }

  /// The number of rows an embedding needs: the largest id and one, added tokens included.
  public var vocabularySize: Int {
    max(pipeline.model.vocabulary.idLimit, pipeline.added.idLimit)
  }

  /// The added tokens in the order of the file.
  public var addedTokens: [AddedToken] { pipeline.added.tokens }

  /// The id that stands for what has no token, if the model has one.
  public var unknownId: Int32? { pipeline.model.unknownId }

  /// How likely it is, by the file, that a merge is left out while a model is trained; 0 for most models.
  ///
  /// Encoding leaves out nothing unless `EncodingOptions.dropout` asks for it with a seed.
  public var dropoutRate: Double { pipeline.model.dropoutRate }

  /// The id of a token spelled as in the vocabulary, or nil.
  public func id(of token: String) -> Int32? {
    let bytes = Array(token.utf8)
    return pipeline.added.id(of: bytes) ?? pipeline.model.vocabulary.id(of: bytes)
  }

  /// The token with an id, spelled as in the vocabulary, or nil.
  public func token(of id: Int32) -> String? {
    pipeline.added.token(of: id)?.content
      ?? pipeline.model.vocabulary.token(of: id).map { String(decoding: $0, as: UTF8.self) }
  }

  /// The codes, such as `>>deu<<`, with one of which a text chooses the language that a Marian writes, in
  /// the order of their ids: none where it writes one language; nil for other tokenizers.
  ///
  /// Another code is read as the unknown token. Time: the whole vocabulary is looked through.
  public var languageCodes: [String]? {
    guard pipeline.readsLanguageCodes else { return nil }
    return (0..<Int32(clamping: pipeline.model.vocabulary.idLimit)).compactMap { token(of: $0) }
      .filter { $0.utf8.count > 4 && $0.hasPrefix(">>") && $0.hasSuffix("<<") }
  }

  /// The number of special tokens that the template adds to one text or to a pair.
  public func addedTokenCount(pair: Bool) -> Int {
    pipeline.postProcessing.addedCount(pair: pair)
  }
}
