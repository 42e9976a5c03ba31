import Records

/// A record with what happened to it so far, as one line of a stage's output.
struct RecordLine: Sendable {
  var record: Record
  /// What earlier stages did, one object a stage.
  var trail: [JSONValue]
  /// The line that the record was read from, without its end; nil for a new record.
  var bytes: ArraySlice<UInt8>?

  private static let trailKey = "trail"

  init(record: Record, trail: [JSONValue]) {
    self.record = record
    self.trail = trail
  }

  /// Reads the line at a place of a file that a stage wrote.
  /// - Throws: `StageError` where the file was damaged.
  init(_ bytes: ArraySlice<UInt8>, in path: String, at index: Int) throws(StageError) {
    do {
      let value = try JSONValue.parse(bytes)
      record = try Record(object: value.object ?? [:])
      trail = value[Record.reservedKey]?[Self.trailKey]?.array ?? []
      self.bytes = bytes
    } catch {
      throw StageError(
        "damaged-cache", "\(error)", source: Source(file: path, line: index + 1),
        remedy: "delete the folder '\(FilePaths.folder(path))' and run again")
    }
  }

  /// Appends the line to a buffer.
  func write(to buffer: inout [UInt8]) {
    var object = record.object
    if !trail.isEmpty, case .object(var own)? = object[Record.reservedKey] {
      own[Self.trailKey] = .array(trail)
      object[Record.reservedKey] = .object(own)
    }
    JSONValue.object(object).write(to: &buffer)
    buffer.append(UInt8(ascii: "\n"))
  }

  /// Appends the line as it was read, which is what `write` would make of it.
  func copy(to buffer: inout [UInt8]) {
    guard let bytes else { return write(to: &buffer) }
    buffer.append(contentsOf: bytes)
    buffer.append(UInt8(ascii: "\n"))
  }

  /// Appends the record alone, as the files that people read have it.
  func writeWithoutTrail(to buffer: inout [UInt8]) {
    if trail.isEmpty { return copy(to: &buffer) }
    JSONValue.object(record.object).write(to: &buffer)
    buffer.append(UInt8(ascii: "\n"))
  }
}
