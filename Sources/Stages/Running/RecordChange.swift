import Records

/// What a stage changed in a record, found by comparing it before and after.
enum RecordChange {
  /// Texts in the ledger are cut to this many characters: it explains, the data files hold the rest.
  private static let longest = 160

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
      $0.text.hasSameBytes(as: $1.text) ? nil : difference($0, $1.text)
    }
  }

  /// The keys that were added, changed or removed.
  private static func metadataChanges(_ before: JSONObject, _ after: JSONObject) -> [JSONValue] {
    guard before != after else { return [] }
    let changed = after.members.filter { before[$0.key] != $0.value }.map(\.key)
    let removed = before.members.filter { after[$0.key] == nil }.map(\.key)
    return (changed + removed).map { .string($0) }
  }

  /// The part between the common beginning and end of two texts.
  private static func difference(_ field: Field, _ text: String) -> JSONValue {
    let old = Array(field.text.unicodeScalars)
    let new = Array(text.unicodeScalars)
    let shortest = min(old.count, new.count)
    let prefix = zip(old, new).prefix { $0 == $1 }.count
    var suffix = 0
    while suffix < shortest - prefix, old[old.count - 1 - suffix] == new[new.count - 1 - suffix] {
      suffix += 1
    }
    return [
      "field": .string(field.path), "at": .integer(prefix),
      "from": .string(cut(old[prefix..<old.count - suffix])),
      "to": .string(cut(new[prefix..<new.count - suffix])),
    ]
  }

  private static func cut(_ scalars: ArraySlice<Unicode.Scalar>) -> String {
    var text = String.UnicodeScalarView()
    text.append(contentsOf: scalars.prefix(longest))
    return String(text) + (scalars.count > longest ? "…" : "")
  }
}
