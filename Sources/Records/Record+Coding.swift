/// How records are written to files of a run: the user's own fields, and ours under one key.
extension Record {
  /// The member of a line that holds what Anneal adds to a record.
  public static let reservedKey = "anneal"

  /// The record as one JSON object: its schema's fields plus `anneal: {id, schema, source, …}`.
  public var object: JSONObject {
    var object = schema.write(body)
    object[Self.reservedKey] = .object(provenance)
    return object
  }

  /// The part of the record that its schema reads and writes.
  public var body: RecordBody {
    RecordBody(content: content, label: label, metadata: metadata)
  }

  private var provenance: JSONObject {
    var provenance: JSONObject = [
      "id": .string(id), "schema": .string(schema.rawValue),
      "source": ["file": .string(source.file), "line": .integer(source.line)],
    ]
    if let parent { provenance["parent"] = .string(parent) }
    if let augmentedBy { provenance["augmented_by"] = .string(augmentedBy) }
    if let side { provenance["side"] = .string(side.rawValue) }
    return provenance
  }

  /// Reads what `object` wrote.
  /// - Throws: `SchemaError` naming the field at fault.
  public init(object: JSONObject) throws(SchemaError) {
    let place = Self.reservedKey
    guard let own = object[place]?.object, let schema = own["schema"]?.string,
      let schema = Schema(rawValue: schema), let file = own["source"]?["file"]?.string,
      let line = own["source"]?["line"]?.int
    else { throw SchemaError(field: place, reason: "is not what Anneal writes") }
    let body = try schema.read(object.without([place]))
    self.init(
      id: try own.text("id", path: "\(place).id"), source: Source(file: file, line: line),
      parent: own["parent"]?.string, augmentedBy: own["augmented_by"]?.string,
      content: body.content, label: body.label, side: own["side"]?.string.flatMap(Side.init),
      schema: schema, metadata: body.metadata)
  }
}
