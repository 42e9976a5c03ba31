import Records
import Stages
import Train

extension Planner {
  /// What reads the old task of a penalty; nil where none reads one, or its files are at fault.
  mutating func penaltyData(_ training: ParameterValues?, _ node: ConfigurationNode?) -> StageStep?
  {
    let paths = training.map { TrainingOptions($0).penaltyData } ?? []
    guard !paths.isEmpty, let node else { return nil }
    let written: JSONValue = ["ingest": ["path": .array(paths.map(\.encoded))]]
    let place = node[TrainingOptions.Keys.penalty.name]?.place ?? node.place
    return StageEntry(ConfigurationNode(json: written, place: place, base: node.base))
      .flatMap { step($0, occurrence: 1) }
  }
}
