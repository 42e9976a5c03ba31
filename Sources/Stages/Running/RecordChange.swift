import Records

/// What a stage changed in a record, found by comparing it before and after.
enum RecordChange {
  /// The changes as one event of the record's trail; nil where nothing changed.
  static func event(stage: String, before: Record, after: Record, note: JSONValue?) -> JSONValue? {
    guard before != after || note != nil else { return nil }
    var event: JSONObject = ["stage": .string(stage)]
    let changes = textChanges(before, after)
    if !changes.isEmpty { event["changes"] = .array(changes) }
    if before.side != after.side {
      event["side"] = after.side.map { .string($0.rawValue) } ?? .null
    }
    let keys = metadataChanges(before.metadata, after.metadata)
    if !keys.isEmpty { event["metadata"] = .array(keys) }
    if before.label != after.label { event["label"] = after.label?.value ?? .null }
    if let note { event["note"] = note }
    return .object(event)
  }

  private static func textChanges(_ before: Record, _ after: Record) -> [JSONValue] {
    guard before.content != after.content else { return [] }
    let old = before.fields()
    let new = after.fields()
    guard old.map(\.path) == new.map(\.path) else { return [["field": "content"]] }
    return zip(old, new).compactMap {
      $0.text.hasSameBytes(as: $1.text)
        ? nil : TextDifference($0.text, $1.text).object(field: $0.path)
    }
  }

  /// The keys that were added, changed or removed.
  private static func metadataChanges(_ before: JSONObject, _ after: JSONObject) -> [JSONValue] {
    guard before != after else { return [] }
    let changed = after.members.filter { before[$0.key] != $0.value }.map(\.key)
    let removed = before.members.filter { after[$0.key] == nil }.map(\.key)
    return (changed + removed).map { .string($0) }
  }
}
