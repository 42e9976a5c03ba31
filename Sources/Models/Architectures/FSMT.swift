import Records
public import Tensors

/// FSMT: the translation models of fairseq for WMT19 (Ng and others, 2019).
///
/// A post-norm encoder and decoder (`PostNormStack`) with a vocabulary each; what is read and what is
/// predicted have vectors of their own. Targets begin with the end token, which is wrapped to the
/// front in training. Places count from two.
///
///     logits = decoder(target, encoder(source)) · projectionᵀ
public final class FSMT: SequenceToSequenceModel {
  /// The configuration as it is saved.
  public let configuration: ModelConfiguration
  /// Every parameter, in the order of the architecture.
  public let parameters: [NamedParameter]
  /// The number of token ids of targets.
  public let vocabularySize: Int
  /// The number of token ids of sources.
  public let sourceVocabularySize: Int
  /// The longest source it was made for; places of longer ones are computed when they are met.
  public var maximumLength: Int { sizes.positions }
  /// Targets may be of any length.
  public var maximumTargetLength: Int { .max }
  /// The vector of each target entry: the projection's own unless the file ties it.
  public let outputWeight: Tensor
  /// The projection.
  public let headNames = ["model.decoder.output_projection."]
  /// Nothing is pooled.
  public let poolingNames: [String] = []
  /// The token that a target begins with: the end token.
  public var decoderStart: Int32 { sizes.decoderStart }
  /// Stands for ignored labels within a target.
  public var padding: Int32 { sizes.padding }

  private let encoder, decoder: PostNormStack
  private let sizes: PostNormConfiguration

  init(_ configuration: ModelConfiguration, _ source: ParameterSource) throws(ModelError) {
    let c = try PostNormConfiguration(
      configuration, activation: "relu", scalesWords: true, padding: 1, decoderStart: 2)
    let isTied = try configuration.flag("tie_word_embeddings", default: false)
    sizes = c
    let sourceEntries = try configuration.size("src_vocab_size", default: 42024)
    let targetEntries = try configuration.size("tgt_vocab_size", default: 42024)
    (sourceVocabularySize, vocabularySize) = (sourceEntries, targetEntries)
    self.configuration = configuration.with(architecture: "FSMTForConditionalGeneration")

    @Sendable func sinusoids(_ rows: Int) -> Tensor {
      Sinusoids.fairseq(positions: rows, width: c.hidden, padding: Int(c.padding))
    }
    let places = sinusoids(c.positions + Int(c.padding) + 1)
    func words(_ name: String, _ entries: Int) -> Tensor {
      source.at("model.\(name)").weight([entries, c.hidden], .normal(c.deviation))
    }
    // WMT19's files lack the places; files of a trained model hold them.
    func embedding(_ stack: String, _ words: Tensor) -> SinusoidalEmbedding {
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
    outputWeight = isTied ? targetWords : words("decoder.output_projection", targetEntries)
    source.skip("model.encoder.embed_tokens.weight")
    source.skip("model.decoder.output_projection.weight")
    parameters = source.parameters
  }

  /// The vectors of the source's tokens: `[source tokens, hidden]`.
  public func encode(_ tape: Tape, _ source: TokenBatch) -> Tensor {
    encoder(tape, source.ids, DecoderContext(source.layout, nil))
  }

  /// The keys and values of every layer's second attention.
  public func memory(_ tape: Tape, encoded: Tensor, source: SequenceLayout) -> SourceMemory {
    SourceMemory(layers: decoder.memories(tape, encoded), layout: source)
  }

  /// An empty cache for the decoder.
  public func cache(sequences: Int, capacity: Int) -> KeyValueCache {
    KeyValueCache(
      layers: sizes.decoder.layers, columns: sizes.hidden, sequences: sequences,
      capacity: capacity)
  }

  /// What the output weight is applied to: `[target tokens, hidden]`.
  public func decode(
    _ tape: Tape, _ target: TokenBatch, memory: SourceMemory, cache: KeyValueCache?
  ) -> Tensor {
    decoder(tape, target.ids, DecoderContext(target.layout, cache), memory: memory)
  }

  /// The labels with the last one, which ends them, wrapped to the front.
  public func decoderInputs(for labels: [Int32]) -> [Int32] {
    let inputs = labels.map { $0 == Tape.ignoredTarget ? padding : $0 }
    let last = inputs.count { $0 != padding } - 1
    return (last >= 0 ? [inputs[last]] : [decoderStart]) + inputs.dropLast()
  }
}

extension Architecture {
  /// FSMT, such as wmt19-en-de.
  static let fsmt = Architecture(
    modelType: "fsmt", prefix: "model.", heads: [], outputs: [],
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
