import Evaluate
import Stages

extension PairedPredictions {
  /// The text metrics that are compared where none is named.
  static let usualTextMetrics = ["bleu", "chrf", "rougeL"]

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
        remedy: "compare runs of objective sequence-to-sequence, whose predictions.jsonl holds "
          + "what was generated")
    }
    let metrics = try TextMetrics(named: names)
    return try zip(metrics.scores(of: corpora.first), metrics.scores(of: corpora.second)).map {
      first, second in
      guard let baseline = first.measurement, let system = second.measurement else {
        throw Diagnostic(
          "metric '\(first.name)' is of all texts together and cannot be resampled by records",
          remedy: "name others, such as bleu, chrf or rougeL")
      }
      return PairedMeasurement(baseline, system)
    }
  }
}
