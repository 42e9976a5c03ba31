import Tensors

/// The sizes of an encoder of BERT's shape, and of the heads on it.
struct EncoderSizes: Sendable {
  var vocabularySize, hidden, layers, heads, intermediate: Int
  /// The rows of the position table.
  var positions: Int
  /// The rows of the segment table; 0 for none.
  var segments: Int
  /// The entry of the word table whose vector takes no gradient.
  var paddingWord: Int32?
  /// The padding token where positions are counted as fairseq counts them, from its id on.
  var padding: Int32?
  var activation: Activation
  /// The activation below the output of masked models.
  var predictionActivation: Activation
  /// The activation of the layer that pools a text.
  var poolingActivation = Activation.tanh
  var epsilon: Double
  var hiddenDropout, attentionDropout: Float
  /// The dropout of what attention adds.
  var attentionOutputDropout: Float
  /// Dropouts of the text classifier, before and after its pooling.
  var poolingDropout, classifierDropout: Float
  /// The dropout of the token classifier.
  var tokenDropout: Float
  var initializerRange: Double
  /// Whether the output of masked models is the word table.
  var isTied: Bool

  /// The longest sequence.
  var maximumLength: Int { positions - (padding.map { Int($0) + 1 } ?? 0) }

  /// The row of the position table of every token.
  /// - Parameter start: How many places are taken before the first.
  func positions(of batch: TokenBatch, after start: Int = 0) -> [Int32] {
    let taken = Int32(start)
    guard let padding else { return batch.layout.positions.map { $0 + taken } }
    var positions: [Int32] = []
    positions.reserveCapacity(batch.ids.count)
    for (start, length) in zip(batch.layout.starts, batch.layout.lengths) {
      var place = padding + taken
      for id in batch.ids[start..<start + length] {
        if id != padding { place += 1 }
        positions.append(id == padding ? padding : place)
      }
    }
    return positions
  }
}

/// How an architecture of BERT's shape spells its parts.
struct EncoderNames: Sendable {
  /// What the base model's names begin with, and the names of transformers' classes.
  let base, stem: String
  /// What stands before a layer's number.
  let layers: String
  let query, key, value, attentionOutput, attentionNorm: String
  let intermediate, output, outputNorm: String
  /// The layers of the text classifier: the one that pools, and the one that gives scores.
  let pooling, classifier: String
  /// The layers below the output of masked models.
  let transform, transformNorm: String
  /// Where the output's bias stands, and the untied output.
  let predictionBias, prediction: String
}

extension EncoderNames {
  /// How AdapterHub calls the ends of attention and of the feed-forward network.
  var attentionEnd: String {
    attentionOutput.hasSuffix(".dense") ? "attention.output" : "attention_adapters"
  }
  var outputEnd: String { output.hasSuffix(".dense") ? "output" : "output_adapters" }
  /// The names of BERT, which RoBERTa took over but for its heads.
  static func bert(
    base: String, stem: String, pooling: String, classifier: String, transform: String,
    transformNorm: String, predictionBias: String, prediction: String
  ) -> EncoderNames {
    EncoderNames(
      base: base, stem: stem, layers: "encoder.layer", query: "attention.self.query",
      key: "attention.self.key", value: "attention.self.value",
      attentionOutput: "attention.output.dense", attentionNorm: "attention.output.LayerNorm",
      intermediate: "intermediate.dense", output: "output.dense", outputNorm: "output.LayerNorm",
      pooling: pooling, classifier: classifier, transform: transform,
      transformNorm: transformNorm, predictionBias: predictionBias, prediction: prediction)
  }
}
