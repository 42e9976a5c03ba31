import Models
import Tensors

/// Some records of the training side, to judge weights by their gradients before training begins.
///
/// Nothing is dropped out and nothing is updated, so that the same records give the same numbers.
struct GradientSample {
  /// The most records that are looked at.
  static let size = 256
  private let objective: any TrainingObjective
  private let examples: [Example]

  /// Records from all of a side, at equal distances.
  init(_ objective: any TrainingObjective, _ side: [Example]) {
    self.objective = objective
    examples = EvenPlaces.of(side.count, most: Self.size).map { objective.drawn(side[$0], nil) }
  }

  /// The magnitude of each weight's gradient over all records, however they are cut into batches.
  func magnitudes(of weights: [Tensor]) -> [Tensor] {
    var sums: [Tensor] = []
    let counted = examples.counted
    measuring(weights) {
      for start in stride(from: 0, to: examples.count, by: 8) {
        let batch = examples[start..<min(start + 8, examples.count)]
        walkBack(Array(batch), counted: counted)
      }
      sums = weights.map { Tensor($0.gradients.map { abs($0) }, shape: $0.shape) }
    }
    return sums
  }

  /// The mean square of each weight's gradient, record by record.
  func meanSquares(of weights: [Tensor]) -> [Tensor] {
    var sums = weights.map { [Float](repeating: 0, count: $0.count) }
    let factor = 1 / Float(max(examples.count, 1))
    measuring(weights) {
      for example in examples {
        walkBack([example], counted: example.counted)
        for (number, weight) in weights.enumerated() {
          for (place, slope) in weight.gradients.enumerated() {
            sums[number][place] += factor * slope * slope
          }
          weight.gradient = nil
        }
      }
    }
    return zip(sums, weights).map { Tensor($0, shape: $1.shape) }
  }

  /// - Parameter counted: The targets of all records that a gradient is the mean over.
  private func walkBack(_ examples: [Example], counted: Int) {
    guard examples.counted > 0 else { return }
    let tape = Tape(training: nil)
    tape.backward(from: objective.loss(tape, examples, divisor: Float(counted)).mean)
  }

  /// Lets weights have gradients while `body` runs.
  private func measuring(_ weights: [Tensor], _ body: () -> Void) {
    let before = weights.map(\.requiresGradient)
    for weight in weights { weight.requiresGradient = true }
    body()
    for (weight, requires) in zip(weights, before) {
      weight.requiresGradient = requires
      weight.gradient = nil
    }
  }
}

/// Places in all of a list, at equal distances.
package enum EvenPlaces {
  /// The places, of which there are no more than `most`.
  package static func of(_ count: Int, most: Int) -> [Int] {
    let size = min(count, most)
    return (0..<size).map { $0 * count / size }
  }
}

extension Tensor {
  /// The gradient's values, zeros where there is none.
  fileprivate var gradients: [Float] {
    gradient?.values ?? [Float](repeating: 0, count: count)
  }
}
