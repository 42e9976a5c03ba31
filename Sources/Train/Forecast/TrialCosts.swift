/// What a training of a model costs, measured on a few of its steps.
///
/// Most of it is linear in the layers of a model, so that what short models cost tells of a long one.
package struct TrialCosts: Sendable {
  /// Seconds, by the clock and of all processors together.
  package struct Seconds: Sendable {
    package var wall = 0.0
    package var processor = 0.0
  }

  /// Bytes of tensors between two steps: weights that no file holds, what the optimizer remembers, an average.
  var held = 0.0
  /// Bytes above these when most tensors are alive in the largest step, and in scoring.
  var stepBytes = 0.0
  var scoringBytes = 0.0
  /// Bytes above these when the way back of the largest step begins, and what is alive at most above that
  /// on the way; 0 where ``stepBytes`` was measured on the largest batch and the whole model.
  var kept = 0.0
  var wayBack = 0.0
  /// Bytes of gradients that lie there when a way back begins, as those of another micro-batch.
  var gradients = 0.0
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
  /// - Parameter others: What each of these costs, how often the model has what it has more, and whether a
  ///   step keeps anything of it.
  static func extended(
    _ first: TrialCosts, by others: [(costs: TrialCosts, count: Int, keeps: Bool)]
  ) -> TrialCosts {
    var costs = first
    for other in others {
      for field in fields + (other.keeps ? keptFields : []) {
        let more = other.costs[keyPath: field] - first[keyPath: field]
        costs[keyPath: field] += Double(other.count) * max(0, more)
      }
    }
    // What lies there for one layer alone does not add up.
    costs.scoringBytes = ([first] + others.map(\.costs)).map(\.scoringBytes).max() ?? 0
    costs.wayBack = others.filter(\.keeps).map(\.costs.wayBack).min() ?? first.wayBack
    return costs
  }

  private static var fields: [WritableKeyPath<TrialCosts, Double>] {
    [
      \.held, \.gradients, \.weights, \.optimizer, \.files, \.checkpoint, \.published, \.step.wall,
      \.step.processor, \.scoring.wall, \.scoring.processor, \.writing.wall, \.writing.processor,
    ]
  }

  private static var keptFields: [WritableKeyPath<TrialCosts, Double>] { [\.stepBytes, \.kept] }

  /// The most bytes above those held.
  var mostAbove: Double { max(stepBytes, kept + wayBack + gradients, scoringBytes) }
}

extension TrialCosts.Seconds {
  static func + (left: Self, right: Self) -> Self {
    Self(wall: left.wall + right.wall, processor: left.processor + right.processor)
  }

  static func * (count: Double, seconds: Self) -> Self {
    Self(wall: count * seconds.wall, processor: count * seconds.processor)
  }
}
