import Measurement
import Models
import Records
import Tensors

/// One kind of training step on random tokens: forward, backward and AdamW over what is trained.
///
/// Scripts/train_bench.py has the same tasks; performance alone is of interest, not the loss.
struct Workload {
  let model: any Model
  /// Tokens of a batch, as the throughput counts them.
  let tokens: Int
  /// The arithmetic of a step, in thousands of millions; what is computed again does not count.
  let gigaflops: Double
  /// The loss of a batch.
  let loss: (Tape) -> Loss
  /// Whether layers are computed again by the backward pass.
  var checkpointsLayers = false
  /// What is trained in the place of the model's own weights.
  var adapter: (any ModelAdapter)?

  /// Every task, by name.
  ///
  /// The models have the sizes of the real ones, and fresh weights.
  static let all: [String: @Sendable () throws -> Workload] = [
    "minilm": { try minilm(dropout: 0.1) },
    "minilm-nodrop": { try minilm(dropout: 0) },
    "gpt2": { try gpt2(dropout: 0.1) },
    "gpt2-nodrop": { try gpt2(dropout: 0) },
    "gpt2-checkpointed": { try gpt2(dropout: 0.1, checkpointsLayers: true) },
    "llama": { try causal(llama(), gigaflops: llamaArithmetic(products: 3)) },
    "llama-lora": { try lowRankLlama() },
    "marian": { try marian(width: 512, layers: 6, vocabulary: 32001, pairs: 32, length: 64) },
    "translator": {
      try marian(
        width: 256, layers: 3, vocabulary: 6001, pairs: 96, length: 10, smoothing: 0.1)
    },
  ]

  /// MiniLM-L6 with two classes, 32 texts of 128 tokens.
  private static func minilm(dropout: Double) throws -> Workload {
    let sizes = ModelSizes(
      vocabulary: 30522, layers: 6, hidden: 384, heads: 12, feedForward: 1536, positions: 512)
    let made = try ModelLoader.make(
      "bert", sizes, for: .classification(labels: ["0", "1"]), seed: 1, dropout: dropout)
    guard let model = made as? any SequenceClassifier else { throw Mismatch() }
    let batch = TokenBatch(random(count: 32, length: 128, below: 30522))
    let targets = (0..<32).map { Int32($0 % 2) }
    let flops = arithmetic(
      tokens: 32 * 128, weights: 6 * 12 * 384 * 384, attention: 6 * 128 * 384)
    return Workload(model: model, tokens: 32 * 128, gigaflops: flops) { tape in
      tape.crossEntropy(model.logits(tape, batch), targets: targets)
    }
  }

  /// GPT-2 with 124 million parameters, 4 texts of 512 tokens.
  private static func gpt2(dropout: Double, checkpointsLayers: Bool = false) throws -> Workload {
    let sizes = ModelSizes(vocabulary: 50257, layers: 12, hidden: 768, heads: 12, positions: 1024)
    let made = try ModelLoader.make("gpt2", sizes, for: .causal, seed: 1, dropout: dropout)
    let flops = arithmetic(
      tokens: 4 * 512, weights: 12 * 12 * 768 * 768 + 50257 * 768, attention: 12 * 256 * 768)
    var workload = try causal(made, gigaflops: flops)
    workload.checkpointsLayers = checkpointsLayers
    return workload
  }

  /// A Llama with 100 million parameters whose heads share keys by three.
  private static func llama() throws -> any Model {
    let sizes = ModelSizes(
      vocabulary: 32000, layers: 12, hidden: 768, heads: 12, feedForward: 2048, positions: 2048)
    return try ModelLoader.make(
      "llama", sizes, for: .causal, seed: 1,
      fields: ["num_key_value_heads": 4, "tie_word_embeddings": true])
  }

  /// Low-rank updates of that Llama's queries and values, its own weights being frozen.
  private static func lowRankLlama() throws -> Workload {
    let model = try llama()
    var options = LowRankOptions(rank: 8, alpha: 16, targets: .names(["q_proj", "v_proj"]))
    options.dropout = 0.05
    // Frozen weights have no gradient; the updates themselves are less than a hundredth.
    var workload = try causal(model, gigaflops: llamaArithmetic(products: 2))
    workload.adapter = try LowRankAdapter(options, to: model, seed: 1)
    return workload
  }

  /// The arithmetic of a step of that Llama; `products` counts those of a weight.
  private static func llamaArithmetic(products: Double) -> Double {
    let layer = 2 * 768 * 768 + 2 * 768 * 256 + 3 * 768 * 2048
    return arithmetic(
      tokens: 4 * 512, weights: 12 * layer + 32000 * 768, attention: 12 * 256 * 768,
      products: products)
  }

  /// Two operations for each weight and token of a product.
  ///
  /// Products are the forward one, that of the gradient of what came in, and the weight's. Attention has two products, whose gradients take two each.
  ///
  /// - Parameter attention: Keys that a token sees times the width, summed over the layers.
  private static func arithmetic(
    tokens: Int, weights: Int, attention: Int, products: Double = 3
  ) -> Double {
    Double(tokens) * (2 * products * Double(weights) + 12 * Double(attention)) / 1e9
  }

  /// Predicting the next token of 4 texts of 512 tokens.
  private static func causal(_ made: any Model, gigaflops: Double) throws -> Workload {
    guard let model = made as? any CausalLanguageModel else { throw Mismatch() }
    let texts = random(count: 4, length: 512, below: Int32(model.vocabularySize))
    let batch = TokenBatch(texts)
    let targets = texts.flatMap { $0.dropFirst() + [Tape.ignoredTarget] }
    return Workload(model: model, tokens: 4 * 512, gigaflops: gigaflops) { tape in
      tape.vocabularyCrossEntropy(
        model.hiddenStates(tape, batch), weight: model.outputWeight, targets: targets)
    }
  }

  /// A Marian, whose heads are 64 wide, on pairs of texts of one length.
  private static func marian(
    width: Int, layers: Int, vocabulary: Int, pairs: Int, length: Int, smoothing: Float = 0
  ) throws -> Workload {
    let padding = Int32(vocabulary - 1)
    let sizes = ModelSizes(
      vocabulary: vocabulary, layers: layers, hidden: width, heads: width / 64,
      feedForward: 4 * width, positions: 512, padding: padding, end: 0)
    let made = try ModelLoader.make(
      "marian", sizes, for: .sequenceToSequence, seed: 1,
      fields: [
        "activation_function": "swish", "pad_token_id": .integer(vocabulary - 1),
        "decoder_start_token_id": .integer(vocabulary - 1),
      ])
    guard let model = made as? any SequenceToSequenceModel else { throw Mismatch() }
    let source = TokenBatch(random(count: pairs, length: length, below: padding))
    let target = TargetBatch(random(count: pairs, length: length, below: padding), for: model)
    // Encoder layers have 12, decoder layers 16 squares of the width; sources are as long as targets.
    let flops = arithmetic(
      tokens: pairs * length, weights: layers * 28 * width * width + vocabulary * width,
      attention: layers * (length + length / 2 + length) * width)
    return Workload(model: model, tokens: pairs * length, gigaflops: flops) { tape in
      model.loss(tape, source: source, target: target, smoothing: smoothing)
    }
  }

  private static func random(count: Int, length: Int, below limit: Int32) -> [[Int32]] {
    var random = CounterRandom(seed: 1, purpose: "benchmark", record: "tokens")
    return (0..<count).map { _ in
      (0..<length).map { _ in Int32(random.next() % UInt64(limit)) }
    }
  }

  /// A model of another kind than the task asked for.
  private struct Mismatch: Error {}
}

extension Workload {
  /// What was measured.
  struct Result {
    let median, fastest: Double
    let loss: Float
    let tokensPerSecond: Double
  }

  /// Two steps to warm up, then the median of `steps` timed ones.
  func measure(steps: Int) throws -> Result {
    let optimizer = AdamW(learningRate: 5e-5, weightDecay: 0.01)
    let trained = adapter?.parameters ?? model.parameters
    let parameters = trained.filter(\.isTrainable).map(\.tensor)
    for parameter in parameters { parameter.requiresGradient = true }
    let moments = parameters.map { AdamW.Moments(shape: $0.shape) }
    var times: [Double] = []
    var last: Float = 0
    for step in 1...(2 + steps) {
      let start = ContinuousClock.now
      let tape = Tape(
        training: .init(seed: 1, step: step), checkpointsLayers: checkpointsLayers)
      let loss = loss(tape)
      tape.backward(from: loss.mean)
      for (parameter, moments) in zip(parameters, moments) {
        optimizer.update(parameter, moments, step: step)
        parameter.gradient = nil
      }
      last = loss.mean.item
      if step > 2 { times.append((ContinuousClock.now - start) / .seconds(1)) }
    }
    let median = median(times)
    return Result(
      median: median, fastest: times.min() ?? median, loss: last,
      tokensPerSecond: Double(tokens) / median)
  }
}
