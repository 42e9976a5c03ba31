import Records
import Stages

/// Lines of JSON as filters read and write them.
enum InputLine {
  /// Whether a line holds nothing; filters pass over such lines.
  static func isBlank(_ line: ArraySlice<UInt8>) -> Bool {
    line.allSatisfy { $0 == 0x20 || $0 == 0x0D || $0 == 0x09 }
  }

  /// The object of a line.
  static func object(
    _ line: ArraySlice<UInt8>, at source: Source
  ) throws(StageError) -> JSONObject {
    let value: JSONValue
    do { value = try JSONValue.parse(line) } catch {
      throw StageError("invalid-json", error.description, source: source)
    }
    guard let object = value.object else {
      throw StageError(
        "invalid-record", "a line is \(value.kindName), not an object", source: source)
    }
    return object
  }

  /// The record of a line: one that Anneal wrote, or an object of any schema.
  static func record(_ line: ArraySlice<UInt8>, at source: Source) throws(StageError) -> Record {
    do {
      let object = try object(line, at: source)
      if object[Record.reservedKey] != nil { return try Record(object: object) }
      guard let schema = Schema.detect(object) else {
        throw StageError(
          "unknown-schema", "no schema has the fields \(object.keys.joined(separator: ", "))",
          source: source, remedy: "give each line a 'text', 'messages' or 'instruction'")
      }
      let body = try schema.read(object)
      return Record(
        id: "\(source.file):\(source.line)", source: source, content: body.content,
        label: body.label, schema: schema, metadata: body.metadata)
    } catch let error as SchemaError {
      throw StageError("invalid-record", error.reason, source: source, field: error.field)
    } catch let error as StageError {
      throw error
    } catch {
      throw StageError("invalid-record", "\(error)", source: source)
    }
  }

  /// Appends a record's line.
  ///
  /// Without provenance a line holds the user's own fields, unless the next filter would read them
  /// as another schema: a text beside a left-over `instruction`, say.
  static func write(_ record: Record, _ keepsProvenance: Bool, to bytes: inout [UInt8]) {
    if !keepsProvenance, let text = record.plainText {
      // What most lines are needs no object.
      bytes.append(contentsOf: "{\"text\":".utf8)
      JSONValue.write(text, to: &bytes)
      bytes.append(contentsOf: "}\n".utf8)
      return
    }
    let plain = record.schema.write(record.body)
    let form = record.schema.form(for: record.content)
    let isPlain = !keepsProvenance && Schema.detect(plain) == form
    JSONValue.object(isPlain ? plain : record.object).write(to: &bytes)
    bytes.append(UInt8(ascii: "\n"))
  }

  /// A source stage that reads JSON lines of any schema.
  static func source(_ path: String) throws -> StageStep {
    let descriptor = StageDescriptor(
      "lines", "JSON lines of any schema.", role: .source, example: "lines"
    ) { _ in LineSource(path: path) }
    var diagnostics = Diagnostics()
    guard let values = ParameterValues.read([], from: nil, owner: "lines", into: &diagnostics)
    else {
      throw diagnostics
    }
    return StageStep(
      label: "lines", descriptor: descriptor, values: values, onError: .fail,
      stage: LineSource(path: path))
  }
}

/// Reads JSON lines of any schema from a file or standard input.
private struct LineSource: SourceStage {
  let path: String

  func dependencies() throws(StageError) -> [String] { [path] }

  func readUnits(_ visit: (SourceUnit) throws -> Void) throws {
    var line = 0
    try LineBatches(path).forEach { lines in
      for bytes in lines {
        line += 1
        if InputLine.isBlank(bytes) { continue }
        let source = Source(file: path == "-" ? "stdin" : path, line: line)
        try visit(SourceUnit(source: source, payload: .bytes(Array(bytes))))
      }
    }
  }

  func outcome(of unit: SourceUnit, _ context: StageContext) throws(StageError) -> Outcome {
    guard case .bytes(let bytes) = unit.payload else {
      preconditionFailure("\(unit.source) was not read as bytes")
    }
    return .keep(try InputLine.record(bytes[...], at: unit.source))
  }
}

extension Record {
  /// The text of a record that holds nothing else, and whose line is read as such.
  fileprivate var plainText: String? {
    guard schema == .text, label == nil, metadata.isEmpty, case .text(let text) = content else {
      return nil
    }
    return text
  }
}
