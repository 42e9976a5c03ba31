import Models
import Records
import Stages

/// The checkpoints of a run: `checkpoints/step-N/`, each there whole or not at all.
///
/// A checkpoint is written into a folder of another name, synced, and renamed; only the newest few
/// and the best one stay.
struct CheckpointStore {
  private let folder: String
  private let fingerprint: String
  private let keeps: Int
  private let savesModel: Bool
  private let adapterState: [AdapterTensor]

  /// - Parameters:
  ///   - savesModel: Whether whole models are saved, or only what is trained.
  ///   - adapterState: What is saved beside the latter.
  init(
    folder: String, fingerprint: String, keeps: Int, savesModel: Bool,
    adapterState: [AdapterTensor] = []
  ) {
    self.folder = folder
    self.fingerprint = fingerprint
    self.keeps = keeps
    self.savesModel = savesModel
    self.adapterState = adapterState
  }

  /// The folder of a step's checkpoint.
  func path(_ step: Int) -> String { "\(folder)/step-\(step)" }

  /// Writes a checkpoint and removes those that need not stay.
  func save(
    _ state: TrainingState, _ selection: Selection?, _ model: any Model, _ optimizer: Optimizer,
    _ average: WeightAverage?, _ times: TrainingTimes
  ) throws {
    let temporary = "\(folder)/.partial"
    try Folders.remove(temporary)
    try Folders.make(temporary)
    if savesModel {
      try ModelLoader.save(model, to: temporary)
    } else {
      try SafetensorsWriter.write(
        optimizer.parameters.map { SavedTensor($0.name, $0.tensor) }
          + adapterState.map { SavedTensor($0.name, $0) },
        to: "\(temporary)/\(Preparation.trainedFile)")
    }
    try SafetensorsWriter.write(optimizer.saved, to: "\(temporary)/optimizer.safetensors")
    if let average {
      try SafetensorsWriter.write(average.saved, to: "\(temporary)/\(WeightAverage.file)")
    }
    try writeState(state, selection, to: temporary)
    try times.write(to: temporary)
    try Folders.publish(temporary, as: path(state.step))
    try prune(best: selection?.bestStep)
  }

  /// Renews what a checkpoint says beside its tensors, which are those of the same step, and removes
  /// those that need not stay.
  ///
  /// What selects, logs and counts lies in one file, so that a kill leaves the old or the new.
  func note(_ state: TrainingState, _ selection: Selection?, _ times: TrainingTimes) throws {
    try times.write(to: path(state.step))
    try writeState(state, selection, to: path(state.step))
    try prune(best: selection?.bestStep)
  }

  private func writeState(
    _ state: TrainingState, _ selection: Selection?, to folder: String
  ) throws(FileError) {
    try AtomicFile.write(
      state.json(selection, fingerprint: fingerprint).prettyText.utf8, to: "\(folder)/state.json")
  }

  /// The newest checkpoint of this very run, if there is one; what belongs to another is removed.
  /// - Parameter removed: Set where there were checkpoints of another.
  func newest(_ selection: inout Selection?, removed: inout Bool) throws -> TrainingState? {
    for step in try steps().reversed() {
      guard let json = try? ModelFiles.json("\(path(step))/state.json"),
        let state = TrainingState(json, fingerprint: fingerprint)
      else { continue }
      selection?.restore(json["selection"])
      return state
    }
    removed = try !steps().isEmpty
    try Folders.remove(folder)
    return nil
  }

  private func prune(best: Int?) throws(FileError) {
    for step in try steps().dropLast(keeps) where step != best {
      // Renamed first, so that a checkpoint being removed is never taken for a whole one.
      let doomed = "\(folder)/.removed"
      try Folders.remove(doomed)
      try Folders.publish(path(step), as: doomed)
      try Folders.remove(doomed)
    }
  }

  private func steps() throws(FileError) -> [Int] {
    guard Folders.isFolder(folder) else { return [] }
    return try Folders.list(folder).compactMap { name in
      name.hasPrefix("step-") ? Int(name.dropFirst(5)) : nil
    }.sorted()
  }
}
