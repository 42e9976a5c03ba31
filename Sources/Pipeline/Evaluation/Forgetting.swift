import Evaluate
import Records
import Stages
import Train

/// What a model could do before training, on data that the training is not about: `forgetting` of
/// `evaluate:`.
///
///     evaluate: [perplexity, {forgetting: {data: general.jsonl, limit: 500}}]
///
/// The records are read as `ingest` reads them, whose parameters it takes, and not cleaned. The model that
/// training began with and the one it left are scored on them by the metrics of the file.
struct Forgetting: Sendable {
  /// The name in a pipeline file and in `metrics.json`.
  static let name = "forgetting"

  /// Reads the data.
  let step: StageStep

  /// The folder of the records, below the run's.
  static let cache = "cache/\(name)"

  /// The entry as it is written in a lock file, every default included.
  var encoded: JSONValue { .object([Self.name: .object(step.values.encoded)]) }

  /// The scores before and after training, and the difference of each number.
  static func json(before: JSONValue, after: JSONValue, records: Int) -> JSONValue {
    let change = (after.object?.members ?? []).compactMap { member -> (String, JSONValue)? in
      guard let now = member.value.double, let then = before[member.key]?.double else { return nil }
      return (member.key, .real(now - then))
    }
    return [
      "records": .integer(records), "before": before, "after": after,
      "change": .object(JSONObject(change)),
    ]
  }
}

extension Planner {
  /// Reads `forgetting: {data: …}`; nil for another entry, or one with a fault.
  mutating func forgetting(
    _ node: ConfigurationNode, _ training: ParameterValues?
  ) -> Forgetting? {
    guard let entry = StageEntry(node), entry.name == Forgetting.name else { return nil }
    if let fault = Self.fault(training) {
      diagnostics.add(
        Diagnostic(fault.message, path: "evaluate", place: entry.place, remedy: fault.remedy))
      return nil
    }
    guard let entries = entry.parameters?.entries,
      entries.contains(where: { ["data", "path"].contains($0.key) })
    else {
      diagnostics.add(
        Diagnostic(
          "'forgetting' names no data", path: "evaluate", place: entry.place,
          remedy: "write {forgetting: {data: general.jsonl}}"))
      return nil
    }
    // What it takes is what 'ingest' takes.
    let ingest = ConfigurationNode(
      .map(
        entries.map { entry in
          let key = entry.key == "data" ? "path" : entry.key
          return ConfigurationNode.Entry(key: key, place: entry.place, node: entry.node)
        }), place: node.place, base: node.base)
    let written = ConfigurationNode(
      .map([ConfigurationNode.Entry(key: "ingest", place: entry.place, node: ingest)]),
      place: node.place, base: node.base)
    return StageEntry(written).flatMap { step($0, occurrence: 1) }.map { Forgetting(step: $0) }
  }

  /// Why a training has nothing to forget.
  private static func fault(_ training: ParameterValues?) -> (message: String, remedy: String)? {
    guard let training, TrainingOptions(training).writes else {
      return (
        "'forgetting' compares with the model that training began with, which has no classes yet",
        "leave it out, or train with an objective that writes: causal, sequence-to-sequence"
      )
    }
    guard training[TrainingOptions.Keys.model] != TrainingOptions.scratch else {
      return (
        "a model from scratch knows nothing that it could forget",
        "leave 'forgetting' out, or name a model to begin with"
      )
    }
    return nil
  }
}
