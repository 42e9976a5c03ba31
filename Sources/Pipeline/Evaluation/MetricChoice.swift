import Evaluate
public import Records
import Stages

/// One entry of `evaluate:`: a metric or group of metrics, with what it takes.
///
///     evaluate: [chrf, perplexity, {bleu: {tokenize: zh}}]
public struct MetricChoice: Sendable {
  /// The name as it is written.
  public let name: String
  /// The values of a metric of texts; nil for metrics that take nothing.
  let values: ParameterValues?

  /// The family of a metric of texts; nil for other metrics.
  var family: TextMetricFamily? { TextMetrics.family(of: name) }

  /// A metric with its defaults, or nil where one of these must be written.
  init?(_ name: String) {
    self.name = name
    guard let family = TextMetrics.family(of: name), !family.parameters.isEmpty else {
      values = nil
      return
    }
    var diagnostics = Diagnostics()
    guard
      let values = ParameterValues.read(
        family.parameters, from: nil, owner: name, into: &diagnostics)
    else { return nil }
    self.values = values
  }

  private init(_ name: String, _ values: ParameterValues?) {
    (self.name, self.values) = (name, values)
  }

  /// The entry as it is written in a lock file, every default included.
  public var encoded: JSONValue {
    guard let values else { return .string(name) }
    return .object([name: .object(values.encoded)])
  }

  /// Reads `NAME` or `NAME: {…}`, noting every fault; nil where there is one.
  static func read(
    _ node: ConfigurationNode, into diagnostics: inout Diagnostics
  ) -> MetricChoice? {
    guard let entry = StageEntry(node) else {
      diagnostics.add(
        Diagnostic(
          "a metric is written 'name' or '{name: {key: value}}'; found \(node.kindName)",
          path: "evaluate", place: node.place))
      return nil
    }
    guard let family = TextMetrics.family(of: entry.name), !family.parameters.isEmpty else {
      if let extra = entry.parameters, extra.value != .null {
        diagnostics.add(
          Diagnostic(
            "metric '\(entry.name)' takes no options", path: "evaluate", place: extra.place))
        return nil
      }
      return MetricChoice(entry.name, nil)
    }
    guard
      let values = ParameterValues.read(
        family.parameters, from: entry.parameters, owner: entry.name, place: entry.place,
        into: &diagnostics)
    else { return nil }
    return MetricChoice(entry.name, values)
  }
}

extension [MetricChoice] {
  /// The names of metrics of classes and losses.
  var ofOutcomes: [String] { filter { $0.family == nil }.map(\.name) }

  /// The names of metrics of what a model writes.
  var ofTexts: [String] { filter { $0.family != nil }.map(\.name) }

  /// The settings of all metrics of texts.
  /// - Throws: What says why a model or list of words that a metric needs is not there.
  func settings(_ resources: any TextMetricResources) throws -> TextMetricSettings {
    var settings = TextMetricSettings()
    for choice in self {
      guard let values = choice.values else { continue }
      try choice.family?.set(values, resources, &settings)
    }
    return settings
  }
}
