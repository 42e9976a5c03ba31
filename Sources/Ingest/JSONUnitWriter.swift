import Records
import Stages

/// Writes the records of files of JSON objects without making them.
struct JSONUnitWriter: UnitWriter {
  private let parsers: ParserTable
  private var writer: RawRecordWriter
  /// The file of the last record, and whether its records are JSON in UTF-8: most files have many records,
  /// and the table of files is shared by all threads.
  private var file: String?
  private var isJSON = false

  init(schema: Schema?, parsers: ParserTable) {
    writer = RawRecordWriter(as: schema)
    self.parsers = parsers
  }

  mutating func write(_ unit: SourceUnit, to buffer: inout [UInt8]) -> Bool {
    guard case .bytes(let bytes) = unit.payload, isJSON(unit.source.file) else { return false }
    return bytes.withUnsafeBufferPointer { writer.write($0, at: unit.source, to: &buffer) }
  }

  private mutating func isJSON(_ name: String) -> Bool {
    if !file.hasSameBytes(as: name) {
      file = name
      let entry = parsers.entry(of: name)
      if case .json = entry.parser { isJSON = entry.encoding == nil } else { isJSON = false }
    }
    return isJSON
  }
}
