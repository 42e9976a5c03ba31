import Tensors

/// An objective that smooths targets in training, and nowhere else.
protocol SmoothingObjective: TrainingObjective {
  /// The share of a target that training spreads over all classes, or the whole vocabulary.
  var smoothing: Float { get }
  /// The loss with some share of smoothing.
  func loss(_ tape: Tape, _ examples: [Example], divisor: Float, smoothing: Float) -> Loss
}

extension SmoothingObjective {
  func loss(_ tape: Tape, _ examples: [Example], divisor: Float) -> Loss {
    loss(tape, examples, divisor: divisor, smoothing: smoothing)
  }

  func surprise(_ tape: Tape, _ example: Example) -> Loss {
    loss(tape, [example], divisor: 1, smoothing: 0)
  }
}
