import Records

/// One line of `ledger.jsonl`: where a record came from, what happened to it, how it ended.
enum LedgerLine {
  /// Appends the line of a record that has reached its fate.
  static func write(
    _ line: RecordLine, fate: String, _ end: JSONObject, to buffer: inout [UInt8]
  ) {
    let record = line.record
    var object: JSONObject = ["id": .string(record.id)]
    object["source"] = .object(record.source.object)
    if let parent = record.parent { object["parent"] = .string(parent) }
    if let stage = record.augmentedBy { object["augmented_by"] = .string(stage) }
    object["events"] = .array(line.trail)
    object["fate"] = .string(fate)
    object.merge(end)
    append(object, to: &buffer)
  }

  /// Appends the line of a raw record that never became a record.
  static func write(source: Source, fate: String, _ end: JSONObject, to buffer: inout [UInt8]) {
    var object: JSONObject = ["id": .string("\(source.file):\(source.line)")]
    object["source"] = .object(source.object)
    object["events"] = []
    object["fate"] = .string(fate)
    object.merge(end)
    append(object, to: &buffer)
  }

  private static func append(_ object: JSONObject, to buffer: inout [UInt8]) {
    JSONValue.object(object).write(to: &buffer)
    buffer.append(UInt8(ascii: "\n"))
  }
}
