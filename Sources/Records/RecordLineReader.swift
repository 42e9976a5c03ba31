#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Reads records from the lines that `Record.write` writes: known members in a known order, no blanks.
///
/// What a run reads back it wrote itself, so most lines need no general parser, which makes a tree of
/// values first and is asked for each key after that. Every method gives nil for what is spelled in
/// another way; the caller then parses strictly, and names faults.
struct RecordLineReader {
  let bytes: UnsafeBufferPointer<UInt8>
  var place: Int

  init(_ bytes: UnsafeBufferPointer<UInt8>, from place: Int = 0) {
    self.bytes = bytes
    self.place = place
  }

  /// What Anneal adds to a record.
  private struct Provenance {
    var id: String
    var schema: Schema
    var form: Schema
    var source: Source
    var parent: String?
    var augmentedBy: String?
    var side: Side?

    func record(_ content: Content, _ label: Label?, _ metadata: JSONObject) -> Record {
      Record(
        id: id, source: source, parent: parent, augmentedBy: augmentedBy, content: content,
        label: label, side: side, schema: schema, metadata: metadata)
    }
  }

  // MARK: - Records

  /// The record of a line whose form has a key for each of its texts.
  static func record(_ bytes: UnsafeBufferPointer<UInt8>) -> Record? {
    guard let start = ownMember(of: UnsafeRawBufferPointer(bytes)) else { return nil }
    var end = RecordLineReader(bytes, from: start)
    guard let own = end.provenance(), end.take("}}"), end.place == bytes.count else { return nil }
    // The comma before Anneal's member ends the one before it.
    var reader = RecordLineReader(bytes)
    return reader.record(upTo: start - ownKey.utf8CodeUnitCount + 1, own)
  }

  /// The record of a line with an empty text for its content: enough to say where it came from and
  /// which side it is on, at a part of the cost.
  static func provenance(_ bytes: UnsafeBufferPointer<UInt8>) -> Record? {
    guard let start = ownMember(of: UnsafeRawBufferPointer(bytes)) else { return nil }
    var reader = RecordLineReader(bytes, from: start)
    guard let own = reader.provenance(), reader.take("}") || reader.take(",\"metadata\":") else {
      return nil
    }
    return own.record(.text(""), nil, [:])
  }

  private mutating func record(upTo end: Int, _ own: Provenance) -> Record? {
    guard let keys = own.form.textKeys, take("{") else { return nil }
    var (first, input, output): (String?, String?, String?)
    var label: Label?
    var metadata: [JSONObject.Member] = []
    while place < end {
      guard let key = string(), take(":") else { return nil }
      if key.hasSameBytes(as: keys.first) {
        guard let text = string() else { return nil }
        first = text
      } else if keys.input.hasSameBytes(as: key) {
        guard let text = string() else { return nil }
        input = text
      } else if keys.output.hasSameBytes(as: key) {
        guard let text = string() else { return nil }
        output = text
      } else {
        guard !key.hasSameBytes(as: Schema.systemKey), !key.hasSameBytes(as: Schema.historyKey),
          let value = value()
        else { return nil }
        if key.hasSameBytes(as: own.form.labelKey), let found = Label(scalar: value) {
          label = found
        } else {
          metadata.append(.init(key: key, value: value))
        }
      }
      guard take(",") else { return nil }
    }
    guard let first, place == end else { return nil }
    return own.record(
      own.form.content(first, input, output), label, JSONObject(unique: metadata))
  }

  private mutating func provenance() -> Provenance? {
    var (id, schema, form, source): (String?, Schema?, Schema?, Source?)
    var (parent, augmentedBy, side): (String?, String?, Side?)
    func isSet<Value>(_ part: inout Value?, _ value: Value?) -> Bool {
      part = value
      return value != nil
    }
    let isKnown = readOwn { member, reader in
      switch member {
      case .id: isSet(&id, reader.string())
      case .schema: isSet(&schema, reader.schema())
      case .form: isSet(&form, reader.schema())
      case .source: isSet(&source, reader.source())
      case .parent: isSet(&parent, reader.string())
      case .augmentedBy: isSet(&augmentedBy, reader.string())
      case .side: isSet(&side, reader.side())
      }
    }
    guard isKnown, let id, let schema, let source else { return nil }
    return Provenance(
      id: id, schema: schema, form: form ?? schema, source: source, parent: parent,
      augmentedBy: augmentedBy, side: side)
  }

  private mutating func source() -> Source? {
    guard take("{\"file\":"), let file = string(), take(",\"line\":"), let line = integer() else {
      return nil
    }
    var part = 1
    if take(",\"part\":") {
      guard let number = integer() else { return nil }
      part = number
    }
    return take("}") ? Source(file: file, line: line, part: part) : nil
  }

  static let ownKey: StaticString = ",\"anneal\":"

  /// Where the member that Anneal adds begins in a record's JSON; nil where that cannot be told without
  /// parsing all of it.
  ///
  /// No string holds these bytes, since the quotes in it are escaped; of objects within the record
  /// another one might.
  static func ownMember(of json: UnsafeRawBufferPointer) -> Int? {
    let mark: StaticString = ",\"anneal\":{\"id\":"
    let bracket = ownKey.utf8CodeUnitCount
    guard let base = json.baseAddress else { return nil }
    var found: Int?
    var place = bracket
    // Brackets are rare in texts, so that most of a line is passed over at the speed of memory.
    while place < json.count,
      let open = memchr(base + place, Int32(UInt8(ascii: "{")), json.count - place)
    {
      let start = UnsafeRawPointer(open) - base - bracket
      place = start + bracket + 1
      guard start + mark.utf8CodeUnitCount <= json.count,
        memcmp(base + start, mark.utf8Start, mark.utf8CodeUnitCount) == 0
      else { continue }
      if found != nil { return nil }
      found = start + bracket
    }
    return found
  }

  // MARK: - Parts

  mutating func take(_ text: StaticString) -> Bool {
    let count = text.utf8CodeUnitCount
    guard place + count <= bytes.count, let base = bytes.baseAddress,
      memcmp(base + place, text.utf8Start, count) == 0
    else { return false }
    place += count
    return true
  }

  mutating func schema() -> Schema? {
    guard let text = string() else { return nil }
    return Schema(rawValue: text)
  }

  mutating func side() -> Side? { string().flatMap { Side(rawValue: $0) } }

  mutating func integer() -> Int? {
    var value = 0
    let start = place
    // Eighteen digits never overflow; a line's number has fewer.
    while place < bytes.count, place < start + 18, 0x30...0x39 ~= bytes[place] {
      value = value * 10 + Int(bytes[place] - 0x30)
      place += 1
    }
    return place > start ? value : nil
  }

  /// A string in quotes, valid UTF-8.
  mutating func string() -> String? {
    guard place < bytes.count, bytes[place] == UInt8(ascii: "\"") else { return nil }
    let start = place + 1
    let end = JSONRun.end(of: bytes, from: start)
    guard end < bytes.count else { return nil }
    if bytes[end] == UInt8(ascii: "\"") {
      place = end + 1
      return String(utf8: UnsafeBufferPointer(rebasing: bytes[start..<end]))
    }
    return value()?.string
  }

  /// Any value, by the strict parser.
  mutating func value() -> JSONValue? {
    var parser = JSONParser(bytes: bytes, from: place)
    guard let value = try? parser.next() else { return nil }
    place = parser.position
    return value
  }
}

extension Label {
  /// A label of a string, a number or a boolean; nil for any other value, which is none.
  init?(scalar value: JSONValue) {
    switch value {
    case .string, .number, .bool: self.init(value)
    case .null, .array, .object: return nil
    }
  }
}
