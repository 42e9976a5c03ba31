/// How records are written to files of a run: the user's own fields, and ours under one key.
extension Record {
  /// The member of a line that holds what Anneal adds to a record.
  public static let reservedKey = "anneal"
  /// The form a record is written in where its schema cannot hold what it has become.
  private static let formKey = "form"
  /// Metadata that would be taken for content if it stood among the record's fields.
  private static let asideKey = "metadata"

  /// The record as one JSON object: its schema's fields plus `anneal: {id, schema, source, …}`.
  ///
  /// `init(object:)` makes the same record of it, whatever stages have made of its content.
  public var object: JSONObject {
    let form = schema.form(for: content)
    let own = form.write(content, label)
    var object = own
    var aside = JSONObject()
    for member in metadata.members {
      if member.key == Self.reservedKey || form.reads(member) || own.holds(member.key) {
        aside.append(new: member)
      } else {
        object.append(new: member)
      }
    }
    object.append(new: .init(key: Self.reservedKey, value: .object(provenance(form, aside))))
    return object
  }

  /// Appends `object` as JSON, without making all of it first.
  package func write(to buffer: inout [UInt8]) {
    let own = schema.ownTexts(of: content)
    let form = own == nil ? schema.form(for: content) : schema
    buffer.append(UInt8(ascii: "{"))
    let texts = own ?? form.texts(of: content)
    let object = texts == nil ? form.write(content, label) : JSONObject()
    for text in texts ?? [] {
      JSONValue.write(text.key, to: &buffer)
      buffer.append(UInt8(ascii: ":"))
      JSONValue.write(text.text, to: &buffer)
      buffer.append(UInt8(ascii: ","))
    }
    let named = label.flatMap { label in
      texts.map { _ in JSONObject.Member(key: form.labelKey, value: label.value) }
    }
    if let named { Self.write(named, to: &buffer) }
    for member in object.members { Self.write(member, to: &buffer) }
    var aside = JSONObject()
    for member in metadata.members {
      let isWritten =
        object.holds(member.key) || (named?.key).hasSameBytes(as: member.key)
        || texts?.contains { $0.key.hasSameBytes(as: member.key) } == true
      if isWritten || member.key == Self.reservedKey || form.reads(member) {
        aside.append(new: member)
      } else {
        Self.write(member, to: &buffer)
      }
    }
    writeProvenance(form, aside, to: &buffer)
    buffer.append(UInt8(ascii: "}"))
  }

  /// Appends a member and the comma behind it.
  private static func write(_ member: JSONObject.Member, to buffer: inout [UInt8]) {
    JSONValue.write(member.key, to: &buffer)
    buffer.append(UInt8(ascii: ":"))
    member.value.write(to: &buffer)
    buffer.append(UInt8(ascii: ","))
  }

  /// Appends what `provenance` makes.
  func writeProvenance(_ form: Schema, _ aside: JSONObject, to buffer: inout [UInt8]) {
    func add(_ key: StaticString, _ text: String?) {
      guard let text else { return }
      key.withUTF8Buffer { buffer.append(contentsOf: $0) }
      JSONValue.write(text, to: &buffer)
    }
    add("\"anneal\":{\"id\":", id)
    add(",\"schema\":", schema.rawValue)
    add(",\"form\":", form == schema ? nil : form.rawValue)
    buffer.append(contentsOf: ",\"source\":".utf8)
    source.write(to: &buffer)
    add(",\"parent\":", parent)
    add(",\"augmented_by\":", augmentedBy)
    add(",\"side\":", side?.rawValue)
    if !aside.isEmpty {
      buffer.append(contentsOf: ",\"metadata\":".utf8)
      JSONValue.object(aside).write(to: &buffer)
    }
    buffer.append(UInt8(ascii: "}"))
  }

  /// Appends what `provenance` makes for a record that was read at a place and met no stage yet.
  static func writeProvenance(
    ofNew source: Source, _ schema: Schema, to buffer: inout [UInt8]
  ) {
    buffer.append(contentsOf: "\"anneal\":{\"id\":".utf8)
    source.writeName(to: &buffer)
    buffer.append(contentsOf: ",\"schema\":".utf8)
    JSONValue.write(schema.rawValue, to: &buffer)
    buffer.append(contentsOf: ",\"source\":".utf8)
    source.write(to: &buffer)
    buffer.append(UInt8(ascii: "}"))
  }

  /// The part of the record that its schema reads and writes.
  public var body: RecordBody {
    RecordBody(content: content, label: label, metadata: metadata)
  }

  private func provenance(_ form: Schema, _ aside: JSONObject) -> JSONObject {
    var members: [JSONObject.Member] = [
      .init(key: "id", value: .string(id)),
      .init(key: "schema", value: .string(schema.rawValue)),
    ]
    func add(_ key: String, _ text: String?) {
      if let text { members.append(.init(key: key, value: .string(text))) }
    }
    add(Self.formKey, form == schema ? nil : form.rawValue)
    members.append(.init(key: "source", value: .object(source.object)))
    add("parent", parent)
    add("augmented_by", augmentedBy)
    add("side", side?.rawValue)
    if !aside.isEmpty { members.append(.init(key: Self.asideKey, value: .object(aside))) }
    return JSONObject(unique: members)
  }

  /// Reads a line that `write` wrote.
  /// - Throws: `JSONError` and `SchemaError`, which name what is at fault.
  package init(json: ArraySlice<UInt8>) throws {
    if let record = json.withUnsafeBufferPointer({ RecordLineReader.record($0) }) {
      self = record
    } else {
      try self.init(object: try JSONValue.parse(json).object ?? [:])
    }
  }

  /// The record of a line that `write` wrote, with an empty text for its content; nil where the whole
  /// line must be parsed to find out where it came from.
  package init?(provenanceOf json: ArraySlice<UInt8>) {
    guard let record = json.withUnsafeBufferPointer({ RecordLineReader.provenance($0) }) else {
      return nil
    }
    self = record
  }

  /// Reads what `object` wrote.
  /// - Throws: `SchemaError` naming the field at fault.
  public init(object: JSONObject) throws(SchemaError) {
    let place = Self.reservedKey
    guard let own = object[place]?.object, let schema = own["schema"]?.string,
      let schema = Schema(rawValue: schema), let source = Source(own["source"])
    else { throw SchemaError(field: place, reason: "is not what Anneal writes") }
    let form = own[Self.formKey]?.string.flatMap(Schema.init) ?? schema
    var body = try form.read(object, ignoring: place)
    if let aside = own[Self.asideKey]?.object { body.metadata.merge(aside) }
    self.init(
      id: try own.text("id", path: "\(place).id"), source: source,
      parent: own["parent"]?.string, augmentedBy: own["augmented_by"]?.string,
      content: body.content, label: body.label, side: own["side"]?.string.flatMap(Side.init),
      schema: schema, metadata: body.metadata)
  }
}

extension Source {
  /// The place as it is written to files: `{file, line}`, and `part` behind the first of a line.
  package var object: JSONObject {
    var object = JSONObject(unique: [
      .init(key: "file", value: .string(file)), .init(key: "line", value: .integer(line)),
    ])
    if part > 1 { object["part"] = .integer(part) }
    return object
  }

  /// Appends `object` as JSON.
  package func write(to buffer: inout [UInt8]) {
    buffer.append(contentsOf: "{\"file\":".utf8)
    JSONValue.write(file, to: &buffer)
    buffer.append(contentsOf: ",\"line\":".utf8)
    JSONValue.write(line, to: &buffer)
    if part > 1 {
      buffer.append(contentsOf: ",\"part\":".utf8)
      JSONValue.write(part, to: &buffer)
    }
    buffer.append(UInt8(ascii: "}"))
  }

  /// Appends `name` as a JSON string.
  fileprivate func writeName(to buffer: inout [UInt8]) {
    JSONValue.write(file, to: &buffer)
    // The quote behind the file.
    buffer.removeLast()
    buffer.append(UInt8(ascii: ":"))
    JSONValue.write(line, to: &buffer)
    if part != 1 {
      buffer.append(UInt8(ascii: "#"))
      JSONValue.write(part, to: &buffer)
    }
    buffer.append(UInt8(ascii: "\""))
  }

  /// Reads what `object` wrote, whatever else stands beside it; nil where it is none.
  package init?(_ value: JSONValue?) {
    guard let file = value?["file"]?.string, let line = value?["line"]?.int else { return nil }
    self.init(file: file, line: line, part: value?["part"]?.int ?? 1)
  }
}
