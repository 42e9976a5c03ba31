package import Records
import Stages
import Train

/// `cache/train.json`: what a run has trained and scored, and for which settings and data.
package struct TrainManifest {
  /// What a training left.
  struct Trained {
    /// `model` or `adapter`.
    let folder: String
    /// `train` of `metrics.json`.
    let json: JSONValue
    /// `training` of `timings.json`; nil where an older build trained.
    var timing: JSONValue?

    /// Notes the memory, in bytes, that training or scoring held; the most counts.
    mutating func note(memory: Int?) {
      guard var object = timing?.object, let memory else { return }
      let key = "peak_memory_bytes"
      object[key] = .integer(max(memory, object[key]?.int ?? 0))
      timing = .object(object)
    }
  }

  private let folder: String
  private let basis: JSONObject
  /// A hash of all that the model depends on.
  package let fingerprint: String
  /// What a training of the same fingerprint left.
  private let kept: JSONValue?
  /// What another training depended on; nil where there was none, or an older build's.
  private let other: JSONObject?

  /// What scores vouch for.
  private static let outputs = ["metrics.json", "predictions.jsonl", "trainer_state.json"]

  /// Reads what is there of a run.
  ///
  /// - Parameter basis: All that the model depends on.
  package init(folder: String, basis: JSONObject) {
    (self.folder, self.basis) = (folder, basis)
    fingerprint = ContentHash.of(JSONValue.object(basis).text)
    let kept = (try? FileReader.contents("\(folder)/cache/train.json")).flatMap {
      try? JSONValue.parse($0)
    }
    let isSame = kept?["fingerprint"]?.string == fingerprint
    self.kept = isSame ? kept : nil
    other = isSame ? nil : kept?["basis"]?.object
  }

  /// The model that was trained with the same fingerprint, if it is there.
  var trained: Trained? {
    guard let name = kept?["trained"]?.string, let json = kept?["train"],
      Folders.exists("\(folder)/\(name)"), Folders.exists("\(folder)/trainer_state.json")
    else { return nil }
    return Trained(folder: name, json: json, timing: kept?["timing"])
  }

  /// The metrics of the same model and scores, if all they vouch for is there.
  func metrics(_ scores: String) -> JSONValue? {
    guard trained != nil, kept?["scores"]?.string == scores,
      let hashes = kept?["outputs"]?.object,
      hashes.members.allSatisfy({
        (try? ContentHash.ofFile("\(folder)/\($0.key)")) == $0.value.string
      }),
      let bytes = try? FileReader.contents("\(folder)/metrics.json")
    else { return nil }
    return try? JSONValue.parse(bytes)
  }

  /// Checkpoints of a training with other settings or data are of no use to this one.
  /// - Parameter say: Told in one line what is removed and why, before it is.
  package func begin(say: (String) -> Void) throws {
    guard kept == nil else { return }
    if let removal { say(removal) }
    let models = ["checkpoints", "model", "adapter", "base", TrainingSession.fisher]
    let traces = TrainingSession.curves + ModelScores.allAnswers + MethodChoice.outputs
    for name in models + traces + Self.outputs {
      try Folders.remove("\(folder)/\(name)")
    }
    try write([:])
  }

  /// What `begin` removes, and why; nil where nothing is there.
  private var removal: String? {
    let steps = (try? Folders.list("\(folder)/checkpoints")) ?? []
    let things = [
      steps.contains { $0.hasPrefix("step-") } ? "checkpoints" : nil,
      ["model", "adapter"].contains { Folders.exists("\(folder)/\($0)") } ? "model" : nil,
    ].compactMap(\.self)
    guard let first = things.first else { return nil }
    let names = things.joined(separator: " and ")
    let verb = things.count > 1 || first == "checkpoints" ? "are" : "is"
    let reason = other.map { ": \(TrainingDifference($0, basis))" } ?? ""
    return
      "the \(names) here \(verb) of another training\(reason); \(verb == "is" ? "it is" : "they are") removed"
  }

  /// Notes that there is a model, so that it is not trained again where scoring is interrupted.
  func keep(_ trained: Trained) throws {
    try write(json(trained))
  }

  /// Notes that all is there.
  func finish(_ trained: Trained, scores: String) throws {
    var hashes = JSONObject()
    for name in Self.outputs where Folders.exists("\(folder)/\(name)") {
      hashes[name] = .string(try ContentHash.ofFile("\(folder)/\(name)"))
    }
    var object = json(trained)
    object["scores"] = .string(scores)
    object["outputs"] = .object(hashes)
    try write(object)
  }

  private func json(_ trained: Trained) -> JSONObject {
    var object: JSONObject = ["trained": .string(trained.folder), "train": trained.json]
    object["timing"] = trained.timing
    return object
  }

  private func write(_ more: JSONObject) throws {
    var object: JSONObject = ["fingerprint": .string(fingerprint), "basis": .object(basis)]
    object.merge(more)
    try AtomicFile.write(
      JSONValue.object(object).prettyText.utf8, to: "\(folder)/cache/train.json")
  }
}
