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
  /// The line as it was read, which is what writing it again would give; empty for a record that comes
  /// from no line.
  private let bytes: ArraySlice<UInt8>
  /// How many of the bytes are the record's JSON.
  private let json: Int

  private static let tab = UInt8(ascii: "\t")

  /// A record to which nothing has happened.
  init(new record: Record) { self.init(record, line: [], json: 0) }

  /// The line that a stage has just written for a record, `json` bytes of which are the record's own.
  init(_ record: Record, line: ArraySlice<UInt8>, json: Int) {
    self.record = record
    bytes = line
    self.json = json
  }

  /// Reads a line of a file that a stage wrote.
  /// - Parameter place: Where the line stands, for faults.
  /// - Throws: `StageError` where the file was damaged.
  init(_ bytes: ArraySlice<UInt8>, at place: @autoclosure () -> Source) throws(StageError) {
    let end = Self.endOfRecord(bytes)
    try self.init(bytes, json: end - bytes.startIndex, at: place())
  }

  /// Reads a line whose record's JSON has `json` bytes.
  init(
    _ bytes: ArraySlice<UInt8>, json: Int, at place: @autoclosure () -> Source
  ) throws(StageError) {
    self.bytes = bytes
    self.json = json
    do {
      record = try Record(json: bytes.prefix(json))
    } catch {
      let place = place()
      throw StageError(
        "damaged-cache", "\(error)", source: place,
        remedy: "delete the folder '\(FilePaths.folder(place.file))' and run again")
    }
  }

  /// Reads of a line what the ledger and the split need; the record's content is not read.
  init(
    provenanceOf bytes: ArraySlice<UInt8>, at place: @autoclosure () -> Source
  ) throws(StageError) {
    let end = Self.endOfRecord(bytes)
    if let record = Record(provenanceOf: bytes[..<end]) {
      self.init(record, line: bytes, json: end - bytes.startIndex)
    } else {
      try self.init(bytes, at: place())
    }
  }

  static func endOfRecord(_ bytes: ArraySlice<UInt8>) -> Int {
    bytes.withUnsafeBytes { buffer in
      guard let base = buffer.baseAddress, let found = memchr(base, Int32(tab), buffer.count)
      else { return bytes.endIndex }
      return bytes.startIndex + (UnsafeRawPointer(found) - base)
    }
  }

  /// Whether it comes from no line: the stage at work has made it.
  var isNew: Bool { bytes.isEmpty }

  /// What earlier stages did: events, a tab before each.
  var trail: ArraySlice<UInt8> { bytes.dropFirst(json) }

  /// The line as it was read, for the next stage.
  var pending: PendingLine { PendingLine(bytes, json: json, record: record, at: 0) }

  /// Appends the line of a record, but for its end, with what earlier stages did, and one more event, if
  /// there is one.
  /// - Returns: Where the record's own JSON ends.
  static func write(
    _ record: Record, _ trail: ArraySlice<UInt8>, to buffer: inout [UInt8],
    event: ((inout [UInt8]) -> Void)?
  ) -> Int {
    record.write(to: &buffer)
    let end = buffer.count
    buffer.append(contentsOf: trail)
    if let event {
      buffer.append(tab)
      event(&buffer)
    }
    return end
  }

  /// Appends a line, but for its end, some texts of which a stage made others of, with the event of that.
  /// - Parameter edits: The changed texts, in their order.
  /// - Returns: Where the record's own JSON ends.
  static func write(
    _ line: PendingLine, _ edits: TextEdits, of stage: String, to buffer: inout [UInt8]
  ) -> Int {
    let json = line.bytes.prefix(line.json)
    var place = json.startIndex
    for edit in edits.edits {
      buffer += json[place..<json.startIndex + edit.place.lowerBound]
      edits.withTexts(of: edit) { _, new in JSONValue.write(utf8: new, to: &buffer) }
      place = json.startIndex + edit.place.upperBound
    }
    buffer += json[place...]
    let end = buffer.count
    buffer += line.bytes[json.endIndex...]
    buffer.append(tab)
    RecordChange.write(edits, of: stage, to: &buffer)
    return end
  }

  /// Appends what earlier stages did as a JSON list.
  static func writeEvents(_ trail: ArraySlice<UInt8>, to buffer: inout [UInt8]) {
    buffer.append(UInt8(ascii: "["))
    let start = buffer.count
    buffer.append(contentsOf: trail.dropFirst())
    for place in start..<buffer.count where buffer[place] == tab {
      buffer[place] = UInt8(ascii: ",")
    }
    buffer.append(UInt8(ascii: "]"))
  }
}
