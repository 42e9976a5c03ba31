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
  private(set) var leftOut: [RunComparison.LeftOut] = []
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
    leftOut = predictions.leftOut(metrics, isUsual: asked.isEmpty)
    for name in own.map(\.name) where with[name] == nil {
      guard asked.isEmpty || asked.contains(name) else { continue }
      guard let value = other.first(where: { $0.name == name })?.value else { continue }
      with[name] = own.first { $0.name == name }?.value
      without[name] = value
      others.append(name)
    }
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
    let json = try JSONValue.parse(FileReader.contents("\(run)/metrics.json"))
    return (json["test"]?.object?.members ?? []).compactMap { member in
      member.value.double.map { (name: member.key, value: $0) }
    }
  }
}
