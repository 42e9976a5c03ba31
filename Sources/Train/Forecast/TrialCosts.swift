/// What a training of a model costs, measured on a few of its steps.
///
/// All of it is linear in the layers of a model, so that what two short models cost tells of a long one.
package struct TrialCosts: Sendable {
  /// Seconds, by the clock and of all processors together.
  package struct Seconds: Sendable {
    package var wall = 0.0
    package var processor = 0.0
  }

  /// Bytes of tensors between two steps: weights that no file holds, what the optimizer remembers, an average.
  var held = 0.0
  /// Bytes of tensors when most are alive, in the largest step and in scoring.
  var stepPeak = 0.0
  /// The same at the beginning of the largest step's way back, where that was told apart; 0 otherwise.
  var keptPeak = 0.0
  var scoringPeak = 0.0
  /// The most of what was tried, which may have been smaller.
  var tried = 0.0
  /// Bytes of weights that no file holds.
  var weights = 0.0
  /// Bytes of what the optimizer remembers.
  var optimizer = 0.0
  /// Bytes of the saved model's files that scoring reads, beside what training has left.
  var files = 0.0
  /// Bytes of a checkpoint.
  var checkpoint = 0.0
  /// Bytes of what is published at the end.
  var published = 0.0
  /// A mean step.
  var step = Seconds()
  /// Scoring a record.
  var scoring = Seconds()
  /// Writing an answer.
  var writing = Seconds()

  /// The costs of a model that has more than another what others have more than that one.
  /// - Parameter others: What each of these costs, and how often the model has what it has more.
  static func extended(
    _ first: TrialCosts, by others: [(costs: TrialCosts, count: Int)]
  ) -> TrialCosts {
    var costs = first
    for field in fields {
      for other in others {
        let more = other.costs[keyPath: field] - first[keyPath: field]
        costs[keyPath: field] += Double(other.count) * max(0, more)
      }
    }
    return costs
  }

  private static var fields: [WritableKeyPath<TrialCosts, Double>] {
    [
      \.held, \.stepPeak, \.keptPeak, \.scoringPeak, \.weights, \.optimizer, \.files, \.checkpoint,
      \.published,
      \.step.wall, \.step.processor, \.scoring.wall, \.scoring.processor, \.writing.wall,
      \.writing.processor,
    ]
  }
}

extension TrialCosts.Seconds {
  static func + (left: Self, right: Self) -> Self {
    Self(wall: left.wall + right.wall, processor: left.processor + right.processor)
  }

  static func * (count: Double, seconds: Self) -> Self {
    Self(wall: count * seconds.wall, processor: count * seconds.processor)
  }
}
