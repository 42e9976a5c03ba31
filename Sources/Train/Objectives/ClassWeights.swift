public import Records
public import Stages

/// How much the records of each class count in the loss: `balanced`, or `{LABEL: number}`.
public enum ClassWeights: ParameterValue, Hashable {
  /// records / (classes · records of the class), as scikit-learn's `compute_class_weight`; of the records that
  /// an epoch takes, where parts are mixed.
  case balanced
  /// A number for each label; 1 for those that are not named.
  case named([String: Double])

  /// What a person calls the type.
  public static var typeName: String { "balanced|{LABEL: number}" }

  /// Reads the word or the map.
  public static func decode(_ node: ConfigurationNode) throws(Diagnostic) -> ClassWeights {
    guard let entries = node.entries else {
      let text = try String.decode(node)
      guard text == "balanced" else {
        throw Diagnostic(
          "'\(text)' is none of the choices", place: node.place,
          remedy: "write balanced, or a number for each label: {spam: 3, ham: 1}")
      }
      return .balanced
    }
    var weights: [String: Double] = [:]
    for entry in entries {
      let weight = try Double.decode(entry.node)
      guard weight >= 0 else {
        throw Diagnostic(
          "the weight of '\(entry.key)' is below 0", place: entry.node.place,
          remedy: "write how often each of its records shall count")
      }
      weights[entry.key] = weight
    }
    return .named(weights)
  }

  /// The value as it is written in a lock file.
  public var encoded: JSONValue {
    switch self {
    case .balanced: "balanced"
    case .named(let weights):
      .object(
        JSONObject(weights.sorted { $0.key < $1.key }.map { ($0.key, .real($0.value)) }))
    }
  }

  /// The weight of each class.
  /// - Parameter counts: How many training records of each class an epoch takes.
  /// - Throws: `TrainingError` for a label that no class has.
  func weights(of labels: [String], _ counts: [Double]) throws(TrainingError) -> [Float] {
    switch self {
    case .balanced:
      let sum = counts.reduce(0, +)
      // What an epoch never takes weighs nothing, however much it would count.
      return counts.map { $0 > 0 ? Float(sum / (Double(labels.count) * $0)) : 1 }
    case .named(let weights):
      if let stranger = weights.keys.sorted().first(where: { !labels.contains($0) }) {
        throw TrainingError(
          "class-weights names the label '\(stranger)', which no training record has",
          remedy: Suggestion.remedy(for: stranger, among: labels) ?? "name a label of the data")
      }
      return labels.map { Float(weights[$0] ?? 1) }
    }
  }
}
