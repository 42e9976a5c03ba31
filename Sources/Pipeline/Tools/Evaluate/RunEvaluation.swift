import Evaluate
public import Records
import Stages
import Tensors
import Train

/// Scores the model of a finished run again, or any model: by other metrics, on another side or other
/// data.
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

  private let model: EvaluatedModel
  private let request: Request
  /// What is set in the run's file.
  private let overrides: [Override]
  private let plan: PipelinePlan
  private let training: ParameterValues

  /// Reads what a run was made with, or what a model's configuration says of a model that is of no run.
  ///
  /// - Throws: `Diagnostics` where it is neither, the run did not train, a model comes without data, or a
  ///   metric does not fit the task; `ModelError` for a model of a task that is not evaluated.
  public init(run: String, _ request: Request) throws {
    self.request = request
    model = try EvaluatedModel(run, data: request.data)
    var overrides = try request.settings.map { try Override($0) }
    if let start = model.start { overrides.append(start) }
    if !request.metrics.isEmpty {
      let list = "[\(request.metrics.joined(separator: ", "))]"
      overrides.append(try Override("evaluate=\(list)"))
    }
    self.overrides = overrides
    plan = try Planner.plan(model.file, overrides: overrides)
    guard let training = plan.training else {
      throw Diagnostics([
        Diagnostic("the pipeline of '\(run)' does not train", remedy: "name a run that trained")
      ])
    }
    self.training = training
  }

  /// Predicts and scores.
  ///
  /// - Throws: `StageError` for records that cannot be read or asked, `ModelError` for a run without a
  ///   model.
  public func execute() throws -> Result {
    Engine.threads = request.threads
    let place = try model.place()
    let scoring = try plan.scoring()
    let folder = "\(FilePaths.temporary)/anneal-evaluate-\(UInt64.random(in: 0 ... .max))"
    defer { try? Folders.remove(folder) }
    let (records, leftOut) = try records(in: folder)
    guard records.count > 0 else {
      throw Diagnostics([
        Diagnostic(
          "there are no records to score" + (leftOut.map { ": \($0)" } ?? ""),
          remedy: "name another --side, or --data")
      ])
    }
    let predictor = try Predictor(
      model: place.folder, options: TrainingOptions(training), maximumLength: plan.maximumLength)
    let predictions = try predictor.predict(
      records, scoring: scoring,
      writes: plan.writing != nil && request.predictions != nil ? true : nil, seed: plan.seed)
    if let path = request.predictions { try predictions.write(records, to: path) }
    let warning = [leftOut, predictions.written?.warning].compactMap(\.self)
    return Result(
      json: try plan.metrics.evaluation(of: predictions).json, count: records.count,
      warning: warning.isEmpty ? nil : warning.joined(separator: "\n"))
  }

  /// The records of a side, or those of a file; and which of these are left out, where some are.
  private func records(in folder: String) throws -> (RecordCollection, leftOut: String?) {
    if request.data == nil, let run = model.run {
      let path = RunPublisher.data(request.side, in: run)
      var lines = 0
      try LineBatches(path).forEach { lines += $0.count }
      let count = min(lines, request.limit ?? lines)
      guard count < lines else {
        return (RecordCollection(path: path, count: count, threads: request.threads), nil)
      }
      return (try first(count, of: path, in: folder), nil)
    }
    let results = try StageRunner(folder: folder, seed: plan.seed, threads: request.threads)
      .run([try ingest()])
    guard let last = results.last else { preconditionFailure("a stage ran without a result") }
    let records = RecordCollection(
      path: last.records, count: last.counts.kept, threads: request.threads)
    return (records, Self.leftOut(last.counts))
  }

  /// What people should know of records that are not scored.
  private static func leftOut(_ counts: StageCounts) -> String? {
    guard counts.quarantinedTotal > 0 else { return nil }
    let list = counts.quarantined.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
    return "\(counts.quarantinedTotal) of \(counts.incoming.counted("record")) "
      + "\(counts.quarantinedTotal == 1 ? "is" : "are") left out: "
      + list.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
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

  /// The `ingest` of the run, or of the model's file, of another file.
  ///
  /// Fields and forms are those that the model learned from, unless the request sets others. How many
  /// records the run read of its data says nothing of these. A record at fault stops it unless the request
  /// says otherwise, as the scores would be of others than those that were named.
  private func ingest() throws -> StageStep {
    var overrides = [
      try Override("ingest.limit=null"), Override(key: "ingest.every", text: "1"),
      Override(key: "ingest.on-error", text: "fail"),
    ]
    overrides += self.overrides
    if let data = request.data {
      let path = data == "-" ? data : FilePaths.join(FilePaths.current, data)
      overrides.append(Override(key: "ingest.path", text: path))
    }
    if let limit = request.limit {
      overrides.append(Override(key: "ingest.limit", text: "\(limit)"))
    }
    let plan = try Planner.plan(model.file, overrides: overrides)
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
