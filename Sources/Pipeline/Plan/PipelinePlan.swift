import Evaluate
import Models
public import Records
public import Stages
import Tokenize
public import Train

/// A pipeline file that has been checked: what will run, in which order, with every default.
public struct PipelinePlan: Sendable {
  /// The pipeline's name, also that of its run folder.
  public var name: String
  /// The seed of all randomness.
  public var seed: UInt64
  /// The stages in the order they run.
  public var steps: [StageStep]
  /// The stages' labels in the order they are written.
  public var written: [String]
  /// What the planner changed and why, for people.
  public var notes: [String]
  /// The values of `train:`, if the pipeline trains.
  public var training: ParameterValues?
  /// The metrics under `evaluate:`.
  public var metrics: [MetricChoice]
  /// Whether what the model could do before training is looked at.
  var forgetting: Forgetting?
  /// What reads the old task of a penalty; nil where none reads one.
  var penaltyData: StageStep?
  /// How a model writes what is scored; nil where the file does not say.
  public var writing: WritingOptions?
  /// The folder that relative names of models resolve against.
  public var base: String
  /// The folder of the model that training begins with; nil for random weights.
  public var modelFolder: String?

  /// The most tokens of a record, where the tokenize stage says it.
  var maximumLength: Int? {
    steps.lazy.compactMap { ($0.stage as? TokenizeStage)?.maximumLength }.last
  }

  /// The whole plan as it is written to `pipeline.lock.yaml`, every default included.
  public var object: JSONObject {
    var object: JSONObject = ["name": .string(name), "seed": .string("\(seed)")]
    object["stages"] = .array(
      steps.map { .object([$0.descriptor.name: .object($0.values.encoded)]) })
    if let training { object["train"] = .object(locked(training)) }
    let evaluated =
      metrics.map { $0.encoded(base: base) } + [forgetting?.encoded].compactMap(\.self)
    if !evaluated.isEmpty { object["evaluate"] = .array(evaluated) }
    if let writing { object["generate"] = .object(writing.values.encoded) }
    return object
  }

  /// The values of `train:` for a file that lies elsewhere: a model found by its path from `base` has
  /// its whole path.
  private func locked(_ training: ParameterValues) -> JSONObject {
    var object = training.encoded
    let model = TrainingOptions.Keys.model
    if let modelFolder, modelFolder == FilePaths.join(base, training[model]) {
      object[model.name] = .string(modelFolder)
    }
    return object
  }

  /// How what the model writes is scored.
  /// - Throws: What says why a model or list of words that a metric needs is not there.
  func scoring() throws -> TextScoring {
    let settings = try metrics.settings(MetricResources(base: base))
    return TextScoring(
      metrics: try TextMetrics(named: metrics.ofTexts), settings: settings,
      writing: writing ?? WritingOptions(), fingerprint: try fingerprint(of: settings))
  }

  /// All that the scores of a model's texts depend on besides the model and the records.
  private func fingerprint(of settings: TextMetricSettings) throws -> String {
    var object: JSONObject = [
      "metrics": .array(metrics.map(\.encoded)),
      "generate": .object((writing ?? WritingOptions()).values.encoded),
    ]
    // Nothing is added where no file is read, so that older runs stay what they are.
    let files = try metrics.files(base: base)
    if !files.isEmpty {
      object["files"] = .array(try files.map { .string(try ContentHash.ofFile($0)) })
    }
    if let classifiers = try settings.fingerprint() { object["classifiers"] = .string(classifiers) }
    return JSONValue.object(object).text
  }
}

extension PipelineFile {
  /// Whether the file has a `train:` part.
  public var trains: Bool { root["train"] != nil }
}

extension PipelinePlan {
  /// What will be trained, in one line; nil where nothing is.
  public var trainingSummary: String? {
    guard let training else { return nil }
    let keys = TrainingOptions.Keys.self
    return
      "train \(training[keys.model]) (\(training[keys.method].name), \(training[keys.objective].name)) "
      + "for \(training[keys.epochs]) epochs, batch \(training[keys.batchSize]), "
      + "learning rate \(training[keys.learningRate])" + mixtureSummary
  }
}
