public import Records

/// All records before a stage, on disk: walk them as often as needed, in bounded memory.
public struct RecordCollection: Sendable {
  let path: String
  /// How many records there are; of `training`, how many there are on all sides.
  public let count: Int
  package let threads: Int
  let onlyTraining: Bool

  /// The records of a file that the runner wrote.
  public init(path: String, count: Int, threads: Int) {
    self.init(path: path, count: count, threads: threads, onlyTraining: false)
  }

  private init(path: String, count: Int, threads: Int, onlyTraining: Bool) {
    self.path = path
    self.count = count
    self.threads = threads
    self.onlyTraining = onlyTraining
  }

  /// The records of the training side, or all where no split has been made.
  public var training: RecordCollection {
    RecordCollection(path: path, count: count, threads: threads, onlyTraining: true)
  }

  /// Applies `transform` to every record on all threads; the results keep the order.
  public func map<Result: Sendable>(
    _ transform: @Sendable (Record) throws -> Result
  ) throws -> [Result] {
    var results: [Result] = []
    results.reserveCapacity(count)
    try forEachBatch(transform) { results += $0 }
    return results
  }

  /// Applies `transform` to every record on all threads, and calls `visit` with the results in order, those of
  /// about 2 MB of records at a time; no record is held longer than its transformation takes.
  package func forEachBatch<Result: Sendable>(
    _ transform: @Sendable (Record) throws -> Result, _ visit: ([Result]) throws -> Void
  ) throws {
    try forEachStoredBatch({ try transform($0.record()) }, visit)
  }

  /// Likewise for what may not need the whole record.
  package func forEachStoredBatch<Result: Sendable>(
    _ transform: @Sendable (StoredRecord) throws -> Result, _ visit: ([Result]) throws -> Void
  ) throws {
    // Whoever visits may start a program or ask a service for each batch, which little slices would not be worth.
    var batch: [Result] = []
    var size = 0
    try StageLines(path).map(threads: threads) { lines, first in
      let results = try lines.enumerated().compactMap { index, line -> Result? in
        let stored = StoredRecord(line, in: path, at: first + index)
        guard try !onlyTraining || stored.isForTraining() else { return nil }
        return try transform(stored)
      }
      return (results, size: lines.reduce(0) { $0 + $1.count })
    } _: { results, bytes in
      batch += results
      size += bytes
      guard size >= Self.batchSize else { return }
      try visit(batch)
      (batch, size) = ([], 0)
    }
    if !batch.isEmpty { try visit(batch) }
  }

  /// How many bytes of records are visited at a time.
  private static let batchSize = 1 << 21

  /// Calls `visit` with the records in order, those of about 2 MB at a time.
  public func forEachBatch(_ visit: ([Record]) throws -> Void) throws {
    try forEachBatch({ $0 }, visit)
  }
}

/// A record as it lies in a file, read as far as it is asked for.
package struct StoredRecord: Sendable {
  /// Its place among all, from 0.
  package let index: Int
  private let line: ArraySlice<UInt8>
  private let path: String

  /// How many bytes its line has.
  package var size: Int { line.count }

  init(_ line: ArraySlice<UInt8>, in path: String, at index: Int) {
    self.line = line
    self.path = path
    self.index = index
  }

  /// The whole record.
  /// - Throws: `StageError` where the file was damaged.
  package func record() throws(StageError) -> Record {
    try RecordLine(line, at: LineLayer.place(of: index, in: path)).record
  }

  /// Its id, which a line of Anneal's tells without its content being read.
  /// - Throws: as `record`.
  package func id() throws(StageError) -> String {
    let json = line[..<RecordLine.endOfRecord(line)]
    if let id = json.withUnsafeBufferPointer({ Self.plainID(in: $0) }) { return id }
    return try RecordLine(provenanceOf: line, at: LineLayer.place(of: index, in: path)).record.id
  }

  /// The id where it stands without escapes in a line of Anneal's.
  private static func plainID(in json: UnsafeBufferPointer<UInt8>) -> String? {
    guard let place = ProvenancePlaces(in: json)?.id else { return nil }
    let id = json[place.lowerBound + 1..<place.upperBound - 1]
    return id.contains(UInt8(ascii: "\\")) ? nil : String(decoding: id, as: UTF8.self)
  }

  /// Where it came from, which a line of Anneal's tells likewise: the record without its content.
  /// - Throws: as `record`.
  package func provenance() throws(StageError) -> Record {
    try RecordLine(provenanceOf: line, at: LineLayer.place(of: index, in: path)).record
  }

  /// Its length and label.
  /// - Throws: as `record`.
  package func measure() throws(StageError) -> RecordMeasure {
    let json = line[..<RecordLine.endOfRecord(line)]
    if let measure = json.withUnsafeBufferPointer({ RecordMeasure(of: $0) }) { return measure }
    return RecordMeasure(try record())
  }

  /// Whether it is on the training side, or no split has been made.
  func isForTraining() throws(StageError) -> Bool {
    let side = try RecordLine(provenanceOf: line, at: LineLayer.place(of: index, in: path)).record
      .side
    return side == nil || side == .train
  }
}
