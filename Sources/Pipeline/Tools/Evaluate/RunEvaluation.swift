import Evaluate
public import Records
import Stages
import Tensors
import Train

/// Scores the model of a finished run again: by other metrics, on another side or other data.
///
/// ```swift
/// var request = RunEvaluation.Request()
/// request.metrics = ["bleu", "chrf"]
/// print(try RunEvaluation(run: "runs/talk", request).execute().json)
/// ```
/// The run's own files stay as they are.
public struct RunEvaluation: Sendable {
  /// What is asked for beside the run.
  public struct Request: Sendable {
    /// The metrics, each as an entry of `evaluate:` is written; those of the run where it is empty.
    public var metrics: [String] = []
    /// The side of the run's data that is scored.
    public var side = Side.test
    /// A file of records to score instead, in any form that `ingest` reads.
    public var data: String?
    /// Settings as `--set` has them, such as `generate.beams=4`.
    public var settings: [String] = []
    /// How many records are scored at most.
    public var limit: Int?
    /// How many threads to use.
    public var threads = 1
    /// Where `predictions.jsonl` goes; nowhere if nil.
    public var predictions: String?

    /// The metrics of the run on its test side.
    public init() {}
  }

  /// What was found.
  public struct Result: Sendable {
    /// The scores as `metrics.json` has them for a side.
    public let json: JSONValue
    /// How many records were scored.
    public let count: Int
    /// What people should know of the scores; nil where there is nothing.
    public let warning: String?

    /// The single numbers, by name.
    public var scores: [(name: String, value: Double)] {
      (json.object?.members ?? []).compactMap { member in
        member.value.double.map { (member.key, $0) }
      }
    }
  }

  private let run: String
  private let request: Request
  /// What is set in the run's file.
  private let overrides: [Override]
  private let plan: PipelinePlan
  private let training: ParameterValues

  /// Reads what a run was made with.
  ///
  /// - Throws: `Diagnostics` where it is no run that trained, or a metric does not fit its task.
  public init(run: String, _ request: Request) throws {
    self.run = FilePaths.join(FilePaths.current, run)
    self.request = request
    let path = "\(self.run)/pipeline.lock.yaml"
    guard Folders.exists(path) else {
      throw Diagnostics([
        Diagnostic(
          "'\(run)' is no folder of a run", remedy: "name one that 'anneal run' wrote")
      ])
    }
    var overrides = try request.settings.map { try Override($0) }
    if let model = Self.model(of: self.run) { overrides.append(model) }
    if !request.metrics.isEmpty {
      let list = "[\(request.metrics.joined(separator: ", "))]"
      overrides.append(try Override("evaluate=\(list)"))
    }
    self.overrides = overrides
    plan = try Planner.plan(PipelineFile(path: path), overrides: overrides)
    guard let training = plan.training else {
      throw Diagnostics([
        Diagnostic("the pipeline of '\(run)' does not train", remedy: "name a run that trained")
      ])
    }
    self.training = training
  }

  /// The model that was trained stands for the one that training began with, which may be gone.
  private static func model(of run: String) -> Override? {
    let file = try? PipelineFile(path: "\(run)/pipeline.lock.yaml")
    guard let node = file?.root["train"]?["model"], case .scalar(let name, _) = node.value,
      name != TrainingOptions.scratch, Folders.exists("\(run)/model/config.json")
    else { return nil }
    return Override(key: "train.model", text: "\(run)/model")
  }

  /// Predicts and scores.
  ///
  /// - Throws: `StageError` for records that cannot be read or asked, `ModelError` for a run without a
  ///   model.
  public func execute() throws -> Result {
    Engine.threads = request.threads
    let place = try ModelPlace(run)
    let scoring = try plan.scoring()
    let folder = "\(FilePaths.temporary)/anneal-evaluate-\(UInt64.random(in: 0 ... .max))"
    defer { try? Folders.remove(folder) }
    let records = try records(in: folder)
    guard records.count > 0 else {
      throw Diagnostics([
        Diagnostic("there are no records to score", remedy: "name another --side, or --data")
      ])
    }
    let predictor = try Predictor(
      model: place.folder, options: TrainingOptions(training), maximumLength: plan.maximumLength)
    let predictions = try predictor.predict(
      records, scoring: scoring,
      writes: plan.writing != nil && request.predictions != nil ? true : nil, seed: plan.seed)
    if let path = request.predictions { try predictions.write(records, to: path) }
    return Result(
      json: try plan.metrics.evaluation(of: predictions).json, count: records.count,
      warning: predictions.written?.warning)
  }

  /// The records of a side, or those of a file.
  private func records(in folder: String) throws -> RecordCollection {
    guard let data = request.data else {
      let path = RunPublisher.data(request.side, in: run)
      var lines = 0
      try LineBatches(path).forEach { lines += $0.count }
      let count = min(lines, request.limit ?? lines)
      guard count < lines else {
        return RecordCollection(path: path, count: count, threads: request.threads)
      }
      return try first(count, of: path, in: folder)
    }
    let results = try StageRunner(folder: folder, seed: plan.seed, threads: request.threads)
      .run([try ingest(data)])
    guard let last = results.last else { preconditionFailure("a stage ran without a result") }
    return RecordCollection(
      path: last.records, count: last.counts.kept, threads: request.threads)
  }

  private func first(_ count: Int, of path: String, in folder: String) throws -> RecordCollection {
    try Folders.make(folder)
    let file = try AtomicFile("\(folder)/records.jsonl")
    var left = count
    try LineBatches(path).forEach { lines in
      for line in lines.prefix(left) { try file.write(Array(line) + [UInt8(ascii: "\n")]) }
      left -= min(left, lines.count)
    }
    try file.commit()
    return RecordCollection(
      path: "\(folder)/records.jsonl", count: count, threads: request.threads)
  }

  /// The run's own `ingest`, of another file.
  ///
  /// Fields and forms are those that the model learned from, unless the request sets others. How many
  /// records the run read of its data says nothing of these.
  private func ingest(_ data: String) throws -> StageStep {
    let path = data == "-" ? data : FilePaths.join(FilePaths.current, data)
    var overrides = [try Override("ingest.limit=null"), Override(key: "ingest.every", text: "1")]
    overrides += self.overrides + [Override(key: "ingest.path", text: path)]
    if let limit = request.limit {
      overrides.append(Override(key: "ingest.limit", text: "\(limit)"))
    }
    let file = try PipelineFile(path: "\(run)/pipeline.lock.yaml")
    let plan = try Planner.plan(file, overrides: overrides)
    guard let step = plan.steps.first else { preconditionFailure("a plan without a stage") }
    return step
  }
}

extension [MetricChoice] {
  /// What the metrics, or the usual ones, find in predictions.
  func evaluation(of predictions: Predictions) throws(MetricError) -> Evaluation {
    let outcomes = predictions.outcomes
    let metrics = try MetricCatalog.standard.metrics(
      named: ofOutcomes.evaluated(of: outcomes), providing: outcomes.provides,
      classes: outcomes.classes)
    return Evaluation(of: outcomes, metrics: metrics).adding(predictions.written?.scores ?? [])
  }
}
