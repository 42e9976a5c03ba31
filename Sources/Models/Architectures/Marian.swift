import Records
import Tensors

/// Marian (Junczys-Dowmunt and others, 2018), the translation models of OPUS-MT.
///
/// A post-norm encoder and decoder (`PostNormStack`) over one shared vocabulary, or over two. What is
/// read and what is predicted share their vectors; each target entry has a bias that is not trained.
///
///     logits = decoder(target, encoder(source)) · wordᵀ + bias
final class Marian: PostNormTranslator {
  let facts: ModelFacts
  let encoder, decoder: PostNormStack
  let sizes: PostNormConfiguration
  let sourceVocabularySize: Int
  /// The vector of each target entry, tied to the decoder's embedding unless the file says otherwise.
  let outputWeight: Tensor
  /// What each target entry's score begins at: `[1, vocabulary]`.
  let outputBias: Tensor?

  init(_ configuration: ModelConfiguration, _ source: ParameterSource) throws(ModelError) {
    let entries = try configuration.size("vocab_size", default: 58101)
    let last = Int32(clamping: entries - 1)
    let c = try PostNormConfiguration(
      configuration, activation: "gelu", scalesWords: false, padding: last, decoderStart: last)
    let sharesEntries = try configuration.flag("share_encoder_decoder_embeddings", default: true)
    let isTied = try configuration.flag("tie_word_embeddings", default: true)
    // transformers 5 gives untied sides vectors of their own, where older files have one for both.
    let isShared =
      sharesEntries && (isTied || !source.holds("model.encoder.embed_tokens.weight"))
    sizes = c
    sourceVocabularySize = entries
    let targetEntries =
      sharesEntries ? entries : try configuration.size("decoder_vocab_size", default: entries)

    let places = Sinusoids.transformer(positions: c.positions, width: c.hidden)
    func words(_ name: String, _ entries: Int, isListed: Bool = true) -> Embedding {
      Embedding(
        source.at(name), entries, c.hidden, .normal(c.deviation), padding: c.padding,
        isListed: isListed)
    }
    // The hub's files lack the places, or hold the same.
    func embedding(_ stack: String, _ words: Embedding) -> SinusoidalEmbedding {
      SinusoidalEmbedding(
        words: words,
        places: source.at("model.\(stack).embed_positions.weight").constant(places),
        firstPlace: 0, configuration: c)
    }
    let shared = isShared ? words("model.shared", entries, isListed: false) : nil
    func own(_ stack: String, _ entries: Int) -> Embedding {
      let name = "model.\(stack).embed_tokens"
      return shared.map { Embedding(source.at(name), sharing: $0) } ?? words(name, entries)
    }
    let (sourceWords, targetWords) = (own("encoder", entries), own("decoder", targetEntries))
    encoder = PostNormStack(
      source.at("model.encoder"), c, c.encoder, embedding("encoder", sourceWords), isDecoder: false)
    decoder = PostNormStack(
      source.at("model.decoder"), c, c.decoder, embedding("decoder", targetWords), isDecoder: true)
    outputWeight =
      isTied
      ? targetWords.weight
      : source.at("lm_head").weight([targetEntries, c.hidden], .normal(c.deviation))
    outputBias = source.at("final_logits_bias").constant(Tensor(shape: [1, targetEntries]))
    // Twins of the shared embedding, or what nothing reads.
    source.skip("model.shared.weight")
    source.skip("model.encoder.embed_tokens.weight")
    source.skip("model.decoder.embed_tokens.weight")
    source.skip("lm_head.weight")
    facts = ModelFacts(
      configuration.with(architecture: "MarianMTModel"), source, vocabularySize: targetEntries,
      maximumLength: c.positions, head: ["lm_head."])
  }
}

extension Architecture {
  /// Marian's translation models.
  static let marian = Architecture(
    modelType: "marian", prefix: "model.", heads: [], outputs: [], encodes: false,
    dropouts: ["dropout", "attention_dropout", "activation_dropout"],
    configuration: { sizes in
      var fields = PostNormConfiguration.fields("marian", sizes)
      let padding = sizes.padding ?? Int32(clamping: sizes.vocabulary - 1)
      fields["vocab_size"] = .integer(sizes.vocabulary)
      fields["decoder_vocab_size"] = .integer(sizes.vocabulary)
      fields["activation_function"] = "swish"
      fields["share_encoder_decoder_embeddings"] = true
      fields["tie_word_embeddings"] = true
      fields["pad_token_id"] = .integer(padding)
      fields["decoder_start_token_id"] = .integer(padding)
      fields["eos_token_id"] = .integer(sizes.end ?? 0)
      fields["forced_eos_token_id"] = .integer(sizes.end ?? 0)
      return ModelConfiguration(fields)
    },
    make: { (configuration, task, source) throws(ModelError) in
      switch task {
      case .sequenceToSequence: try Marian(configuration, source)
      default: nil
      }
    })
}
