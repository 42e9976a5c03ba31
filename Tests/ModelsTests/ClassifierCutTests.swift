import Models
import Tensors
import TestSupport
import Testing

/// A classifier that is cut says what it says as a whole, whatever runs only once of it.
struct ClassifierCutTests {
  private static let types = ["bert", "roberta", "distilbert", "gpt2", "gptj", "llama", "qwen2"]
  private let batch = TokenBatch(
    [[3, 7, 9, 11, 2], [4], [9, 8, 7, 6, 5, 4, 3, 2]], keys: [5, 6, 7])

  private func model(_ type: String, dropout: Double? = nil) throws -> any SequenceClassifier {
    let sizes = ModelSizes(vocabulary: 30, layers: 3, hidden: 16, heads: 2, positions: 16)
    let model = try ModelLoader.make(
      type, sizes, for: .classification(labels: ["a", "b"]), seed: 1, dropout: dropout)
    return try #require(model as? any SequenceClassifier)
  }

  private static let lowRank: LowRankOptions = {
    var options = LowRankOptions()
    (options.rank, options.alpha) = (2, 4)
    return options
  }()

  private func cuts(_ model: any SequenceClassifier) -> [ClassifierCut] {
    (0...3).map { .layer($0) } + [.pooling, .output]
  }

  @Test(arguments: types)
  func `at any place, it gives the same bits`(_ type: String) throws {
    let model = try model(type)
    let whole = model.logits(.inference(), batch).values
    for cut in cuts(model) {
      let features = model.features(.inference(), batch, below: cut)
      #expect(features.rows == (cut.isOfSequences ? 3 : 14), "\(cut)")
      let scores = model.logits(.inference(), features: features, above: cut, batch)
      // Encoders compute their last layer for first tokens alone, which are fewer rows.
      let isBehindAll = cut == .layer(3)
      #expect(
        isBehindAll ? distance(scores.values, whole) < 1e-6 : scores.values == whole, "\(cut)")
    }
    #expect(Set(whole).count == 6)
  }

  @Test(arguments: types)
  func `what lies above it gets the same gradients, and what lies below none`(
    _ type: String
  ) throws {
    let model = try model(type, dropout: 0)
    let depth = LayerDepth(model)
    let upper = model.parameters.filter { depth[$0] > 1 }
    func gradients(_ logits: (Tape) -> Tensor) -> [[Float]] {
      for parameter in model.parameters {
        parameter.tensor.requiresGradient = depth[parameter] > 1
        parameter.tensor.gradient = nil
      }
      let tape = Tape(training: Tape.Randomness(seed: 1, step: 0))
      tape.backward(from: tape.crossEntropy(logits(tape), targets: [0, 1, 1]).mean)
      return upper.map { $0.tensor.gradient?.values ?? [] }
    }
    let whole = gradients { model.logits($0, batch) }
    let features = model.features(.inference(), batch, below: .layer(1))
    let cut = gradients { model.logits($0, features: features, above: .layer(1), batch) }
    #expect(whole == cut && upper.count > 10)
    #expect(model.parameters.filter { depth[$0] <= 1 }.allSatisfy { $0.tensor.gradient == nil })
  }

  @Test(arguments: types)
  func `the highest one lies below all that is trained`(_ type: String) throws {
    let model = try model(type)
    let depth = LayerDepth(model)
    func cut(_ isTrained: (NamedParameter) -> Bool) -> ClassifierCut? {
      model.highestCut(below: model.parameters.filter(isTrained))
    }
    let isOfHead = { (parameter: NamedParameter) in
      model.headNames.contains { parameter.name.hasPrefix($0) }
    }
    #expect(cut(isOfHead) == .output)
    #expect(cut { depth[$0] >= 3 } == .layer(2))
    #expect(cut { depth[$0] >= 2 } == .layer(1))
    #expect(cut { depth[$0] >= 1 } == nil && cut { _ in true } == nil)
    // An encoder's top is the layer that pools; decoders have a norm there, which runs before the head.
    let top = cut { depth[$0] >= 4 }
    #expect(top == (model.poolingNames.isEmpty ? .layer(3) : .pooling))
  }

  @Test func `parts that methods add stand in their layers`() throws {
    let model = try model("bert")
    var options = Self.lowRank
    options.layers = [2]
    options.savedModules = ["classifier"]
    let adapter = try LowRankAdapter(options, to: model, seed: 1)
    #expect(model.highestCut(below: adapter.parameters) == .layer(2))
    model.removeAdaptations()
    options.layers = [0, 2]
    let both = try LowRankAdapter(options, to: model, seed: 1)
    #expect(model.highestCut(below: both.parameters) == nil)
    model.removeAdaptations()
    var bottleneck = BottleneckOptions.pfeiffer
    bottleneck.leftOut = [0]
    let networks = try BottleneckAdapter(bottleneck, to: model, seed: 1)
    #expect(model.highestCut(below: networks.parameters) == .layer(1))
  }

  @Test(arguments: [ModuleTargets.allLinear, .pattern(".*query"), .names(["query"])])
  func `layers that are named hold for every way to name targets`(_ targets: ModuleTargets) throws {
    let model = try model("bert")
    var options = Self.lowRank
    options.targets = targets
    options.layers = [0]
    let names = try LowRankAdapter(options, to: model, seed: 1).parameters.map(\.name)
    #expect(!names.isEmpty && names.allSatisfy { $0.contains("layer.0.") }, "\(names)")
  }

  @Test(arguments: types)
  func `a model whose adaptations are removed says what it said`(_ type: String) throws {
    let model = try model(type)
    let before = model.logits(.inference(), batch).values
    func changed() -> Bool { model.logits(.inference(), batch).values != before }
    var options = PrefixOptions()
    options.count = 2
    let prefix = try PrefixAdapter(options, to: model, seed: 1)
    #expect(changed() && prefix.parameters.isEmpty == false)
    model.removeAdaptations()
    #expect(!changed())
    var bottleneck = BottleneckOptions.houlsby
    bottleneck.reduction = 2
    _ = try BottleneckAdapter(bottleneck, to: model, seed: 1)
    model.removeAdaptations()
    _ = try BottleneckAdapter(bottleneck, to: model, seed: 1)
    model.removeAdaptations()
    _ = try LowRankAdapter(Self.lowRank, to: model, seed: 1)
    model.removeAdaptations()
    _ = try LowRankAdapter(Self.lowRank, to: model, seed: 1)
    model.removeAdaptations()
    #expect(!changed())
  }
}
