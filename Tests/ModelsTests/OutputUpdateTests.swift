import Models
import Tensors
import TestSupport
import Testing

/// Low-rank updates of an output that stands alone.
@Suite(.enabled(if: Shared.exists, "needs ../shared/golden"))
struct OutputUpdateTests {
  private static func options(_ change: (inout LowRankOptions) -> Void) -> LowRankOptions {
    var options = LowRankOptions(rank: 4, alpha: 8, targets: .names(["q_proj", "lm_head"]))
    change(&options)
    return options
  }

  static let kinds: [(name: String, options: LowRankOptions)] = [
    ("plain", options { _ in }), ("rsLoRA", options { $0.isRankStabilised = true }),
    ("DoRA", options { $0.isDecomposed = true }), ("dropout", options { $0.dropout = 0.4 }),
    ("DoRA with dropout", options { ($0.isDecomposed, $0.dropout) = (true, 0.4) }),
    ("PiSSA", options { $0.initialisation = .pissa }),
  ]

  /// GPT-J's output has a bias, Llama's has none.
  @Test(arguments: ["base-gptj-lm", "base-llama-lm"], kinds.map(\.name))
  func `a loss over the vocabulary is that of the scores, gradients too`(
    base: String, kind: String
  ) throws {
    let options = try #require(Self.kinds.first { $0.name == kind }?.options)
    try check(base, options)
  }

  @Test func `a bias of the update counts in the loss`() throws {
    try check("base-gptj-lm", Self.options { $0.hasUpBias = true })
  }

  private func check(_ base: String, _ options: LowRankOptions) throws {
    let folder = Shared.path("golden/train-formats/golden/\(base)")
    let model = try ModelLoader.causal(folder)
    let adapter = try LowRankAdapter(options, to: model, seed: 3)
    for parameter in adapter.parameters {
      parameter.tensor.requiresGradient = true
      // Away from the zeros that B begins with, so that every part matters.
      let values = parameter.tensor.values.enumerated().map { place, value in
        value + 0.01 * Float(place % 7 - 3)
      }
      parameter.tensor.assign(Tensor(values, shape: parameter.tensor.shape))
    }
    let batch = TokenBatch([[5, 17, 42, 8, 23, 4], [9, 31, 60]], keys: [11, 12])
    let rows: [Int32] = [1, 3, 4, 7]
    let targets: [Int32] = [42, 23, 4, 60]
    func learn(_ loss: (Tape, Tensor) -> Tensor) -> (loss: Float, gradients: [Float]) {
      let tape = Tape(training: Tape.Randomness(seed: 5, step: 2))
      let loss = loss(tape, model.hiddenStates(tape, batch))
      tape.backward(from: loss)
      let gradients = adapter.parameters.flatMap { $0.tensor.gradient?.values ?? [] }
      for parameter in adapter.parameters { parameter.tensor.gradient = nil }
      return (loss.item, gradients)
    }
    let own = learn { tape, hidden in
      model.vocabularyLoss(tape, hidden, rows: rows, targets: targets).mean
    }
    let expected = learn { tape, hidden in
      var all = [Int32](repeating: Tape.ignoredTarget, count: hidden.rows)
      for (row, target) in zip(rows, targets) { all[Int(row)] = target }
      return tape.crossEntropy(model.scores(tape, hidden: hidden), targets: all).mean
    }
    #expect(abs(own.loss - expected.loss) < 1e-5)
    #expect(distance(own.gradients, expected.gradients) < 1e-5)
    let count = adapter.parameters.reduce(0) { $0 + $1.tensor.count }
    #expect(own.gradients.count == count && own.gradients.contains { $0 != 0 })
  }
}
