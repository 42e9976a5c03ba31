/// A metric that was asked for and cannot be had.
public enum MetricError: Error, Sendable, Equatable, CustomStringConvertible {
  /// No metric or group has the name; `suggestion` is the nearest one that exists.
  case unknown(name: String, suggestion: String?, known: [String])
  /// The task gives no such thing as the metric needs.
  case lacks(name: String, needs: MetricNeed, provided: Set<MetricNeed>)
  /// The metric is of two classes.
  case needsTwoClasses(name: String, classes: Int)
  /// The metric is of predicted tokens, and the task predicts classes.
  case isOfTokens(name: String)
  /// The metric is a table and orders no models.
  case isTable(name: String)
  /// The name stands for several metrics, of which one must be named.
  case isGroup(name: String, members: [String])
  /// The metric is of texts that a model writes, and the task writes none.
  case isOfTexts(name: String, provided: Set<MetricNeed>)

  /// What is wrong and what to write instead.
  public var description: String {
    switch self {
    case .unknown(let name, let suggestion, let known):
      let remedy =
        suggestion.map { "did you mean '\($0)'?" }
        ?? "the metrics are \(known.joined(separator: ", "))"
      return "no metric is called '\(name)'; \(remedy)"
    case .lacks(let name, let needs, let provided):
      let given = provided.map(\.rawValue).sorted().joined(separator: " and ")
      return "metric '\(name)' needs \(needs.rawValue), but this task gives \(given)"
    case .needsTwoClasses(let name, let classes):
      return "metric '\(name)' needs two classes, but there are \(classes); "
        + "use an average such as '\(name.replacingSuffix("binary", with: "macro"))'"
    case .isOfTokens(let name):
      return "metric '\(name)' is of language models, but this task predicts classes; "
        + "use one such as 'loss' or 'f1.weighted'"
    case .isTable(let name):
      return "metric '\(name)' is a table and cannot order models; use one such as 'f1.weighted'"
    case .isGroup(let name, let members):
      return "'\(name)' stands for several metrics; name one of \(members.joined(separator: ", "))"
    case .isOfTexts(let name, let provided):
      let given = provided.map(\.rawValue).sorted().joined(separator: " and ")
      return "metric '\(name)' is of texts that a model writes, but this task gives \(given); use "
        + "one such as 'f1.weighted', or an objective that writes: causal, sequence-to-sequence"
    }
  }
}

extension String {
  fileprivate func replacingSuffix(_ suffix: String, with replacement: String) -> String {
    hasSuffix(suffix) ? dropLast(suffix.count) + replacement : self
  }
}
