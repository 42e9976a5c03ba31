public import Records
public import Stages

/// When training stops before its last epoch: `{metric: f1.weighted, patience: 2}`.
public struct EarlyStopping: ParameterValue, Hashable {
  /// The metric watched on the validation side; nil for the one that chooses the best model.
  public let metric: String?
  /// Evaluations without improvement before training stops.
  public let patience: Int

  private static let metricKey = Parameter<String?>(
    "metric", default: nil, "The metric watched; that of 'best-metric' by default.")
  private static let patienceKey = Parameter(
    "patience", default: 2, aliases: ["early_stopping_patience"],
    "Evaluations without improvement before training stops.", check: Check.atLeast(1))

  /// What a person calls the type.
  public static var typeName: String { "{metric, patience}" }

  /// Reads the map, or a number that stands for the patience.
  public static func decode(_ node: ConfigurationNode) throws(Diagnostic) -> EarlyStopping {
    if case .scalar = node.value {
      return EarlyStopping(metric: nil, patience: try Int.decode(node))
    }
    var diagnostics = Diagnostics()
    guard
      let values = ParameterValues.read(
        [metricKey, patienceKey], from: node, owner: "early-stopping", into: &diagnostics)
    else { throw diagnostics.list.first ?? node.mismatch(typeName) }
    return EarlyStopping(metric: values[metricKey], patience: values[patienceKey])
  }

  /// The value as it is written in a lock file.
  public var encoded: JSONValue {
    ["metric": metric.map { .string($0) } ?? .null, "patience": .integer(patience)]
  }
}
