import Records

/// A line of a stage's output on its way to the next, parsed when a stage has to see its record.
struct PendingLine: Sendable {
  /// The record's JSON and its trail.
  let bytes: ArraySlice<UInt8>
  /// How many of the bytes are the record's JSON.
  let json: Int
  /// The record, where an earlier stage has seen or made it.
  let record: Record?
  /// Where the line stands in the file that the walk reads, for faults.
  let index: Int

  /// A line with a record that is known, or is to be parsed.
  init(_ bytes: ArraySlice<UInt8>, json: Int, record: Record?, at index: Int) {
    self.bytes = bytes
    self.json = json
    self.record = record
    self.index = index
  }

  /// The line at a place of a file that a stage wrote.
  init(_ bytes: ArraySlice<UInt8>, at index: Int) {
    self.init(
      bytes, json: RecordLine.endOfRecord(bytes) - bytes.startIndex, record: nil, at: index)
  }

  /// Whether a stage is sure to let the record go on as it is.
  func isLeft(by stage: any RecordStage) -> Bool {
    bytes.prefix(json).withUnsafeBufferPointer { stage.leaves($0) }
  }

  /// The line with its record.
  /// - Throws: `StageError` where the file was damaged.
  func parsed(in path: String) throws(StageError) -> RecordLine {
    if let record { return RecordLine(record, line: bytes, json: json) }
    return try RecordLine(bytes, json: json, at: LineLayer.place(of: index, in: path))
  }
}
