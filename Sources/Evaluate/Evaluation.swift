/// What a list of metrics found in one set of outcomes.
public struct Evaluation: Sendable {
  /// One metric and its finding.
  public struct Entry: Sendable {
    /// The metric's name.
    public let name: String
    /// What it found.
    public let measurement: Measurement
  }

  /// The findings in the order asked.
  public let entries: [Entry]

  /// Computes every metric.
  public init(of outcomes: Outcomes, metrics: [MetricDescriptor]) {
    entries = metrics.map { Entry(name: $0.name, measurement: $0.measure(outcomes)) }
  }

  /// The number a metric found; nil when it was not asked, is a table, or is unavailable.
  public subscript(name: String) -> Double? {
    guard case .number(let number) = entries.first(where: { $0.name == name })?.measurement.value
    else { return nil }
    return number
  }

  /// Every metric that found nothing, with its reason.
  public var unavailable: [(name: String, reason: String)] {
    entries.compactMap { entry in
      guard case .unavailable(let reason) = entry.measurement.value else { return nil }
      return (entry.name, reason)
    }
  }
}
