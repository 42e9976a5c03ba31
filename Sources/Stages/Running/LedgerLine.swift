import Records

/// One line of `ledger.jsonl`: where a record came from, what happened to it, how it ended.
///
/// Its two main methods are functions of their own, so that profiles show what the ledger costs.
enum LedgerLine {
  /// Appends the line of a record that has reached its fate.
  @inline(never)
  static func write(
    _ line: RecordLine, fate: String, _ end: JSONObject, to buffer: inout [UInt8]
  ) {
    let record = line.record
    begin(record.id, record.source, to: &buffer)
    add(",\"parent\":", record.parent, to: &buffer)
    add(",\"augmented_by\":", record.augmentedBy, to: &buffer)
    add(",\"events\":", to: &buffer)
    RecordLine.writeEvents(line.trail, to: &buffer)
    finish(fate, end, to: &buffer)
  }

  /// Appends the line of a record that was kept, from its JSON and the parts of that.
  @inline(never)
  static func write(
    kept json: UnsafeBufferPointer<UInt8>, _ places: ProvenancePlaces,
    trail: ArraySlice<UInt8>, to buffer: inout [UInt8]
  ) {
    func copy(_ key: StaticString, _ range: Range<Int>?) {
      guard let range else { return }
      add(key, to: &buffer)
      buffer.append(contentsOf: UnsafeBufferPointer(rebasing: json[range]))
    }
    copy("{\"id\":", places.id)
    copy(",\"source\":", places.source)
    copy(",\"parent\":", places.parent)
    copy(",\"augmented_by\":", places.augmentedBy)
    add(",\"events\":", to: &buffer)
    RecordLine.writeEvents(trail, to: &buffer)
    switch places.side ?? .train {
    case .train: add(",\"fate\":\"kept\",\"side\":\"train\"}\n", to: &buffer)
    case .validation: add(",\"fate\":\"kept\",\"side\":\"validation\"}\n", to: &buffer)
    case .test: add(",\"fate\":\"kept\",\"side\":\"test\"}\n", to: &buffer)
    }
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
