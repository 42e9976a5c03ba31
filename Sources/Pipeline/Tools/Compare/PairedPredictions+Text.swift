import Evaluate
import Records
import Stages

extension PairedPredictions {
  /// The text metrics that are compared where none is named: those that the first run was scored by.
  var usualTextMetrics: [String] {
    let usable = Self.names(metrics.first).filter { name in
      !Self.readsWithModel(name) || isRecorded(name) && !areOtherOptions(of: name)
    }
    return usable.isEmpty ? ["bleu", "chrf", "rougeL"] : usable
  }

  /// The metrics that a model gave scores of, in either run.
  var usualRecordedMetrics: [String] {
    Self.names(metrics.first + metrics.second).filter { Self.readsWithModel($0) }
  }

  /// The metrics that can be resampled by records.
  private static func names(_ choices: [MetricChoice]) -> [String] {
    let names = (try? TextMetrics(named: choices.ofTexts).names) ?? []
    return names.filter { !TextMetrics.isOfWhole($0) }
  }

  /// Whether a metric is a mean over some of the texts: those that state a fact.
  static func leavesTextsOut(_ name: String) -> Bool {
    TextMetrics.family(of: name)?.members.first?.name == "factscore"
  }

  static func readsWithModel(_ name: String) -> Bool {
    TextMetrics.family(of: name)?.readsWithModel == true
  }

  /// What both runs wrote, beside the references; nil where one of them wrote nothing.
  var corpora: (first: TextCorpus, second: TextCorpus)? {
    guard let first = Self.texts(first), let second = Self.texts(second) else { return nil }
    let references = self.first.map(\.reference)
    return (
      TextCorpus(hypotheses: first, references: references),
      TextCorpus(hypotheses: second, references: references)
    )
  }

  private static func texts(_ records: [PredictedRecord]) -> [String]? {
    var texts: [String] = []
    for record in records {
      guard case .text(_, let generated?) = record.answer else { return nil }
      texts.append(generated)
    }
    return texts
  }

  /// Text metrics by their names.
  ///
  /// - Throws: `Diagnostic` where a run wrote no texts, or a metric is of the texts as a whole, which
  ///   drawing records anew says nothing about; `MetricError` for an unknown name.
  func textMeasurements(_ names: [String]) throws -> [PairedMeasurement] {
    guard let name = names.first else { return [] }
    guard let corpora else {
      throw Diagnostic(
        "metric '\(name)' is of texts, and the runs wrote none",
        remedy: "score what a run writes with a metric of texts in evaluate, such as bleu; its "
          + "predictions.jsonl then holds what was generated")
    }
    let asked = try Self.resampled(names)
    let recorded = asked.filter { Self.readsWithModel($0) }
    let others = try TextMetrics(named: asked.filter { !recorded.contains($0) })
    let settings = try settings(others)
    return try pairs(
      others, scores(others, corpora.first, settings), scores(others, corpora.second, settings))
      + recorded.map(recordedMeasurement)
  }

  /// The metrics that names stand for; a group goes without what is of the texts as a whole.
  private static func resampled(_ names: [String]) throws -> [String] {
    var metrics: [String] = []
    for name in names {
      let all = try TextMetrics(named: [name]).names
      let usable = all.filter { !TextMetrics.isOfWhole($0) }
      if usable.isEmpty { throw ofWhole(name) }
      metrics += usable.filter { !metrics.contains($0) }
    }
    return metrics
  }

  private static func ofWhole(_ name: String) -> Diagnostic {
    Diagnostic(
      "metric '\(name)' is of all texts together and cannot be resampled by records",
      remedy: "name others, such as bleu, chrf or rougeL")
  }

  /// The first run's options of some metrics; those of others may name what is no longer there.
  private func settings(_ metrics: TextMetrics) throws -> TextMetricSettings {
    try self.metrics.first.filter { choice in
      metrics.names.contains { choice.isOfFamily(of: $0) }
    }.settings(MetricResources(base: nil))
  }

  private func pairs(
    _ metrics: TextMetrics, _ first: [TextScore], _ second: [TextScore]
  ) throws(Diagnostic) -> [PairedMeasurement] {
    var pairs: [PairedMeasurement] = []
    for (first, second) in zip(first, second) {
      guard let baseline = first.measurement, let system = second.measurement else {
        throw Self.ofWhole(first.name)
      }
      pairs.append(PairedMeasurement(baseline, system))
    }
    return pairs
  }

  /// The scores of one run.
  private func scores(
    _ metrics: TextMetrics, _ corpus: TextCorpus, _ settings: TextMetricSettings
  ) throws -> [TextScore] {
    let keywords = TextCorpus(
      hypotheses: (0..<corpus.count).map { corpus.hypotheses[$0] },
      references: first.map { $0.keywords ?? [$0.reference] })
    return try metrics.scores(of: corpus, keywords: keywords, settings: settings)
  }

  // MARK: - Scores that a model gave

  private func isRecorded(_ name: String) -> Bool {
    (first + second).allSatisfy { $0.textScores[name] != nil }
  }

  /// Whether the runs' scores of a metric are known to be by different models, or options of them.
  func areOtherOptions(of name: String) -> Bool {
    func options(_ choices: [MetricChoice]) -> JSONObject? {
      choices.first { $0.isOfFamily(of: name) }?.options
    }
    guard let first = options(metrics.first), let second = options(metrics.second) else {
      return false
    }
    return first != second
  }

  /// Why the scores of such a metric are not held against each other.
  static func otherOptions(_ name: String) -> String {
    "the runs' scores of \(name) are by other options, such as another model"
  }

  /// A metric whose scores stand in the predictions, so that no model is needed.
  private func recordedMeasurement(_ name: String) throws -> PairedMeasurement {
    guard isRecorded(name) else {
      throw Diagnostic(
        "the runs hold no scores of metric '\(name)', which a model gives",
        remedy: "name it with its model in evaluate of both pipelines and run them again")
    }
    guard !areOtherOptions(of: name) else {
      throw Diagnostic(
        Self.otherOptions(name), path: "evaluate",
        remedy: "score both by the same: anneal run again with one of the two")
    }
    let direction = try TextMetrics.selector(named: name).direction
    let metric = MeanMetric(name: name, signature: name, direction: direction, scale: 1)
    func measurement(_ records: [PredictedRecord]) -> CorpusMeasurement {
      let scores = records.map { $0.textScores[name] ?? .nan }
      guard Self.leavesTextsOut(name) else { return metric.measurement(of: scores) }
      let rows = scores.flatMap { $0.isNaN ? [0.0, 0.0] : [$0, 1.0] }
      return CorpusMeasurement(metric, RecordStatistics(width: metric.width, values: rows))
    }
    return PairedMeasurement(measurement(first), measurement(second))
  }
}
