import Evaluate
import Stages

extension PairedPredictions {
  /// The text metrics that are compared where none is named: those that the first run was scored by.
  var usualTextMetrics: [String] {
    let scored = (try? TextMetrics(named: metrics.ofTexts).names) ?? []
    // Those of the texts as a whole cannot be resampled by records.
    let usable = scored.filter { name in
      !name.hasPrefix("distinct") && name != "self_bleu"
        && (TextMetrics.family(of: name)?.readsWithModel != true || isRecorded(name))
    }
    return usable.isEmpty ? ["bleu", "chrf", "rougeL"] : usable
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
    let asked = try TextMetrics(named: names).names
    let recorded = asked.filter { TextMetrics.family(of: $0)?.readsWithModel == true }
    let others = try TextMetrics(named: asked.filter { !recorded.contains($0) })
    return try pairs(others, scores(others, corpora.first), scores(others, corpora.second))
      + recorded.map(recordedMeasurement)
  }

  private func pairs(
    _ metrics: TextMetrics, _ first: [TextScore], _ second: [TextScore]
  ) throws(Diagnostic) -> [PairedMeasurement] {
    var pairs: [PairedMeasurement] = []
    for (first, second) in zip(first, second) {
      guard let baseline = first.measurement, let system = second.measurement else {
        throw Diagnostic(
          "metric '\(first.name)' is of all texts together and cannot be resampled by records",
          remedy: "name others, such as bleu, chrf or rougeL")
      }
      pairs.append(PairedMeasurement(baseline, system))
    }
    return pairs
  }

  /// The scores of one run, by the options of the first.
  private func scores(_ metrics: TextMetrics, _ corpus: TextCorpus) throws -> [TextScore] {
    let choices = self.metrics.filter { $0.family?.readsWithModel == false }
    let keywords = TextCorpus(
      hypotheses: (0..<corpus.count).map { corpus.hypotheses[$0] },
      references: first.map { $0.keywords ?? [$0.reference] })
    return try metrics.scores(
      of: corpus, keywords: keywords, settings: choices.settings(MetricResources(base: nil)))
  }

  // MARK: - Scores that a model gave

  private func isRecorded(_ name: String) -> Bool {
    (first + second).allSatisfy { $0.textScores[name] != nil }
  }

  /// A metric whose scores stand in the predictions, so that no model is needed.
  private func recordedMeasurement(_ name: String) throws -> PairedMeasurement {
    guard isRecorded(name) else {
      throw Diagnostic(
        "the runs hold no scores of metric '\(name)', which a model gives",
        remedy: "name it with its model in evaluate of both pipelines and run them again")
    }
    let direction = try TextMetrics.selector(named: name).direction
    let metric = MeanMetric(name: name, signature: name, direction: direction, scale: 1)
    func values(_ records: [PredictedRecord]) -> [Double] {
      records.map { $0.textScores[name] ?? .nan }
    }
    return PairedMeasurement(
      metric.measurement(of: values(first)), metric.measurement(of: values(second)))
  }
}
