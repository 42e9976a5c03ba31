import Evaluate
import Records
import Stages

/// Two runs' predictions of the same records, in one order.
struct PairedPredictions: Sendable {
  let first: [PredictedRecord]
  let second: [PredictedRecord]
  /// The classes of both, the first run's first; nil where texts were predicted.
  let labels: [String]?
  let classes: (first: [String]?, second: [String]?)
  /// What the runs were scored by; the first run's options count for both.
  let metrics: (first: [MetricChoice], second: [MetricChoice])
  /// What the user calls the runs.
  let names: (first: String, second: String)
  /// What classifiers predicted; nil of texts.
  let outcomes: (first: ClassificationOutcomes, second: ClassificationOutcomes)?
  /// The losses of both runs, of records or of tokens; nil where a record has none.
  let losses: (first: [LanguageOutcomes], second: [LanguageOutcomes])?

  /// Finds the records of the first file in the second.
  ///
  /// - Throws: `Diagnostic` that names records which one run lacks, or of which the truth differs.
  init(_ first: PredictionFile, _ second: PredictionFile) throws(Diagnostic) {
    let places = Dictionary(
      uniqueKeysWithValues: second.records.enumerated().map { (ByteKey($1.id), $0) })
    try Self.checkSameRecords(first, second, places)
    var others: [PredictedRecord] = []
    for record in first.records {
      let other = second.records[places[ByteKey(record.id)] ?? 0]
      try Self.checkSameTruth(record, other, first.name, second.name)
      others.append(other)
    }
    self.first = first.records
    self.second = others
    classes = (first.classes, second.classes)
    metrics = (first.metrics, second.metrics)
    names = (first.name, second.name)
    labels = Self.labels(first.records + others, classes)
    outcomes = Self.outcomes(first.records, others, labels, classes)
    losses = Self.losses(first.records).flatMap { losses in
      Self.losses(others).map { (first: losses, second: $0) }
    }
  }

  private static func checkSameRecords(
    _ first: PredictionFile, _ second: PredictionFile, _ places: [ByteKey: Int]
  ) throws(Diagnostic) {
    let own = Set(first.records.map { ByteKey($0.id) })
    let lacking = first.records.map(\.id).filter { places[ByteKey($0)] == nil }
    let beyond = second.records.map(\.id).filter { !own.contains(ByteKey($0)) }
    guard !lacking.isEmpty || !beyond.isEmpty else { return }
    throw Diagnostic(
      "the runs were tested on different records: '\(first.name)' has \(first.records.count), "
        + "'\(second.name)' has \(second.records.count)"
        + list("; only the first has ", lacking) + list("; only the second has ", beyond),
      remedy: "compare runs whose split and data are the same: same seed, same stages before it")
  }

  private static func list(_ words: String, _ ids: [String]) -> String {
    guard !ids.isEmpty else { return "" }
    let more = ids.count > 3 ? " and \(ids.count - 3) more" : ""
    return words + ids.prefix(3).joined(separator: ", ") + more
  }

  private static func checkSameTruth(
    _ one: PredictedRecord, _ other: PredictedRecord, _ first: String, _ second: String
  ) throws(Diagnostic) {
    guard one.reference.hasSameBytes(as: other.reference) else {
      throw Diagnostic(
        "record \(one.id) has another reference in '\(first)' (\(clipped(one.reference))) than in "
          + "'\(second)' (\(clipped(other.reference)))", path: "reference",
        remedy: "compare runs on the same test side")
    }
    switch (one.answer, other.answer) {
    case (.label, .label), (.text, .text): return
    default:
      throw Diagnostic(
        "one run predicts classes, the other texts (record \(one.id))",
        remedy: "compare runs of one task")
    }
  }

  private static func clipped(_ text: String) -> String {
    text.unicodeScalars.count <= 40 ? "'\(text)'" : "'\(text.unicodeScalars.prefix(39))…'"
  }

  private static func labels(
    _ records: [PredictedRecord], _ classes: (first: [String]?, second: [String]?)
  ) -> [String]? {
    guard case .label? = records.first?.answer else { return nil }
    var labels = classes.first ?? []
    let named = records.flatMap { record -> [ByteKey] in
      guard case .label(let prediction, _, _) = record.answer else { return [] }
      return [ByteKey(record.reference), ByteKey(prediction)]
    }
    let sorted = Set(named).map(\.text).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    var known = Set(labels.map { ByteKey($0) })
    for label in (classes.second ?? []) + sorted where known.insert(ByteKey(label)).inserted {
      labels.append(label)
    }
    return labels
  }

  // MARK: - What is resampled

  /// Both runs' outcomes, with scores where both have them.
  private static func outcomes(
    _ first: [PredictedRecord], _ second: [PredictedRecord], _ labels: [String]?,
    _ classes: (first: [String]?, second: [String]?)
  ) -> (first: ClassificationOutcomes, second: ClassificationOutcomes)? {
    guard let labels else { return nil }
    let hasScores = classes.first != nil && classes.second != nil
    return (
      outcomes(first, labels, hasScores ? classes.first : nil),
      outcomes(second, labels, hasScores ? classes.second : nil)
    )
  }

  /// Classes that one run does not know have probability 0 in its scores.
  private static func outcomes(
    _ records: [PredictedRecord], _ labels: [String], _ classes: [String]?
  ) -> ClassificationOutcomes {
    let numbers = Dictionary(
      uniqueKeysWithValues: labels.enumerated().map { (ByteKey($1), $0) })
    func number(_ label: String) -> Int { numbers[ByteKey(label), default: 0] }
    let columns = (classes ?? []).map(number)
    var predictions: [Int] = []
    var scores: [Float] = []
    for record in records {
      guard case .label(let prediction, let own, _) = record.answer else { continue }
      predictions.append(number(prediction))
      guard classes != nil, let own else { continue }
      var row = [Float](repeating: 0, count: labels.count)
      for (column, score) in zip(columns, own) { row[column] = score }
      scores += row
    }
    return ClassificationOutcomes(
      labels: labels, references: records.map { number($0.reference) },
      predictions: predictions, scores: classes != nil ? scores : nil)
  }

  private static func losses(_ records: [PredictedRecord]) -> [LanguageOutcomes]? {
    var losses: [LanguageOutcomes] = []
    for record in records {
      switch record.answer {
      case .label(_, _, let loss?): losses.append(LanguageOutcomes(totalLoss: loss, tokens: 1))
      case .text(let outcomes, _): losses.append(outcomes)
      case .label: return nil
      }
    }
    return losses
  }
}
