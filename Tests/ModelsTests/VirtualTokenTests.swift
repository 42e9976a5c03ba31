import Models
import Records
import Stages
import Tensors
import TestSupport
import Testing

/// What virtual tokens must keep to, whatever model they stand before.
@Suite(.enabled(if: Shared.exists, "needs ../shared/golden"))
struct VirtualTokenTests {
  private static func load(_ base: String) throws -> any Model {
    let folder = Shared.path("golden/train-formats/golden/\(base)")
    let named = try ModelConfiguration(folder: folder).task
    let task = try #require(named)
    return try ModelLoader.load(folder, for: task, seed: 1).model
  }

  static let bases = [
    "base-bert-cls", "base-roberta-cls", "base-distilbert-cls", "base-bert-lm", "base-gpt2-lm",
    "base-gpt2-cls", "base-gptj-lm", "base-llama-lm", "base-llama-cls", "base-qwen2-lm",
    "base-t5-lm", "base-marian-lm", "base-fsmt-lm",
  ]

  static let methods = ["prefix", "projected", "prompt", "mlp", "lstm"]

  /// A method of few virtual tokens.
  private static func adapt(
    _ method: String, _ model: any Model, layout: VirtualLayout? = nil
  ) throws -> any ModelAdapter {
    guard ["prefix", "projected"].contains(method) else {
      var options = PromptOptions()
      (options.count, options.layout) = (3, layout)
      if method == "mlp" { options.encoder = .maps(width: 8) }
      if method == "lstm" { options.encoder = .recurrent(width: 8, layers: 1, dropout: 0) }
      return try PromptAdapter(options, to: model, seed: 3)
    }
    var options = PrefixOptions()
    (options.count, options.layout) = (3, layout)
    options.projection = method == "projected" ? 8 : nil
    return try PrefixAdapter(options, to: model, seed: 3)
  }

  private static let texts: [[Int32]] = [[5, 17, 42, 8, 23, 4], [9, 31, 60]]

  /// What a model says of texts, or of targets given texts.
  private func scores(_ tape: Tape, _ model: any Model, _ texts: [[Int32]]) throws -> Tensor {
    let batch = TokenBatch(texts)
    switch model {
    case let model as any SequenceClassifier: return model.logits(tape, batch)
    case let model as any CausalLanguageModel: return model.logits(tape, batch)
    case let model as any MaskedLanguageModel:
      return model.scores(tape, hidden: model.predictionStates(tape, batch))
    default:
      let model = try #require(model as? any SequenceToSequenceModel)
      let targets = TokenBatch(texts.map { model.decoderInputs(for: Array($0.prefix(4))) })
      return model.scores(
        tape,
        hidden: model.decode(
          tape, targets, encoded: model.encode(tape, batch), source: batch.layout))
    }
  }

  /// Whether a map of P-tuning's network is rectified, so that a row of it may rest.
  private static func isRectified(_ name: String, _ method: String) -> Bool {
    let maps = ["mlp": ["mlp_head.0.", "mlp_head.2."], "lstm": ["mlp_head.0."]]
    return maps[method]?.contains { name.contains($0) } ?? false
  }

  private func matrix() -> [(String, String)] {
    Self.bases.flatMap { base in Self.methods.map { (base, $0) } }
  }

  @Test func `every trained value has a gradient, and texts do not change each other`() throws {
    var seen = 0
    for (base, method) in matrix() {
      let model = try Self.load(base)
      let adapter = try Self.adapt(method, model)
      for parameter in adapter.parameters { parameter.tensor.requiresGradient = true }
      let tape = Tape(training: nil)
      let scores = try scores(tape, model, Self.texts)
      let slope = Tensor(
        (0..<scores.count).map { Float(($0 * 37 + 11) % 101) / 50 - 1 }, shape: scores.shape)
      tape.backward(from: scores, gradient: slope)
      for parameter in adapter.parameters {
        let gradient = try #require(parameter.tensor.gradient, "\(base) \(method)")
        // Row by row and slot by slot; a row of a rectified map may rest.
        let width = min(gradient.columns, 32)
        let dead = stride(from: 0, to: gradient.count, by: width).filter { start in
          gradient.values[start..<min(start + width, gradient.count)].allSatisfy { $0 == 0 }
        }
        #expect(
          dead.isEmpty || Self.isRectified(parameter.name, method),
          "\(base) \(method) \(parameter.name) \(dead)")
        #expect(gradient.values.contains { $0 != 0 }, "\(base) \(method) \(parameter.name)")
      }
      let alone = try Self.texts.map { try self.scores(.inference(), model, [$0]).values }
      #expect(distance(alone.flatMap(\.self), scores.values) < 2e-5, "\(base) \(method)")
      seen += 1
    }
    #expect(seen == 65)
  }

  @Test func `saved virtual tokens give what they gave, networks too`() throws {
    let folder = try TemporaryFolder()
    for (base, method) in matrix() {
      let model = try Self.load(base)
      let path = "\(folder.path)/\(base)-\(method)"
      try AdapterFolder.save(Self.adapt(method, model), of: model, base: base, to: path)
      let expected = try scores(.inference(), model, Self.texts).values
      let plain = try scores(.inference(), Self.load(base), Self.texts).values
      #expect(distance(expected, plain) > 1e-3, "\(base) \(method)")
      let again = try Self.load(base)
      _ = try AdapterFolder(path).attach(to: again)
      #expect(
        distance(try scores(.inference(), again, Self.texts).values, expected) < 1e-6,
        "\(base) \(method)")
      #expect(again.maximumLength == model.maximumLength)
    }
  }

  @Test(arguments: ["base-gpt2-lm", "base-gptj-lm", "base-llama-lm"], methods)
  func `a cache holds virtual tokens once`(base: String, method: String) throws {
    let model = try Self.load(base)
    _ = try Self.adapt(method, model)
    let decoder = try #require(model as? any CachedCausalLanguageModel)
    let text: [Int32] = [5, 17, 42, 8]
    let whole = decoder.hiddenStates(.inference(), TokenBatch([text])).values
    let cache = decoder.cache(sequences: 1, capacity: text.count)
    var steps: [Float] = []
    for part in [[text[0], text[1]], [text[2]], [text[3]]] {
      steps += decoder.hiddenStates(.inference(), TokenBatch([part]), cache: cache).values
    }
    #expect(distance(steps, whole) < 1e-5)
  }

  @Test(arguments: ["base-t5-lm", "base-marian-lm", "base-fsmt-lm"], methods)
  func `a decoder's cache holds virtual tokens once`(base: String, method: String) throws {
    let model = try Self.load(base)
    _ = try Self.adapt(method, model)
    let translator = try #require(model as? any SequenceToSequenceModel)
    let (source, target) = (TokenBatch([[5, 17, 42, 8]]), [Int32](arrayLiteral: 0, 9, 31, 60))
    let tape = Tape.inference()
    let memory = translator.memory(
      tape, encoded: translator.encode(tape, source), source: source.layout)
    let whole = translator.decode(tape, TokenBatch([target]), memory: memory, cache: nil).values
    let cache = translator.cache(sequences: 1, capacity: target.count)
    let steps = target.flatMap {
      translator.decode(tape, TokenBatch([[$0]]), memory: memory, cache: cache).values
    }
    #expect(distance(steps, whole) < 1e-5)
  }

  @Test func `checkpointed layers give virtual tokens the same gradients`() throws {
    for base in ["base-bert-cls", "base-gpt2-lm", "base-t5-lm"] {
      for method in Self.methods {
        let gradients = try [false, true].map { isCheckpointed in
          let model = try Self.load(base)
          let adapter = try Self.adapt(method, model)
          for parameter in adapter.parameters { parameter.tensor.requiresGradient = true }
          let tape = Tape(training: nil, checkpointsLayers: isCheckpointed)
          let scores = try scores(tape, model, Self.texts)
          tape.backward(from: scores, gradient: Tensor(repeating: 1, shape: scores.shape))
          return adapter.parameters.flatMap { $0.tensor.gradient?.values ?? [] }
        }
        #expect(gradients[0] == gradients[1] && !gradients[0].isEmpty, "\(base) \(method)")
      }
    }
  }

  @Test func `PEFT's layout is refused where PEFT reads the padding`() throws {
    for base in ["base-gpt2-cls", "base-llama-cls"] {
      #expect {
        try Self.adapt("prompt", Self.load(base), layout: .peft)
      } throws: {
        "\($0)".contains("PEFT classifies by the padding")
      }
      let adapter = try Self.adapt("prompt", Self.load(base))
      guard case .anneal = adapter.layout else {
        Issue.record("\(base) is filed for PEFT")
        continue
      }
      let prefix = try Self.adapt("prefix", Self.load(base))
      guard case .peft = prefix.layout else {
        Issue.record("a prefix of \(base) is not filed for PEFT")
        continue
      }
    }
  }

  @Test(arguments: ["base-gpt2-cls", "base-llama-cls", "base-fsmt-lm"], ["prompt", "mlp"])
  func `PEFT's own files are refused where PEFT reads them otherwise`(
    base: String, method: String
  ) throws {
    let folder = try TemporaryFolder()
    let model = try Self.load(base)
    try AdapterFolder.save(Self.adapt(method, model), of: model, base: base, to: folder.path)
    _ = try AdapterFolder(folder.path).attach(to: Self.load(base))
    let file = "\(folder.path)/adapter_config.json"
    let own = String(decoding: try FileReader.contents(file), as: UTF8.self)
    #expect(own.contains("anneal_type"))
    try AtomicFile.write(own.replacing("anneal_type", with: "peft_type").utf8, to: file)
    let error = #expect(throws: ModelError.self) {
      try AdapterFolder(folder.path).attach(to: Self.load(base))
    }
    #expect(error?.code == .unsupported && error?.problem.hasPrefix("PEFT ") == true)
  }

  @Test func `more virtual tokens than places, or two kinds of them, are refused`() throws {
    var options = PromptOptions()
    options.count = 40
    #expect(throws: ModelError.self) {
      try PromptAdapter(options, to: Self.load("base-bert-cls"), seed: 1)
    }
    let model = try Self.load("base-bert-cls")
    let places = model.maximumLength
    _ = try Self.adapt("prompt", model)
    #expect(model.maximumLength == places - 3)
    #expect(throws: ModelError.self) { try Self.adapt("prefix", model) }
  }

  @Test func `a prompt begins with the vectors of words, over and over`() throws {
    let model = try Self.load("base-gpt2-lm")
    var options = PromptOptions()
    (options.count, options.initialisation) = (5, .text(tokens: [7, 9]))
    let adapter = try PromptAdapter(options, to: model, seed: 1)
    let words = try #require(model.parameters.first { $0.name.hasSuffix("wte.weight") }).tensor
    let expected = [7, 9, 7, 9, 7].flatMap { words.values[$0 * 32..<($0 + 1) * 32] }
    #expect(adapter.parameters[0].tensor.values == expected)
    // Training a word of the prompt leaves the model's own vectors alone.
    #expect(adapter.parameters[0].tensor !== words)
  }
}
