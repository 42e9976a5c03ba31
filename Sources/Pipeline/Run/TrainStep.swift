import Evaluate
import Models
import Records
import Stages
import Tensors
import Tokenize
import Train

/// The step of a run that trains, predicts and scores.
///
/// Training is done once for one fingerprint, and so are the scores: other metrics or another way to
/// write score the model that is there.
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
  let memory: StageMemory

  /// What the step leaves for the rest of the run.
  struct Outcome {
    let metrics: JSONValue
    /// How long the training took, whenever that was, and the memory of it and of scoring.
    let timing: JSONValue?
    let reused: Bool
  }

  func run() throws -> Outcome {
    Engine.threads = threads
    let scoring = try plan.scoring()
    let own = "\(folder)/\(TrainingSession.fisher)"
    if options.penaltyFiles.contains(where: { FilePaths.join(FilePaths.current, $0) == own }) {
      throw TrainingError(
        "the penalty reads '\(own)', which this run writes anew",
        remedy: "run in another folder, or copy the file and name the copy")
    }
    let oldTask = try slice(plan.penaltyData, of: "penalty", in: Self.penaltyCache)
    let manifest = TrainManifest(folder: folder, basis: try basis(scoring, oldTask))
    let slice = try slice(plan.forgetting?.step, of: Forgetting.name, in: Forgetting.cache)
    let parts = [scoring.fingerprint] + [slice?.fingerprint].compactMap(\.self)
    let scores = ContentHash.of(
      JSONValue.array(parts.map { .string($0) } + [.bool(plan.writing != nil)]).text)
    if let metrics = manifest.metrics(scores) {
      observer.say("train: nothing has changed; the model and its scores are reused")
      return Outcome(metrics: metrics, timing: manifest.trained?.timing, reused: true)
    }
    var trained = try trained(manifest, scoring, slice?.records, oldTask: oldTask?.records)
    let metrics = try ModelScores(
      plan: plan, options: options, folder: folder, sides: sides, threads: threads,
      scoring: scoring, fingerprint: manifest.fingerprint, slice: slice?.records, observer: observer
    ).write(model: "\(folder)/\(trained.folder)", training: trained.json)
    trained.note(memory: memory.take())
    try manifest.finish(trained, scores: scores)
    return Outcome(metrics: metrics, timing: trained.timing, reused: false)
  }

  /// The folder of the records that a penalty reads, below the run's.
  static let penaltyCache = "cache/penalty"

  /// Records beside those of the pipeline, in the run's cache: a run that goes on finds them there.
  private func slice(
    _ step: StageStep?, of owner: String, in cache: String
  ) throws -> DataSlice? {
    let cache = "\(folder)/\(cache)"
    guard let step else {
      try Folders.remove(cache)
      return nil
    }
    return try DataSlice(step, of: owner, in: cache, seed: plan.seed, threads: threads)
  }

  /// The model that an earlier run trained, or a new one.
  private func trained(
    _ manifest: TrainManifest, _ scoring: TextScoring, _ slice: RecordCollection?,
    oldTask: RecordCollection?
  ) throws -> TrainManifest.Trained {
    if let trained = manifest.trained {
      observer.say("train: the model is reused, and scored anew")
      return trained
    }
    let validation = sides[.validation, default: 0] > 0 ? records(.validation) : nil
    let test = sides[.test, default: 0] > 0 ? records(.test) : validation
    for side in [test, slice] { try checkQuestions(scoring, side) }
    let found = try searched(manifest, scoring, validation)
    var context = context(scoring)
    context.penaltyRecords = oldTask
    let session = try TrainingSession(
      options: found?.options ?? options, train: records(.train), validation: validation, context)
    // The validation side was read to prepare it.
    for side in [sides[.test, default: 0] > 0 ? test : nil, slice].compactMap(\.self) {
      try session.check(side)
    }
    // Only now is an earlier model removed: what is refused costs nothing.
    if found == nil { try manifest.begin { observer.say("train: \($0)") } }
    if let fault = Engine.instructionsFault { observer.say("note: \(fault)") }
    let result = try session.run { observer.training($0) }
    var trained = TrainManifest.Trained(
      folder: FilePaths.name(result.modelFolder), json: result.json,
      timing: timing(result, found))
    trained.note(memory: memory.take())
    try manifest.keep(trained)
    return trained
  }

  /// A record that asks nothing is told before hours of training, not after them.
  private func checkQuestions(_ scoring: TextScoring, _ side: RecordCollection?) throws {
    guard !scoring.metrics.names.isEmpty || plan.writing != nil else { return }
    try side?.forEachBatch { batch in
      for record in batch { try scoring.check(record, options) }
    }
  }

  private func records(_ side: Side) -> RecordCollection {
    RecordCollection(
      path: RunPublisher.data(side, in: folder), count: sides[side, default: 0], threads: threads)
  }

  private func context(_ scoring: TextScoring) -> TrainingContext {
    var context = TrainingContext(
      seed: plan.seed, folder: folder, tokenizer: "\(folder)/tokenizer",
      maximumLength: plan.maximumLength, base: plan.base)
    context.scoring = scoring
    context.sources = plan.sources
    return context
  }

  private func timing(_ result: TrainingResult, _ found: SearchResult?) -> JSONValue {
    var object: JSONObject = [
      "seconds": .real(result.seconds), "precision": .string(options.precision.used.rawValue),
      "epochs": result.epochs,
    ]
    if let found { object["search"] = found.timing }
    return .object(object)
  }

  /// What a search for the method finds; nil where the file names one.
  private func searched(
    _ manifest: TrainManifest, _ scoring: TextScoring, _ validation: RecordCollection?
  ) throws -> SearchResult? {
    guard options.searchesMethod else { return nil }
    let choice = MethodChoice(plan: plan, folder: folder, memory: memory, observer: observer)
    let search = try MethodSearch(
      options: options, train: records(.train), validation: validation, context(scoring),
      folder: choice.trialFolder, fingerprint: manifest.fingerprint)
    try manifest.begin { observer.say("train: \($0)") }
    return try choice.make(search)
  }

  // MARK: - Resume

  /// All that the model depends on.
  private func basis(_ scoring: TextScoring, _ oldTask: DataSlice?) throws -> JSONObject {
    var object: JSONObject = [
      "format": 3, "options": .object(options.fingerprinted), "seed": .string("\(plan.seed)"),
      "data": .string(data),
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
    if let oldTask { object["old"] = .string(oldTask.fingerprint) }
    if options.mixture != nil {
      object["sources"] = .array(plan.sources.sources.map { .string($0.name) })
    }
    // Where training watches what the model writes, the choice of the model hangs on how it writes.
    if !options.watchedTexts.isEmpty { object["scoring"] = .string(scoring.fingerprint) }
    return object
  }

  /// Hashes of files by their names; the same bytes elsewhere are the same.
  private func hashes(of files: [String]) throws -> JSONObject {
    JSONObject(try files.map { (FilePaths.name($0), .string(try ContentHash.ofFile($0))) })
  }
}
