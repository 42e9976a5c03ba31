import Records
import Stages

/// How records are put on sides by their time.
struct TimeRule: Sendable {
  /// What names a record's time.
  let field: Selector
  /// Where sides begin, if that is given; it follows from shares elsewhere.
  let given: TimeBoundaries?

  /// The time of a record; nil where there is none that can be read.
  func time(of record: Record) -> Moment? { record.value(of: field).flatMap { Moment($0) } }
}

extension TimeRule {
  /// The fault of a record whose time cannot be read.
  func fault(of record: Record) -> StageError {
    let value = record.value(of: field).map(Self.shortened)
    return StageError(
      "no-time", value.map { "'\($0)' is no time" } ?? "there is no time to split by",
      source: record.source, field: field.description,
      remedy: value == nil
        ? "drop such records before the split, or put them aside with 'on-error: quarantine'"
        : "\(Moment.remedy); 'on-error: quarantine' puts such records aside")
  }

  /// The fault where no record at all has a time, of which the field is the likelier cause.
  func fault(ofAll records: RecordCollection) throws -> StageError {
    var first: Record?
    try records.forEachBatch { first = first ?? $0.first }
    let value = first.flatMap { $0.value(of: field) }.map(Self.shortened)
    let fields = first?.metadata.keys.map { "metadata.\($0)" } ?? []
    return StageError(
      "no-time",
      "none of the \(records.count) records has a time"
        + (value.map { ", the first has '\($0)'" } ?? ""),
      source: first?.source, field: field.description,
      remedy: value == nil
        ? Suggestion.remedy(for: field.description, among: fields) ?? "name the field of the times"
        : Moment.remedy)
  }

  /// A text that was named by mistake may be long.
  private static func shortened(_ text: String) -> String {
    text.count > 60 ? "\(text.prefix(60))…" : text
  }
}
