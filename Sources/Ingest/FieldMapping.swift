import Records
import Stages

/// Turns an object read from a file into a record: names fields, finds the schema, reads it.
struct FieldMapping: Sendable {
  /// Canonical names and the fields they are read from.
  let fields: [TextMap.Entry]
  /// The schema, or nil to find it from the names of the fields.
  let schema: Schema?

  /// Fields that a record may do without, though they are mapped.
  private static let optional: Set<String> = ["input", "context", "system", "history"]
  private static let metadataPrefix = "metadata."

  /// The record of an object.
  /// - Throws: `missing-field`, `ambiguous-field`, `unknown-schema`, `invalid-field`.
  func record(_ raw: JSONObject, at source: Source) throws(StageError) -> Record {
    // What Anneal wrote about an earlier run says nothing about this one.
    let own = raw[Record.reservedKey] == nil ? raw : raw.without([Record.reservedKey])
    let renamed = fields.isEmpty ? own : try renamed(own, at: source)
    guard let (object, schema) = try form(of: renamed, source) else {
      throw unknownSchema(renamed, source)
    }
    do {
      let body = try schema.read(object)
      return Record(
        id: source.name, source: source, content: body.content, label: body.label, schema: schema,
        metadata: body.metadata)
    } catch { throw fault(error, object, source) }
  }

  /// The schema of an object, and the object with the lists and names of that schema; nil where none fits.
  private func form(
    of object: JSONObject, _ source: Source
  ) throws(StageError) -> (JSONObject, Schema)? {
    let known = schema ?? mappedSchema(object)
    if let found = known == nil ? try detect(object, source) : known {
      if let listed = WrittenLists.read(object, for: found) { return (listed, found) }
      let asked = known == nil && found == .preference ? FamiliarFields.readPreference(object) : nil
      return asked ?? (object, found)
    }
    if let listed = WrittenLists.readAll(object), let found = try detect(listed, source) {
      return (WrittenLists.read(object, for: found) ?? object, found)
    }
    return FamiliarFields.read(object)
  }

  // MARK: - Names

  /// What the mapped fields alone make: `fields: {text: input}` reads texts, whatever else there is.
  private func mappedSchema(_ object: JSONObject) -> Schema? {
    let mapped = fields.compactMap { field in object[field.key].map { (field.key, $0) } }
    return mapped.isEmpty ? nil : Schema.detect(JSONObject(mapped))
  }

  /// The schema that the fields' names say.
  /// - Throws: `ambiguous-schema` where they say two.
  private func detect(_ object: JSONObject, _ source: Source) throws(StageError) -> Schema? {
    let (schema, found) = Schema.choice(for: object)
    guard found.isEmpty else {
      let rivals = found.map(\.rawValue)
      throw StageError(
        "ambiguous-schema", "the record can be read as \(rivals.joined(separator: " or "))",
        source: source, remedy: "say which, as 'schema: \(rivals[0])'")
    }
    return schema
  }

  private func renamed(_ object: JSONObject, at source: Source) throws(StageError) -> JSONObject {
    var result = JSONObject()
    var taken: [String] = []
    for field in fields {
      guard let value = try value(field, object, source) else { continue }
      let isMetadata = field.key.hasPrefix(Self.metadataPrefix)
      let key = isMetadata ? String(field.key.dropFirst(Self.metadataPrefix.count)) : field.key
      result[key] = value
      if object[field.text] != nil { taken.append(field.text) }
    }
    let rest = object.without(taken)
    if let both = rest.keys.first(where: { result[$0] != nil }) {
      throw StageError(
        "ambiguous-field", "the record has a field of this name, and another is mapped to it",
        source: source, field: both,
        remedy: "give it a name of its own, as 'fields: {metadata.original-\(both): \(both)}'")
    }
    result.merge(rest)
    return result
  }

  /// The value of a mapped field: of that name, or of a dotted path such as `answer.text`.
  private func value(
    _ field: TextMap.Entry, _ object: JSONObject, _ source: Source
  ) throws(StageError) -> JSONValue? {
    // A field that is there and null says as little as one that is not there.
    if let value = object[field.text], !value.isNull { return value }
    if field.text.utf8.contains(UInt8(ascii: ".")) {
      var value: JSONValue? = .object(object)
      for part in field.text.utf8.split(separator: UInt8(ascii: ".")) {
        value = value?[String(Substring(part))]
      }
      if let value { return value }
    }
    if Self.optional.contains(field.key) { return nil }
    throw missing(field.text, object, source)
  }

  // MARK: - Faults

  private func missing(_ field: String, _ object: JSONObject, _ source: Source) -> StageError {
    let near = Suggestion.remedy(for: field, among: object.keys)
    return StageError(
      "missing-field", "the record has no such field", source: source, field: field,
      remedy: near ?? "name the field to read under 'fields'")
  }

  private func unknownSchema(_ object: JSONObject, _ source: Source) -> StageError {
    let names = object.keys.prefix(12).joined(separator: ", ")
    return StageError(
      "unknown-schema",
      object.isEmpty ? "the record has no fields" : "no schema fits a record of \(names)",
      source: source,
      remedy: "name the fields to read, as 'fields: {text: \(object.keys.first ?? "body")}' or "
        + "'fields: {instruction: …, output: …}'")
  }

  private func fault(_ error: SchemaError, _ object: JSONObject, _ source: Source) -> StageError {
    let isTop = !error.field.utf8.contains { $0 == UInt8(ascii: "[") || $0 == UInt8(ascii: ".") }
    if isTop, object[error.field] == nil {
      var fault = missing(error.field, object, source)
      if let near = Suggestion.nearest(to: error.field, among: object.keys) {
        fault.remedy = "did you mean 'fields: {\(error.field): \(near)}'?"
      }
      return fault
    }
    return StageError(
      "invalid-field", "the field \(error.reason)", source: source, field: error.field,
      remedy: "read another field under 'fields', or another 'schema'")
  }
}
