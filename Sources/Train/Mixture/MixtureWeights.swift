package import Records
package import Stages

/// A number above 0 for each of several names.
package struct MixtureWeights: ParameterValue, Hashable {
  package struct Weight: Sendable, Hashable {
    package let name: String
    package let value: Double
  }

  package let list: [Weight]

  package static var typeName: String { "map of names to numbers" }

  package static func decode(_ node: ConfigurationNode) throws(Diagnostic) -> MixtureWeights {
    guard let entries = node.entries, !entries.isEmpty else { throw node.mismatch(typeName) }
    var list: [Weight] = []
    for entry in entries {
      let value = try Double.decode(entry.node)
      guard value > 0 else {
        throw Diagnostic(
          "the weight of '\(entry.key)' is \(value), and must be above 0", place: entry.place,
          remedy: "leave a part out of training by leaving out its ingest")
      }
      guard !list.contains(where: { $0.name == entry.key }) else {
        throw Diagnostic("'\(entry.key)' is written twice", place: entry.place)
      }
      list.append(Weight(name: entry.key, value: value))
    }
    return MixtureWeights(list: list)
  }

  package var encoded: JSONValue {
    .object(JSONObject(list.map { ($0.name, .real($0.value)) }))
  }

  package subscript(name: String) -> Double? { list.first { $0.name == name }?.value }

  /// What is wrong with the names, where parts have other ones.
  /// - Parameter records: Whether the names are those of parts that have records.
  package func fault(
    among parts: [String], by: MixtureParts, records: Bool = false
  ) -> TrainingError? {
    if let unknown = list.first(where: { !parts.contains($0.name) }) {
      return TrainingError(
        "the mixture has a weight for '\(unknown.name)', and "
          + (records ? "no training record is of that \(by.noun)" : "there is no such \(by.noun)"),
        remedy: Suggestion.remedy(for: unknown.name, among: parts) ?? "check its name")
    }
    guard let lacking = parts.first(where: { self[$0] == nil }) else { return nil }
    return TrainingError(
      "the mixture has no weight for the \(by.noun) '\(lacking)'",
      remedy: "give it one, or leave out where its records come from")
  }
}
