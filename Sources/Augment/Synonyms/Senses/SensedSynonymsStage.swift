import Records
import Stages

/// Derives records in which some words are replaced by synonyms of the sense that an encoder finds them to have.
///
/// The sentences of a batch of records are read together; what becomes of one record depends on no other.
struct SensedSynonymsStage: CopyingCollectionStage {
  let judge: SenseJudge
  let amount: SwapAmount
  let copies: Int
  let fields: [Selector]
  let keepsAnswers: Bool
  let spans: ProtectedSpans

  func dependencies() throws(StageError) -> [String] {
    try judge.synonyms.files + judge.model.files()
  }

  func identity() throws(StageError) -> JSONValue? { judge.model.identity }

  /// The texts of a record with words that have synonyms.
  private struct Reading: Sendable {
    let index: Int
    let copies: Int
    let texts: [SensedText]
  }

  func plan(
    _ records: RecordCollection, _ context: StageContext, wanted: @Sendable (Int) -> Int
  ) throws -> PlannedLines {
    var plan = try PlannedLines(records: records.count, context)
    var meanings = SenseMeanings()
    try records.forEachStoredBatch { stored in
      try reading(of: stored, copies: wanted(stored.index), context)
    } _: { batch in
      let readings = batch.compactMap(\.self)
      var verdicts = try judge.verdicts(on: readings.flatMap(\.texts), &meanings)[...]
      for reading in readings {
        let own = Array(verdicts.prefix(reading.texts.count))
        verdicts = verdicts.dropFirst(own.count)
        try plan.note(SensedRecord(copies: reading.copies, own).line, at: reading.index)
      }
    }
    return plan
  }

  private func reading(
    of stored: StoredRecord, copies: Int, _ context: StageContext
  ) throws(StageError) -> Reading? {
    guard copies > 0 else { return nil }
    let record = try stored.record()
    guard let offspring = Offspring(of: record, fields, context) else { return nil }
    let swapper = try swapper(record, offspring)
    guard swapper.swappable >= amount.minimum else { return nil }
    return Reading(
      index: stored.index, copies: copies, texts: swapper.texts.map { SensedText($0) })
  }

  private func swapper(
    _ record: Record, _ offspring: Offspring
  ) throws(StageError) -> SynonymSwapper {
    try judge.synonyms.swapper(
      record, offspring.texts, protecting: spans, keepsAnswers: keepsAnswers)
  }

  func outcome(
    of record: Record, at index: Int, _ plan: PlannedLines, _ context: StageContext
  ) throws(StageError) -> Outcome {
    guard plan.holds(index), var offspring = Offspring(of: record, fields, context) else {
      return .keep(record)
    }
    let line = try plan.line(at: index)
    guard let found = SensedRecord(line: line) else {
      preconditionFailure("line \(index) of the plan is \(String(decoding: line, as: UTF8.self))")
    }
    let all = try swapper(record, offspring)
    let sure = found.narrowed(all)
    guard sure.swappable >= amount.minimum else {
      return .keep(record, note: found.note(of: all))
    }
    var random = context.random(for: record.id)
    offspring.add(found.copies, of: sure, amount, &random)
    return offspring.outcome()
  }
}
