import Records

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// A record with what happened to it so far, as one line of a stage's output.
///
/// The line is the record's JSON, and behind it each stage's event as JSON, a tab before each. JSON
/// holds no tab but as an escape, so no stage need parse the events of those before it.
struct RecordLine: Sendable {
  let record: Record
  /// What earlier stages did: events, a tab before each.
  let trail: ArraySlice<UInt8>
  /// The record's JSON as it was read, which is what writing it again would give; empty for a record
  /// that comes from no line.
  private let json: ArraySlice<UInt8>

  private static let tab = UInt8(ascii: "\t")
  private static let newline = UInt8(ascii: "\n")

  /// A record to which nothing has happened.
  init(new record: Record) {
    self.record = record
    trail = []
    json = []
  }

  /// The line that a stage has just written for a record, `json` bytes of which are the record's own.
  init(_ record: Record, line: ArraySlice<UInt8>, json count: Int) {
    self.record = record
    json = line.prefix(count)
    trail = line.dropFirst(count)
  }

  /// Reads the line at a place of a file that a stage wrote.
  /// - Throws: `StageError` where the file was damaged.
  init(_ bytes: ArraySlice<UInt8>, in path: String, at index: Int) throws(StageError) {
    let end = Self.endOfRecord(bytes)
    try self.init(bytes, json: end - bytes.startIndex, in: path, at: index)
  }

  /// Reads a line whose record's JSON has `count` bytes.
  init(
    _ bytes: ArraySlice<UInt8>, json count: Int, in path: String, at index: Int
  ) throws(StageError) {
    json = bytes.prefix(count)
    trail = bytes.dropFirst(count)
    do {
      record = try Record(json: json)
    } catch {
      throw StageError(
        "damaged-cache", "\(error)", source: Source(file: path, line: index + 1),
        remedy: "delete the folder '\(FilePaths.folder(path))' and run again")
    }
  }

  /// Reads of the line at a place what the ledger and the split need; the record's content is not read.
  init(provenanceOf bytes: ArraySlice<UInt8>, in path: String, at index: Int) throws(StageError) {
    let end = Self.endOfRecord(bytes)
    if let record = Record(provenanceOf: bytes[..<end]) {
      self.init(record, line: bytes, json: end - bytes.startIndex)
    } else {
      try self.init(bytes, in: path, at: index)
    }
  }

  static func endOfRecord(_ bytes: ArraySlice<UInt8>) -> Int {
    bytes.withUnsafeBytes { buffer in
      guard let base = buffer.baseAddress, let found = memchr(base, Int32(tab), buffer.count)
      else { return bytes.endIndex }
      return bytes.startIndex + (UnsafeRawPointer(found) - base)
    }
  }

  /// Appends the record alone, as the files that people read have it, and a line's end.
  func writeRecord(to buffer: inout [UInt8]) {
    appendRecord(to: &buffer)
    buffer.append(Self.newline)
  }

  /// Appends the line unchanged.
  /// - Returns: Where the record's own JSON ends.
  func write(to buffer: inout [UInt8]) -> Int {
    appendRecord(to: &buffer)
    let end = buffer.count
    buffer.append(contentsOf: trail)
    buffer.append(Self.newline)
    return end
  }

  private func appendRecord(to buffer: inout [UInt8]) {
    if json.isEmpty {
      record.write(to: &buffer)
    } else {
      buffer.append(contentsOf: json)
    }
  }

  /// Appends a line of what the record has become, with one more event.
  /// - Returns: Where the record's own JSON ends.
  func write(
    _ changed: Record, to buffer: inout [UInt8], event: (inout [UInt8]) -> Void
  ) -> Int {
    changed.write(to: &buffer)
    let end = buffer.count
    buffer.append(contentsOf: trail)
    buffer.append(Self.tab)
    event(&buffer)
    buffer.append(Self.newline)
    return end
  }

  /// Appends the events as a JSON list.
  func writeEvents(to buffer: inout [UInt8]) {
    buffer.append(UInt8(ascii: "["))
    let start = buffer.count
    buffer.append(contentsOf: trail.dropFirst())
    for place in start..<buffer.count where buffer[place] == Self.tab {
      buffer[place] = UInt8(ascii: ",")
    }
    buffer.append(UInt8(ascii: "]"))
  }
}
