import Models
import Records
import Stages
import Train

/// What is evaluated: a finished run, or a model that is of none.
struct EvaluatedModel {
  /// The run's folder; nil for a model of none.
  let run: String?
  /// The run's resolved file, or one that says of the model what a run would.
  let file: PipelineFile
  private let name: String

  /// - Parameters:
  ///   - name: A run's folder, a model's folder or name, as a person wrote it.
  ///   - data: The file of records to score, if one was named.
  /// - Throws: `Diagnostics` where it is neither, or a model comes without data; `ModelError` for one of a
  ///   task that is not evaluated.
  init(_ name: String, data: String?) throws {
    self.name = name
    let path = FilePaths.join(FilePaths.current, name)
    let lock = "\(path)/pipeline.lock.yaml"
    if Folders.exists(lock) {
      (run, file) = (path, try PipelineFile(path: lock))
      return
    }
    run = nil
    let place: ModelPlace
    do { place = try ModelPlace(name) } catch {
      throw Diagnostics([
        Diagnostic(
          "'\(name)' is no folder of a run and no model: \(error.problem)", remedy: error.remedy)
      ])
    }
    guard data != nil else {
      throw Diagnostics([
        Diagnostic(
          "'\(name)' is a model and not a run, which would have data to score it on",
          remedy: "name a file of records with --data")
      ])
    }
    file = try Self.file(place)
  }

  /// A pipeline file with the model's task and usual metrics.
  private static func file(_ place: ModelPlace) throws -> PipelineFile {
    let folders = try place.folders
    let text: JSONValue = [
      "name": "evaluate",
      "stages": [["ingest": ["path": "-"]]],
      "train": [
        "model": .string(folders.base), "objective": .string(try objective(folders.configuration)),
      ],
    ]
    return try PipelineFile(
      text: text.text, path: folders.configuration.file, base: FilePaths.current)
  }

  /// The objective that trains models of a configuration's class.
  private static func objective(
    _ configuration: ModelConfiguration
  ) throws(ModelError) -> String {
    let task = try TaskName(configuration)
    guard [.classification, .causal, .sequenceToSequence, .masked].contains(task) else {
      throw ModelError(
        .unsupported, file: configuration.file,
        problem: "is a model for \(task.rawValue), of which there are no scores",
        remedy: "Give a classifier, a model that writes, or one of hidden tokens.")
    }
    if task == .classification, try LabelProblem.ofClasses(configuration) == .multiLabel {
      throw ModelError(
        .unsupported, file: configuration.file,
        problem: "gives a text any number of classes, of which there are no scores here",
        remedy:
          "Ask it with anneal classify --model, or as a metric: {toxicity: {model: …, label: …}}.")
    }
    return task.rawValue
  }

  /// The model that was trained in place of the one that training began with, which may be gone.
  var start: Override? {
    guard let run, let node = file.root["train"]?["model"], case .scalar(let name, _) = node.value,
      name != TrainingOptions.scratch, Folders.exists("\(run)/model/config.json")
    else { return nil }
    return Override(key: "train.model", text: "\(run)/model")
  }

  /// Where the model lies.
  /// - Throws: `ModelError` for a run without a model.
  func place() throws(ModelError) -> ModelPlace { try ModelPlace(name) }
}
