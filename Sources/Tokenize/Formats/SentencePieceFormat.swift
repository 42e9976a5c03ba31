import Records

/// sentencepiece's `.model`.
enum SentencePieceFormat: TokenizerFormat {
  private static let names = [
    "tokenizer.model", "spiece.model", "sentencepiece.bpe.model", "sentencepiece.model",
  ]

  static func load(
    _ folder: TokenizerFolder, _ name: String?
  ) throws(TokenizerError) -> Tokenizer? {
    guard let name = name ?? names.first(where: folder.has),
      name.hasSuffix(".model") || name.hasSuffix(".spm")
    else { return nil }
    let source = try folder.source([name])
    // Llama-3's tokenizer.model is a list of ranks.
    if TiktokenFormat.isRanks(source.files[0].bytes) { return nil }
    let file = try SentencePieceFile(source.files[0].bytes, file: folder.file(name))
    let vocabulary = file.vocabulary
    let pipeline = TokenizerPipeline(
      normalizer: SentencePieceNormalizer(file), preTokenizer: nil, model: file.model(vocabulary),
      postProcessing: template(source, vocabulary), decoder: SentencePieceDecoder(file),
      added: file.controls)
    return Tokenizer(pipeline: pipeline, source: source)
  }

  /// The special tokens that a model's own class puts around a text; none around that of a lone file.
  private static func template(
    _ source: TokenizerSource, _ vocabulary: Vocabulary
  ) -> PostProcessing {
    guard let configuration = source.configuration else { return PostProcessing() }
    let name = configuration["tokenizer_class"]?.string ?? ""
    let isLlama = ["Llama", "Gemma", "CodeLlama"].contains { name.hasPrefix($0) }
    let adds = (
      beginning: configuration["add_bos_token"]?.bool ?? isLlama,
      end: configuration["add_eos_token"]?.bool ?? name.hasPrefix("T5")
    )
    func token(_ role: String, _ fallback: String) -> [PostProcessing.Piece] {
      let entry = configuration[role]
      let content = entry?.string ?? entry?["content"]?.string ?? fallback
      return vocabulary.id(of: Array(content.utf8)).map { [.special([$0], typeId: 0)] } ?? []
    }
    let before = adds.beginning ? token("bos_token", "<s>") : []
    let after = adds.end ? token("eos_token", "</s>") : []
    var result = PostProcessing()
    result.single = before + [.text(0, typeId: 0)] + after
    result.pair = result.single + before + [.text(1, typeId: 0)] + after
    result.hasTemplate = true
    return result
  }
}

extension SentencePieceFile {
  /// The pieces by id.
  var vocabulary: Vocabulary {
    var vocabulary = Vocabulary(capacity: pieces.count)
    for piece in pieces { vocabulary.append(piece.bytes) }
    return vocabulary
  }

  /// The model that finds the pieces of a text.
  func model(_ vocabulary: Vocabulary) -> any TokenModel {
    switch algorithm {
    case .unigram: SentencePieceUnigram(self, vocabulary)
    case .pairs: SentencePieceMerges(self, vocabulary)
    case .words, .characters: SentencePieceUnits(self, vocabulary)
    }
  }

  /// The pieces that control a model; they are never found in a text, and skipped in decoded ones.
  var controls: [AddedToken] {
    pieces.enumerated().compactMap { id, piece in
      guard piece.kind == .control else { return nil }
      return AddedToken(
        id: Int32(id), content: String(decoding: piece.bytes, as: UTF8.self), isFound: false)
    }
  }
}
