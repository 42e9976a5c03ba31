import Evaluate
import Ingest
import Records
import Stages

/// One file of references or hypotheses: a text a line, or an object a line with fields.
struct ScoreFile {
  /// The path as it was given.
  let path: String
  /// The lines, without their ends; of a file of objects those that are not blank.
  private let lines: [ArraySlice<UInt8>]
  /// The number of each line of a file of objects; empty for one of texts.
  private let numbers: [Int]
  /// The objects; nil for a file of texts.
  private let objects: [JSONObject]?
  /// All fields that any object has.
  private let fields: Set<String>

  /// How many records there are.
  var count: Int { lines.count }
  /// Whether it is a file of objects.
  var hasFields: Bool { objects != nil }

  /// Reads a file, packed or not; `.jsonl`, `.ndjson` and `.json` hold an object a line, all else texts.
  /// - Throws: `StageError` naming the line at fault, `FileError` for a file that cannot be read.
  init(_ path: String) throws {
    self.path = path
    var bytes = try PackedFile.contents(path)
    if bytes.starts(with: Self.byteOrderMark) { bytes.removeFirst(Self.byteOrderMark.count) }
    let endsWhole = bytes.last == 0x0A || bytes.isEmpty
    var lines: [ArraySlice<UInt8>] = []
    var start = 0
    for end in bytes.indices where bytes[end] == 0x0A {
      lines.append(Self.line(bytes[start..<end]))
      start = end + 1
    }
    if !endsWhole { lines.append(Self.line(bytes[start...])) }
    guard Self.endings.contains(where: PackedFile.name(of: path).hasSuffix) else {
      for (index, line) in lines.enumerated() { try Self.checkText(line, path, index + 1) }
      (self.lines, numbers, objects, fields) = (lines, [], nil, [])
      return
    }
    let numbered = lines.enumerated().filter { !InputLine.isBlank($0.element) }
    try numbered.first.map { try Self.checkNoList($0.element, path, $0.offset + 1) }
    let objects = try numbered.map { index, line in
      let source = Source(file: path, line: index + 1)
      do {
        return try InputLine.object(line, at: source)
      } catch {
        guard !endsWhole, index + 1 == lines.count else { throw error }
        throw StageError(
          "interrupted-file", "the file ends in the middle of this line", source: source,
          remedy: "the program that wrote it was interrupted: let it write the file again")
      }
    }
    self.objects = objects
    fields = Set(objects.lazy.flatMap(\.keys))
    (self.lines, numbers) = (numbered.map(\.element), numbered.map { $0.offset + 1 })
  }

  /// What programs of Windows put before UTF-8.
  private static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

  /// A line without the `\r` of Windows.
  private static func line(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    bytes.last == 0x0D ? bytes.dropLast() : bytes
  }

  /// How the names of files of objects end.
  private static let endings = [".jsonl", ".ndjson", ".json"]

  private static func checkNoList(_ line: ArraySlice<UInt8>, _ path: String, _ number: Int) throws {
    guard line.first(where: { $0 != 0x20 && $0 != 0x09 }) == UInt8(ascii: "[") else { return }
    throw StageError(
      "invalid-record", "the file is one JSON list", source: Source(file: path, line: number),
      remedy: "write an object a line: jq -c '.[]' '\(path)' > lines.jsonl")
  }

  private static func checkText(_ line: ArraySlice<UInt8>, _ path: String, _ number: Int) throws {
    guard line.contains(where: { $0 >= 0x80 }), String(validating: line, as: UTF8.self) == nil
    else { return }
    throw StageError(
      "invalid-text", "the line is not UTF-8", source: Source(file: path, line: number),
      remedy: "convert the file: iconv -t UTF-8")
  }

  /// Where a record stands.
  func source(_ record: Int) -> Source {
    Source(file: path, line: numbers.isEmpty ? record + 1 : numbers[record])
  }

  /// The value of a record: its line, or its field.
  /// - Throws: `StageError` where the field is missing.
  func value(_ record: Int, field: String?) throws(StageError) -> JSONValue {
    guard let objects, let field else {
      return .string(String(decoding: lines[record], as: UTF8.self))
    }
    guard let value = objects[record][field] else {
      throw StageError(
        "missing-field", "is missing", source: source(record), field: field,
        remedy: Suggestion.remedy(for: field, among: objects[record].keys)
          ?? "the line has \(objects[record].keys.joined(separator: ", "))")
    }
    return value
  }

  /// The first of some fields that the first record has; nil for a file of texts or of no records.
  /// - Throws: `StageError` where it has none of them.
  func field(_ asked: String?, among usual: [String], option: String) throws(StageError) -> String?
  {
    guard let first = objects?.first else { return nil }
    if let asked { return asked }
    if let field = usual.first(where: { first[$0] != nil }) { return field }
    throw StageError(
      "missing-field", "has none of \(usual.joined(separator: ", "))", source: source(0),
      remedy: "name one of \(first.keys.joined(separator: ", ")) with \(option)")
  }

  /// The object of a record; nil in a file of texts.
  func object(_ record: Int) -> JSONObject? { objects?[record] }

  /// Whether any record has a field.
  func has(_ field: String) -> Bool { fields.contains(field) }

  /// All lines as one column, without a copy of each; for files of texts.
  var column: TextColumn {
    var bytes: [UInt8] = []
    var bounds = [0]
    bounds.reserveCapacity(lines.count + 1)
    for line in lines {
      bytes += line
      bounds.append(bytes.count)
    }
    return TextColumn(bytes: bytes, bounds: bounds)
  }
}
