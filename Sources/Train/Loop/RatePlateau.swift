package import Records
package import Stages

/// A learning rate that is cut whenever a metric stops getting better, as torch's
/// `ReduceLROnPlateau` cuts it: evaluation by evaluation, the same rates.
package struct RatePlateau: Sendable {
  /// The metric of the validation side that is watched.
  let metric: String
  private let isGreaterBetter: Bool
  private let values: ParameterValues
  /// The learning rate as it is now.
  package private(set) var rate: Double
  private var best: Double?
  private var badEvaluations = 0
  private var cooldown = 0

  /// A plateau that has seen nothing yet.
  /// - Parameters:
  ///   - values: Those of `reduce-on-plateau`.
  ///   - rate: The learning rate at its peak.
  package init(
    metric: String, isGreaterBetter: Bool, _ values: ParameterValues, rate: Double
  ) {
    self.metric = metric
    self.isGreaterBetter = isGreaterBetter
    self.values = values
    self.rate = rate
  }

  /// Notes an evaluation; a metric that found nothing counts as no improvement.
  package mutating func note(_ value: Double?) {
    if let value, isBetter(value) {
      best = value
      badEvaluations = 0
    } else {
      badEvaluations += 1
    }
    if cooldown > 0 {
      cooldown -= 1
      badEvaluations = 0
    }
    guard badEvaluations > values[ScheduleKeys.patience] else { return }
    let cut = max(rate * values[ScheduleKeys.factor], values[ScheduleKeys.minRate])
    if rate - cut > values[ScheduleKeys.leastChange] { rate = cut }
    cooldown = values[ScheduleKeys.cooldown]
    badEvaluations = 0
  }

  private func isBetter(_ value: Double) -> Bool {
    let threshold = values[ScheduleKeys.threshold]
    // Anything is better than torch's first best value, which is infinitely bad.
    guard let best else { return isGreaterBetter ? value > -.infinity : value < .infinity }
    return switch (isGreaterBetter, values[ScheduleKeys.thresholdMode]) {
    case (false, .rel): value < best * (1 - threshold)
    case (false, .abs): value < best - threshold
    case (true, .rel): value > best * (1 + threshold)
    case (true, .abs): value > best + threshold
    }
  }

  /// The form in which it is kept between runs.
  package var json: JSONValue {
    [
      "rate": .real(rate), "best": best.map { .real($0) } ?? .null,
      "bad_evaluations": .integer(badEvaluations), "cooldown": .integer(cooldown),
    ]
  }

  /// Takes what `json` wrote.
  package mutating func restore(_ json: JSONValue?) {
    rate = json?["rate"]?.double ?? rate
    best = json?["best"]?.double
    badEvaluations = json?["bad_evaluations"]?.int ?? 0
    cooldown = json?["cooldown"]?.int ?? 0
  }
}
