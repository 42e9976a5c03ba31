import Evaluate
import Records

/// A metric that models are ordered by.
struct WatchedMetric: Sendable {
  let name: String
  let direction: MetricDirection
}

/// Which checkpoint is the best so far, whether waiting for a better one still pays, and what
/// evaluations have made of the learning rate.
struct Selection: Sendable {
  /// The metric that chooses the model.
  let best: WatchedMetric
  /// The metric whose stagnation ends training, and how many evaluations are waited.
  let stopping: (metric: WatchedMetric, patience: Int)?
  /// The learning rate, where it hangs on a metric.
  private(set) var plateau: RatePlateau?
  private(set) var bestStep: Int?
  private(set) var bestValue: Double?
  private var stoppingValue: Double?
  private var waited = 0

  init(
    best: WatchedMetric, stopping: (metric: WatchedMetric, patience: Int)?,
    plateau: RatePlateau? = nil
  ) {
    self.best = best
    self.stopping = stopping
    self.plateau = plateau
  }

  /// Notes an evaluation; a metric that found nothing counts as no improvement.
  mutating func note(_ values: [(name: String, value: Double)], step: Int) {
    func value(of name: String) -> Double? { values.first { $0.name == name }?.value }
    if let plateau { self.plateau?.note(value(of: plateau.metric)) }
    if let value = value(of: best.name), best.direction.improves(value, over: bestValue) {
      bestStep = step
      bestValue = value
    }
    guard let stopping else { return }
    if let value = value(of: stopping.metric.name),
      stopping.metric.direction.improves(value, over: stoppingValue)
    {
      stoppingValue = value
      waited = 0
    } else {
      waited += 1
    }
  }

  /// Whether patience is at its end.
  var shouldStop: Bool { stopping.map { waited >= $0.patience } ?? false }

  /// The form in which it is kept between runs.
  var json: JSONValue {
    func optional(_ value: Double?) -> JSONValue { value.map { .real($0) } ?? .null }
    return [
      "best_step": bestStep.map { .integer($0) } ?? .null, "best_value": optional(bestValue),
      "stopping_value": optional(stoppingValue), "waited": .integer(waited),
      "plateau": plateau?.json ?? .null,
    ]
  }

  /// Takes what `json` wrote.
  mutating func restore(_ json: JSONValue?) {
    bestStep = json?["best_step"]?.int
    bestValue = json?["best_value"]?.double
    stoppingValue = json?["stopping_value"]?.double
    waited = json?["waited"]?.int ?? 0
    plateau?.restore(json?["plateau"])
  }
}
