import Records
import Tensors

/// FSMT: the translation models of fairseq for WMT19 (Ng and others, 2019).
///
/// A post-norm encoder and decoder (`PostNormStack`) with a vocabulary each; what is read and what is
/// predicted have vectors of their own. Targets begin with the end token, which is wrapped to the
/// front in training. Places count from two.
///
///     logits = decoder(target, encoder(source)) · projectionᵀ
final class FSMT: PostNormTranslator, TiedHead {
  let facts: ModelFacts
  let encoder, decoder: PostNormStack
  let sizes: PostNormConfiguration
  let sourceVocabularySize: Int
  /// Targets may be of any length: places beyond the model's are computed when they are met.
  let maximumTargetLength = Int.max
  /// The vector of each target entry: the projection's own unless the file ties it.
  let outputWeight: Tensor
  /// The projection, where it is one of its own.
  let outputMap: Linear?
  let tiedTable: Embedding? = nil
  let untiedNames: (weight: String, oldBias: String?, bias: String?) = (
    "model.decoder.output_projection.weight", nil, nil
  )

  init(_ configuration: ModelConfiguration, _ source: ParameterSource) throws(ModelError) {
    let c = try PostNormConfiguration(
      configuration, activation: "relu", scalesWords: true, padding: 1, decoderStart: 2)
    let isTied = try configuration.flag("tie_word_embeddings", default: false)
    sizes = c
    let sourceEntries = try configuration.size("src_vocab_size", default: 42024)
    let targetEntries = try configuration.size("tgt_vocab_size", default: 42024)
    sourceVocabularySize = sourceEntries

    @Sendable func sinusoids(_ rows: Int) -> Tensor {
      Sinusoids.fairseq(positions: rows, width: c.hidden, padding: Int(c.padding))
    }
    let places = sinusoids(c.positions + Int(c.padding) + 1)
    // Tied ones are the output too, which no method adapts alone.
    func words(_ name: String, _ entries: Int) -> Embedding {
      Embedding(
        source.at("model.\(name)"), entries, c.hidden, .normal(c.deviation), padding: c.padding,
        isListed: !isTied)
    }
    // WMT19's files lack the places; files of a trained model hold them.
    func embedding(_ stack: String, _ words: Embedding) -> SinusoidalEmbedding {
      SinusoidalEmbedding(
        words: words,
        places: source.at("model.\(stack).embed_positions.weight").constant(places),
        firstPlace: c.padding + 1, configuration: c, longer: sinusoids)
    }
    let targetWords = words("decoder.embed_tokens", targetEntries)
    let sourceWords = isTied ? targetWords : words("encoder.embed_tokens", sourceEntries)
    encoder = PostNormStack(
      source.at("model.encoder"), c, c.encoder, embedding("encoder", sourceWords),
      isDecoder: false)
    decoder = PostNormStack(
      source.at("model.decoder"), c, c.decoder, embedding("decoder", targetWords),
      isDecoder: true)
    outputWeight =
      isTied
      ? targetWords.weight
      : source.at("model.decoder.output_projection").weight(
        [targetEntries, c.hidden], .normal(c.deviation))
    outputMap =
      isTied
      ? nil
      : Linear(output: "model.decoder.output_projection", weight: outputWeight, bias: nil)
    source.skip("model.encoder.embed_tokens.weight")
    source.skip("model.decoder.output_projection.weight")
    facts = ModelFacts(
      configuration.with(architecture: "FSMTForConditionalGeneration"), source,
      vocabularySize: targetEntries, maximumLength: c.positions,
      head: ["model.decoder.output_projection."])
  }

  /// The labels with the last one, which ends them, wrapped to the front.
  func decoderInputs(for labels: [Int32]) -> [Int32] {
    let inputs = labels.map { $0 == Tape.ignoredTarget ? padding : $0 }
    let last = inputs.count { $0 != padding } - 1
    return (last >= 0 ? [inputs[last]] : [decoderStart]) + inputs.dropLast()
  }
}

extension Architecture {
  /// FSMT, such as wmt19-en-de.
  static let fsmt = Architecture(
    modelType: "fsmt", prefix: "model.", heads: [], outputs: [], encodes: false,
    dropouts: ["dropout", "attention_dropout", "activation_dropout"],
    configuration: { sizes in
      var fields = PostNormConfiguration.fields("fsmt", sizes)
      fields["langs"] = ["en", "de"]
      fields["src_vocab_size"] = .integer(sizes.vocabulary)
      fields["tgt_vocab_size"] = .integer(sizes.vocabulary)
      fields["activation_function"] = "relu"
      fields["tie_word_embeddings"] = false
      fields["bos_token_id"] = .integer(sizes.beginning ?? 0)
      fields["pad_token_id"] = .integer(sizes.padding ?? 1)
      fields["eos_token_id"] = .integer(sizes.end ?? 2)
      fields["forced_eos_token_id"] = .integer(sizes.end ?? 2)
      fields["decoder_start_token_id"] = .integer(sizes.end ?? 2)
      return ModelConfiguration(fields)
    },
    make: { (configuration, task, source) throws(ModelError) in
      switch task {
      case .sequenceToSequence: try FSMT(configuration, source)
      default: nil
      }
    })
}
