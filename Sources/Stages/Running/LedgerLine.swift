import Records

/// One line of `ledger.jsonl`: where a record came from, what happened to it, how it ended.
enum LedgerLine {
  /// Appends the line of a record that has reached its fate.
  static func write(
    _ line: RecordLine, fate: String, _ end: JSONObject, to buffer: inout [UInt8]
  ) {
    let record = line.record
    begin(record.id, record.source, to: &buffer)
    add(",\"parent\":", record.parent, to: &buffer)
    add(",\"augmented_by\":", record.augmentedBy, to: &buffer)
    add(",\"events\":", to: &buffer)
    line.writeEvents(to: &buffer)
    finish(fate, end, to: &buffer)
  }

  /// Appends the line of a raw record that never became a record.
  static func write(source: Source, fate: String, _ end: JSONObject, to buffer: inout [UInt8]) {
    begin(source.name, source, to: &buffer)
    add(",\"events\":[]", to: &buffer)
    finish(fate, end, to: &buffer)
  }

  private static func begin(_ id: String, _ source: Source, to buffer: inout [UInt8]) {
    add("{\"id\":", id, to: &buffer)
    add(",\"source\":", to: &buffer)
    source.write(to: &buffer)
  }

  private static func finish(_ fate: String, _ end: JSONObject, to buffer: inout [UInt8]) {
    add(",\"fate\":", fate, to: &buffer)
    for member in end.members {
      add(",", member.key, to: &buffer)
      add(":", to: &buffer)
      member.value.write(to: &buffer)
    }
    add("}\n", to: &buffer)
  }

  /// Appends JSON as it stands, and a string behind it; nothing where there is no string.
  private static func add(_ json: StaticString, _ text: String?, to buffer: inout [UInt8]) {
    guard let text else { return }
    add(json, to: &buffer)
    JSONValue.write(text, to: &buffer)
  }

  private static func add(_ json: StaticString, to buffer: inout [UInt8]) {
    json.withUTF8Buffer { buffer.append(contentsOf: $0) }
  }
}
