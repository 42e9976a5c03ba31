import Parquet
import Records
import Stages

/// Divides the rows of each side into files: `data/train-00000-of-00004.parquet`.
struct ShardWriter {
  private let folder: String
  private let options: WriteOptions
  private let survey: Survey
  private var written: [Side: Int] = [:]
  private var open: [Side: any RowFile] = [:]
  private var names: [String] = []

  init(folder: String, options: WriteOptions, survey: Survey) {
    self.folder = folder
    self.options = options
    self.survey = survey
  }

  /// How many files a side has: no file is empty.
  static func shards(_ wanted: Int, of count: Int) -> Int { max(1, min(wanted, count)) }

  /// Appends a row to the file it belongs to.
  mutating func append(_ row: JSONObject, to side: Side) throws {
    let place = written[side, default: 0]
    let count = survey.counts[side, default: 0]
    precondition(place < count, "\(side) has more rows than were counted")
    let shards = Self.shards(options.shards, of: count)
    let file = try open[side] ?? begin(side, Self.shard(of: place, shards, count), of: shards)
    open[side] = file
    try file.append(row)
    written[side] = place + 1
    let isLast =
      place + 1 == count
      || Self.shard(of: place + 1, shards, count) != Self.shard(of: place, shards, count)
    if isLast {
      try file.finish()
      open[side] = nil
    }
  }

  /// The file of a row: the files of a side differ by one row at most.
  private static func shard(of place: Int, _ shards: Int, _ count: Int) -> Int {
    ((place + 1) * shards - 1) / count
  }

  private mutating func begin(_ side: Side, _ shard: Int, of shards: Int) throws -> any RowFile {
    let name =
      "data/\(side.rawValue)-\(Self.digits(shard))-of-\(Self.digits(shards)).\(options.format.rawValue)"
    names.append(name)
    let path = "\(folder)/\(name)"
    switch options.format {
    case .jsonl: return try LineFile(path)
    case .json: return try ListFile(path)
    case .csv: return try CellFile(path, names: survey.fields.map(\.name))
    case .parquet:
      return try TableFile(path, fields: survey.fields, compression: options.compression)
    }
  }

  private static func digits(_ number: Int) -> String {
    let text = "\(number)"
    return String(repeating: "0", count: max(0, 5 - text.utf8.count)) + text
  }

  /// The names of all files, each of which is whole.
  func finish() throws -> [String] {
    precondition(open.isEmpty, "\(open.keys) have fewer rows than were counted")
    return names.sorted()
  }
}

/// A file of rows that is being written.
private protocol RowFile: AnyObject {
  func append(_ row: JSONObject) throws
  func finish() throws
}

private final class LineFile: RowFile {
  private let file: AtomicFile

  init(_ path: String) throws { file = try AtomicFile(path) }

  func append(_ row: JSONObject) throws {
    try file.write(JSONValue.object(row).bytes + [UInt8(ascii: "\n")])
  }

  func finish() throws { try file.commit() }
}

private final class ListFile: RowFile {
  private let file: AtomicFile
  private var isFirst = true

  init(_ path: String) throws { file = try AtomicFile(path) }

  func append(_ row: JSONObject) throws {
    try file.write((isFirst ? "[\n" : ",\n").utf8)
    try file.write(JSONValue.object(row).bytes)
    isFirst = false
  }

  func finish() throws {
    try file.write("\n]\n".utf8)
    try file.commit()
  }
}

/// Cells as RFC 4180 has them; lists and objects are JSON, null is an empty cell.
private final class CellFile: RowFile {
  private let file: AtomicFile
  private let names: [String]

  init(_ path: String, names: [String]) throws {
    file = try AtomicFile(path)
    self.names = names
    try write(names.map { .string($0) })
  }

  func append(_ row: JSONObject) throws { try write(names.map { row[$0] ?? .null }) }

  private func write(_ values: [JSONValue]) throws {
    let cells = values.map { value in
      switch value {
      case .null: ""
      // An empty text is in quotes, nothing is not.
      case .string(let text): Self.quoted(text, always: text.isEmpty)
      default: Self.quoted(value.text, always: false)
      }
    }
    try file.write((cells.joined(separator: ",") + "\n").utf8)
  }

  private static func quoted(_ text: String, always: Bool) -> String {
    let isSpecial = text.utf8.contains { [0x22, 0x2C, 0x0A, 0x0D].contains($0) }
    guard isSpecial || always else { return text }
    // Quotes are bytes: with a mark behind it, one is no character of its own.
    let quote = UInt8(ascii: "\"")
    let doubled = text.utf8.flatMap { $0 == quote ? [quote, quote] : [$0] }
    return "\"" + String(decoding: doubled, as: UTF8.self) + "\""
  }

  func finish() throws { try file.commit() }
}

private final class TableFile: RowFile {
  private let writer: ParquetWriter

  init(_ path: String, fields: [ColumnField], compression: ParquetCompression) throws {
    writer = try ParquetWriter(path, fields: fields, compression: compression)
  }

  func append(_ row: JSONObject) throws { try writer.append(row) }
  func finish() throws { try writer.finish() }
}
