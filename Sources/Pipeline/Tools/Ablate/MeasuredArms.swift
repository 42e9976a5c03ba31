import Evaluate
import Records
import Stages

/// The scores of both arms of one seed, once both are done.
package struct MeasuredArms {
  /// The scores by name, of `metrics.json` and of the predictions.
  package private(set) var with: [String: Double] = [:]
  package private(set) var without: [String: Double] = [:]
  /// The metrics that can be drawn anew, in the order computed, and their differences so drawn.
  private(set) var metrics: [ResampledMetric] = []
  private(set) var differences: BootstrapScores?
  /// Metrics that the predictions do not allow, and why.
  package private(set) var leftOut: [RunComparison.LeftOut] = []
  /// Metrics of `metrics.json` alone, in its order.
  package private(set) var others: [String] = []

  /// Reads and scores what the finished runs in two folders have predicted.
  ///
  /// - Throws: as `anneal compare` does.
  package init(
    with folder: String, without base: String, seed: UInt64, _ options: AblationOptions
  ) throws {
    let predictions = try PairedPredictions(PredictionFile(base), PredictionFile(folder))
    let (own, other) = (try Self.scores(of: folder), try Self.scores(of: base))
    let asked = options.metrics.flatMap { TextMetrics.expand($0) ?? [$0] }
    // What is of all texts together has its score in metrics.json, and cannot be drawn anew.
    let drawn = asked.filter { !TextMetrics.isOfWhole($0) }
    if asked.isEmpty || !drawn.isEmpty { try draw(predictions, drawn, seed, options) }
    for name in own.map(\.name) where with[name] == nil {
      guard asked.isEmpty || asked.contains(name) else { continue }
      guard let value = other.first(where: { $0.name == name })?.value else { continue }
      with[name] = own.first { $0.name == name }?.value
      without[name] = value
      others.append(name)
    }
    leftOut = predictions.leftOut(metrics, isUsual: asked.isEmpty)
    leftOut += try unscored(asked, [folder, base])
  }

  /// Metrics that a run was asked for, or this is, and that have no score: with what the run says of it.
  private func unscored(_ asked: [String], _ runs: [String]) throws -> [RunComparison.LeftOut] {
    let told = Set(leftOut.flatMap(\.metrics))
    let reasons = try runs.map { run in
      (name: FilePaths.name(run), reasons: try Self.test(of: run)["unavailable"]?.object ?? [:])
    }
    let known = reasons.flatMap { $0.reasons.members.map(\.key) }
    var names = asked.flatMap(Self.catalogued)
    if asked.isEmpty { for name in known where !names.contains(name) { names.append(name) } }
    return names.filter { (with[$0] ?? .nan).isNaN && !told.contains($0) }.map { name in
      let said = reasons.compactMap { run, reasons in
        reasons[name]?.string.map { "'\(run)' has no score of it, as \($0)" }
      }
      return RunComparison.LeftOut(
        metrics: [name], reason: said.first ?? "the runs have no score of it")
    }
  }

  /// What a name stands for in `metrics.json`.
  private static func catalogued(_ name: String) -> [String] {
    let needs = Set(MetricNeed.allCases)
    let found = try? MetricCatalog.standard.metrics(named: [name], providing: needs, classes: nil)
    return TextMetrics.expand(name) ?? found?.map(\.name) ?? [name]
  }

  /// Scores both arms by metrics of single records, as they are and on records drawn anew.
  private mutating func draw(
    _ predictions: PairedPredictions, _ names: [String], _ seed: UInt64,
    _ options: AblationOptions
  ) throws {
    let measured = try predictions.measurements(names)
    guard !measured.isEmpty else { return }
    let resampling = Resampling(times: options.resamples, seed: seed, threads: options.threads)
    let systems = resampling.bootstrap([
      JoinedRows(measured.map(\.first)), JoinedRows(measured.map(\.second)),
    ])
    metrics = systems[0].metrics
    for (index, metric) in metrics.enumerated() {
      without[metric.name] = systems[0].estimates[index]
      with[metric.name] = systems[1].estimates[index]
    }
    differences = systems[1].less(systems[0])
  }

  /// The numbers that `metrics.json` gives of the test side.
  private static func scores(of run: String) throws -> [(name: String, value: Double)] {
    try test(of: run).members.compactMap { member in
      member.value.double.map { (name: member.key, value: $0) }
    }
  }

  /// What `metrics.json` says of the test side.
  private static func test(of run: String) throws -> JSONObject {
    try JSONValue.parse(FileReader.contents("\(run)/metrics.json"))["test"]?.object ?? [:]
  }
}
