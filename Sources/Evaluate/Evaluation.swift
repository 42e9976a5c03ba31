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
  /// The settings behind metrics of texts, by name.
  public let signatures: [(name: String, signature: String)]

  /// Computes every metric.
  public init(of outcomes: Outcomes, metrics: [MetricDescriptor]) {
    entries = metrics.map { Entry(name: $0.name, measurement: $0.measure(outcomes)) }
    signatures = []
  }

  private init(entries: [Entry], signatures: [(name: String, signature: String)]) {
    (self.entries, self.signatures) = (entries, signatures)
  }

  /// The same findings, and those of metrics of texts behind them.
  public func adding(_ scores: [TextScore]) -> Evaluation {
    Evaluation(
      entries: entries + scores.entries,
      signatures: signatures + scores.map { ($0.name, $0.signature) })
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
