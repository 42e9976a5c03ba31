import Evaluate
import Models
import Records
import Stages
import Tensors
import Tokenize
import Train

/// The step of a run that trains, predicts and scores; done once for one fingerprint.
struct TrainStep {
  let plan: PipelinePlan
  let options: TrainingOptions
  let folder: String
  let threads: Int
  /// How many records each side holds.
  let sides: [Side: Int]
  /// The fingerprint of the data stages.
  let data: String
  let observer: any RunObserver

  /// What the step leaves for the rest of the run.
  struct Outcome {
    let metrics: JSONValue
    let timing: JSONValue?
    let reused: Bool
  }

  private static let manifestName = "cache/train.json"
  /// What the manifest vouches for.
  private static let outputs = ["metrics.json", "predictions.jsonl", "trainer_state.json"]

  func run() throws -> Outcome {
    Engine.threads = threads
    let fingerprint = try fingerprint()
    if let metrics = finished(fingerprint) {
      observer.say("train: nothing has changed; the model and its scores are reused")
      return Outcome(metrics: metrics, timing: nil, reused: true)
    }
    try begin(fingerprint)
    let validation = sides[.validation, default: 0] > 0 ? records(.validation) : nil
    let session = try TrainingSession(
      options: options, train: records(.train), validation: validation, context)
    if let fault = Engine.instructionsFault { observer.say("note: \(fault)") }
    let clock = ContinuousClock()
    let start = clock.now
    let result = try session.run { observer.training($0) }
    let seconds = (clock.now - start) / .seconds(1)
    let metrics = try score(result)
    try AtomicFile.write(metrics.prettyText.utf8, to: "\(folder)/metrics.json")
    try finish(fingerprint)
    return Outcome(metrics: metrics, timing: timing(result, seconds), reused: false)
  }

  private func records(_ side: Side) -> RecordCollection {
    RecordCollection(
      path: RunPublisher.data(side, in: folder), count: sides[side, default: 0], threads: threads)
  }

  private var context: TrainingContext {
    TrainingContext(
      seed: plan.seed, folder: folder, tokenizer: "\(folder)/tokenizer",
      maximumLength: plan.maximumLength, base: plan.base)
  }

  private func timing(_ result: TrainingResult, _ seconds: Double) -> JSONValue {
    let epochs = result.epochSeconds.enumerated().map { index, seconds -> JSONValue in
      ["epoch": .integer(index + 1), "seconds": .real(seconds)]
    }
    return [
      "seconds": .real(seconds), "precision": .string(options.precision.used.rawValue),
      "epochs": .array(epochs),
    ]
  }

  // MARK: - Scoring

  /// Predicts the evaluation sides with the best model and scores them.
  private func score(_ result: TrainingResult) throws -> JSONValue {
    let predictor = try Predictor(
      model: result.modelFolder, options: options, maximumLength: plan.maximumLength)
    var metrics = JSONObject()
    for side in [Side.test, .validation] where sides[side, default: 0] > 0 {
      let predictions = try predictor.predict(records(side))
      metrics[side.rawValue] = try evaluate(predictions.outcomes)
      if side == .test {
        try predictions.write(records(side), to: "\(folder)/predictions.jsonl")
      }
    }
    metrics["train"] = result.json
    return .object(metrics)
  }

  private func evaluate(_ outcomes: Outcomes) throws -> JSONValue {
    let metrics = try MetricCatalog.standard.metrics(
      named: names(for: outcomes), providing: outcomes.provides, classes: outcomes.classes)
    return Evaluation(of: outcomes, metrics: metrics).json
  }

  /// The metrics asked for, and the tables that the report draws.
  private func names(for outcomes: Outcomes) -> [String] {
    switch outcomes {
    case .classification:
      (plan.metrics.isEmpty ? ["accuracy", "f1"] : plan.metrics) + ["loss", "confusion", "classes"]
    case .language:
      (plan.metrics.isEmpty ? ["perplexity", "bits-per-byte"] : plan.metrics) + ["loss"]
    case .numbers, .retrieval:
      plan.metrics
    }
  }

  // MARK: - Resume

  /// A hash of all that the model and its scores depend on.
  private func fingerprint() throws -> String {
    var object: JSONObject = [
      "format": 1, "options": .object(options.values.encoded), "seed": .string("\(plan.seed)"),
      "data": .string(data), "metrics": .array(plan.metrics.map { .string($0) }),
      "threads": .integer(threads), "instructions": .string(Engine.instructions),
      "precision": .string(options.precision.used.rawValue),
      "blas": Engine.openBLASCore.map { .string($0) } ?? .null,
    ]
    if let model = plan.modelFolder {
      object["model"] = .object(try hashes(of: ModelFiles.all(of: model)))
    }
    // Nothing is added where no file is named, so that older runs stay what they are.
    let files = options.files
    if !files.isEmpty { object["files"] = .object(try hashes(of: files)) }
    return ContentHash.of(JSONValue.object(object).text)
  }

  /// Hashes of files by their names; the same bytes elsewhere are the same.
  private func hashes(of files: [String]) throws -> JSONObject {
    JSONObject(try files.map { (FilePaths.name($0), .string(try ContentHash.ofFile($0))) })
  }

  /// The metrics of a training that was finished with the same fingerprint, if all of it is there.
  private func finished(_ fingerprint: String) -> JSONValue? {
    guard let manifest = manifest, manifest["fingerprint"]?.string == fingerprint,
      manifest["finished"]?.bool == true,
      Folders.exists("\(folder)/model") || Folders.exists("\(folder)/adapter"),
      let hashes = manifest["outputs"]?.object,
      hashes.members.allSatisfy({
        (try? ContentHash.ofFile("\(folder)/\($0.key)")) == $0.value.string
      }),
      let bytes = try? FileReader.contents("\(folder)/metrics.json")
    else { return nil }
    return try? JSONValue.parse(bytes)
  }

  /// Checkpoints of a training with other settings or data are of no use to this one.
  private func begin(_ fingerprint: String) throws {
    guard manifest?["fingerprint"]?.string != fingerprint else { return }
    for name in ["checkpoints", "model", "adapter", "base"] + Self.outputs {
      try Folders.remove("\(folder)/\(name)")
    }
    try write(["fingerprint": .string(fingerprint), "finished": false])
  }

  private func finish(_ fingerprint: String) throws {
    var hashes = JSONObject()
    for name in Self.outputs where Folders.exists("\(folder)/\(name)") {
      hashes[name] = .string(try ContentHash.ofFile("\(folder)/\(name)"))
    }
    try write([
      "fingerprint": .string(fingerprint), "finished": true, "outputs": .object(hashes),
    ])
  }

  private var manifest: JSONValue? {
    (try? FileReader.contents("\(folder)/\(Self.manifestName)")).flatMap {
      try? JSONValue.parse($0)
    }
  }

  private func write(_ object: JSONObject) throws {
    try AtomicFile.write(
      JSONValue.object(object).prettyText.utf8, to: "\(folder)/\(Self.manifestName)")
  }
}

extension Outcomes {
  /// How many classes there are; nil where there are none.
  fileprivate var classes: Int? {
    switch self {
    case .classification(let outcomes): outcomes.labels.count
    case .language, .numbers, .retrieval: nil
    }
  }
}
