import Records
import Stages

/// A cleaner that changes texts one by one and drops nothing.
struct FieldStage: RecordStage {
  let fields: [Selector]
  /// What becomes of a text.
  let change: @Sendable (String) -> String

  func outcome(of record: Record, _ context: StageContext) throws(StageError) -> Outcome {
    var record = record
    for selector in fields { record.mapFields(selector) { _, text in change(text) } }
    return .keep(record)
  }
}
