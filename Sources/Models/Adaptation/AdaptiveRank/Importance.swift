import Tensors

/// How important the directions of an update are, by gradients over the last steps.
///
/// A value's sensitivity is |value · gradient|; its running mean and how far it strays from that mean
/// make its score. A direction's is that of its singular value and the mean ones of its two vectors.
struct Importance: Sendable {
  /// The means of one tensor's sensitivity and of its uncertainty.
  private struct Means: Sendable {
    let sensitivity, uncertainty: Tensor
  }

  private let down, up, values: Means
  /// 1 for the directions that are left, 0 for others, -1 as long as none was taken away: `[rank]`.
  private let mask: Tensor
  private let name: String

  init(_ name: String, _ update: AdaptiveRankMap) {
    func means(_ tensor: Tensor) -> Means {
      Means(
        sensitivity: Tensor(shape: tensor.shape), uncertainty: Tensor(shape: tensor.shape))
    }
    self.name = name
    down = means(update.down)
    up = means(update.up)
    values = means(update.values)
    mask = Tensor(repeating: -1, shape: update.values.shape)
  }

  /// What a checkpoint holds of it.
  var state: [AdapterTensor] {
    let means = [("lora_A", down), ("lora_B", up), ("lora_E", values)].flatMap { part, means in
      [
        ("\(part).sensitivity", means.sensitivity), ("\(part).uncertainty", means.uncertainty),
      ]
    }
    return (means + [("lora_E.mask", mask)]).map { AdapterTensor("\(name).\($0)", $1) }
  }

  /// The directions that are left; nil as long as none was taken away.
  var left: [Int32]? {
    let mask = mask.values
    guard !mask.contains(-1) else { return nil }
    return mask.indices.filter { mask[$0] == 1 }.map { Int32($0) }
  }

  /// Notes which directions are left.
  func keep(_ kept: [Bool]) { mask.assign(Tensor(kept.map { $0 ? 1 : 0 }, shape: mask.shape)) }

  /// Sets the singular values of the other directions to zero.
  func mask(_ update: AdaptiveRankMap) {
    let kept = mask.values
    update.values.withMutableValues { values in
      for index in kept.indices where kept[index] == 0 { values[index] = 0 }
    }
  }

  /// Takes a step's gradients into the means.
  func note(_ update: AdaptiveRankMap, factor: Float, _ beta1: Float, _ beta2: Float) {
    for (tensor, means) in [(update.down, down), (update.up, up), (update.values, values)] {
      guard let gradient = tensor.gradient else { continue }
      let (own, slopes) = (tensor.values, gradient.values)
      var sensitivity = means.sensitivity.values
      var uncertainty = means.uncertainty.values
      for index in own.indices {
        let now = abs(own[index] * slopes[index] * factor)
        sensitivity[index] = beta1 * sensitivity[index] + (1 - beta1) * now
        let distance = abs(now - sensitivity[index])
        uncertainty[index] = beta2 * uncertainty[index] + (1 - beta2) * distance
      }
      means.sensitivity.assign(Tensor(sensitivity, shape: tensor.shape))
      means.uncertainty.assign(Tensor(uncertainty, shape: tensor.shape))
    }
  }

  /// The score of each direction.
  func scores(_ update: AdaptiveRankMap) -> [Float] {
    let (rank, inputs, outputs) = (update.values.count, update.down.columns, update.up.rows)
    let (down, up, values) = (Self.scores(down), Self.scores(up), Self.scores(values))
    return (0..<rank).map { place in
      let row = (0..<inputs).reduce(Float(0)) { $0 + down[place * inputs + $1] }
      let column = (0..<outputs).reduce(Float(0)) { $0 + up[$1 * rank + place] }
      return values[place] + row / Float(inputs) + column / Float(outputs)
    }
  }

  private static func scores(_ means: Means) -> [Float] {
    zip(means.sensitivity.values, means.uncertainty.values).map { $0 * $1 }
  }
}
