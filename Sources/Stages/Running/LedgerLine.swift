import Records

/// One line of `ledger.jsonl`: where a record came from, what happened to it, how it ended.
enum LedgerLine {
  /// Appends the line of a record that has reached its fate.
  static func write(
    _ line: RecordLine, fate: String, _ end: JSONObject, to buffer: inout [UInt8]
  ) {
    let record = line.record
    var object: JSONObject = ["id": .string(record.id), "source": .object(record.source.object)]
    if let parent = record.parent { object["parent"] = .string(parent) }
    if let stage = record.augmentedBy { object["augmented_by"] = .string(stage) }
    append(object, fate, end, to: &buffer) { line.writeEvents(to: &$0) }
  }

  /// Appends the line of a raw record that never became a record.
  static func write(source: Source, fate: String, _ end: JSONObject, to buffer: inout [UInt8]) {
    let id = "\(source.file):\(source.line)"
    append(["id": .string(id), "source": .object(source.object)], fate, end, to: &buffer) {
      $0.append(contentsOf: "[]".utf8)
    }
  }

  /// One object of a beginning, the events, which are JSON already, the fate and an end.
  private static func append(
    _ start: JSONObject, _ fate: String, _ end: JSONObject, to buffer: inout [UInt8],
    _ writeEvents: (inout [UInt8]) -> Void
  ) {
    JSONValue.object(start).write(to: &buffer)
    buffer.removeLast()
    buffer.append(contentsOf: ",\"events\":".utf8)
    writeEvents(&buffer)
    var rest: JSONObject = ["fate": .string(fate)]
    rest.merge(end)
    let opening = buffer.count
    JSONValue.object(rest).write(to: &buffer)
    buffer[opening] = UInt8(ascii: ",")
    buffer.append(UInt8(ascii: "\n"))
  }
}
