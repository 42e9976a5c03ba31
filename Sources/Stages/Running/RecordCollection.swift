public import Records

/// All records before a stage, on disk: walk them as often as needed, in bounded memory.
public struct RecordCollection: Sendable {
  let path: String
  /// How many records there are.
  public let count: Int
  let threads: Int
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
    try forEachBatch { batch in
      results += try OrderedMap.map(batch, threads: threads) { try transform($1) }
    }
    return results
  }

  /// Calls `visit` with the records in order, some thousand at a time.
  public func forEachBatch(_ visit: ([Record]) throws -> Void) throws {
    try LineBatches(path).forEach { lines in
      let records = try OrderedMap.map(lines, threads: threads) { try RecordLine.decode($1).record }
      try visit(onlyTraining ? records.filter { $0.side == nil || $0.side == .train } : records)
    }
  }
}

/// A record with what happened to it so far, as one line of a stage's output.
struct RecordLine: Sendable {
  var record: Record
  /// What earlier stages did, one object a stage.
  var trail: [JSONValue]

  private static let trailKey = "trail"

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

  static func decode(_ line: ArraySlice<UInt8>) throws -> RecordLine {
    guard let object = try JSONValue.parse(line).object else {
      throw SchemaError(field: Record.reservedKey, reason: "is missing")
    }
    let trail = object[Record.reservedKey]?[trailKey]?.array ?? []
    return RecordLine(record: try Record(object: object), trail: trail)
  }
}
