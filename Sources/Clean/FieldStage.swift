import Records
import Stages

/// A cleaner that changes texts one by one and drops nothing.
struct FieldStage: RecordStage {
  let fields: [Selector]
  /// Whether a record of this JSON holds nothing that would change; false where in doubt.
  let spares: @Sendable (UnsafeBufferPointer<UInt8>) -> Bool
  /// What becomes of a text.
  let change: TextChange

  init(
    fields: [Selector],
    spares: @escaping @Sendable (UnsafeBufferPointer<UInt8>) -> Bool = { _ in false },
    change: TextChange
  ) {
    self.fields = fields
    self.spares = spares
    self.change = change
  }

  var textChange: TextChange? { fields == [.all] ? change : nil }

  func leaves(_ json: UnsafeBufferPointer<UInt8>) -> Bool { spares(json) }

  func outcome(of record: Record, _ context: StageContext) throws(StageError) -> Outcome {
    var record = record
    for selector in fields { record.mapFields(selector) { _, text in change(text) } }
    return .keep(record)
  }
}
