public import Records
public import Stages

/// The moving average of weights that is evaluated and saved in their place: `{decay: 0.999}`.
public struct WeightAveraging: ParameterValue, Hashable {
  /// The share of the average that each step keeps.
  public let decay: Double

  private static let decayKey = Parameter(
    "decay", default: 0.999, aliases: ["ema_decay"],
    "The share of the average that each step keeps.",
    check: { (0..<1).contains($0) ? nil : "must be from 0 to below 1" })

  /// What a person calls the type.
  public static var typeName: String { "{decay}" }

  /// Reads the map, or a number that stands for the decay.
  public static func decode(_ node: ConfigurationNode) throws(Diagnostic) -> WeightAveraging {
    if case .scalar = node.value {
      guard let decay = try decayKey.decode(node) as? Double else {
        throw node.mismatch(typeName)
      }
      return WeightAveraging(decay: decay)
    }
    var diagnostics = Diagnostics()
    guard
      let values = ParameterValues.read([decayKey], from: node, owner: "ema", into: &diagnostics)
    else { throw diagnostics.list.first ?? node.mismatch(typeName) }
    return WeightAveraging(decay: values[decayKey])
  }

  /// The value as it is written in a lock file.
  public var encoded: JSONValue { ["decay": .real(decay)] }
}
