import Tensors

/// One post-norm encoder layer of MiniLM's size, for tests of whole chains of operations.
struct EncoderLayer {
  let hidden: Int
  let heads: Int
  let weights: [Tensor]
  let biases: [Tensor]
  let normWeights: [Tensor]
  let normBiases: [Tensor]

  init(hidden: Int, feedForward: Int, heads: Int, seed: UInt64 = 1) {
    self.hidden = hidden
    self.heads = heads
    let shapes =
      Array(repeating: [hidden, hidden], count: 4)
      + [[feedForward, hidden], [hidden, feedForward]]
    weights = shapes.enumerated().map { index, shape in
      Self.scaled(noise(shape, seed: seed + UInt64(index)), by: 0.05)
    }
    biases = shapes.enumerated().map { index, shape in
      Self.scaled(noise([shape[0]], seed: seed + 10 + UInt64(index)), by: 0.05)
    }
    normWeights = (0..<2).map { _ in Tensor(repeating: 1, shape: [hidden]) }
    normBiases = (0..<2).map { _ in Tensor(shape: [hidden]) }
    for parameter in parameters { parameter.requiresGradient = true }
  }

  var parameters: [Tensor] { weights + biases + normWeights + normBiases }

  private static func scaled(_ tensor: Tensor, by factor: Float) -> Tensor {
    Tape.inference().scale(tensor, by: factor)
  }

  func callAsFunction(
    _ tape: Tape, _ x: Tensor, _ layout: SequenceLayout, dropout: Float
  ) -> Tensor {
    let project = { (index: Int, x: Tensor) in
      tape.linear(x, weight: weights[index], bias: biases[index])
    }
    let packed = tape.linear(
      x, jointly: (0..<3).map { LinearMap(weight: weights[$0], bias: biases[$0]) })
    let attended = tape.attention(
      packed: packed, layout: layout, AttentionOptions(heads: heads, dropout: dropout))
    let rows = Dropout(dropout, keys: layout.tokenKeys)
    let middle = tape.addNorm(
      project(3, attended), residual: x, weight: normWeights[0], bias: normBiases[0],
      epsilon: 1e-12, dropout: rows)
    let inner = tape.linear(middle, weight: weights[4], bias: biases[4], activation: .gelu)
    return tape.addNorm(
      project(5, inner), residual: middle, weight: normWeights[1], bias: normBiases[1],
      epsilon: 1e-12, dropout: rows)
  }
}
