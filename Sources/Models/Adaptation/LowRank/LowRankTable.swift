import Tensors

/// An embedding with a low-rank update: its vectors plus scale · A[ids] · Bᵀ.
final class LowRankTable: EmbeddingAdaptation {
  /// A, the other way round than PEFT files it, so that entries are rows: `[entries, rank]`.
  let down: Tensor
  /// B: `[width, rank]`.
  let up: Tensor
  private let scale: Float

  init(down: Tensor, up: Tensor, scale: Float) {
    self.down = down
    self.up = up
    self.scale = scale
  }

  func change(_ tape: Tape, _ ids: [Int32], _ table: Embedding) -> Tensor {
    tape.linear(tape.gather(down, rows: ids, factor: scale), weight: up)
  }

  func merged(_ table: Embedding) -> Tensor {
    Engine.$precision.withValue(.fp32) {
      let tape = Tape.inference()
      return tape.add(table.weight, tape.linear(down, weight: up), factor: scale)
    }
  }
}
