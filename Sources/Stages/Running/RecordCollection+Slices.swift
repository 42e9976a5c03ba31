import Records

/// Consecutive records of a collection, as they lie in its files.
package struct StoredSlice: Sendable {
  let lines: [ArraySlice<UInt8>]
  let path: String
  /// The place of the first among all.
  let first: Int

  /// Calls `body` with each record and its JSON, which outlives the call only as a copy.
  package func forEach(
    _ body: (StoredRecord, UnsafeBufferPointer<UInt8>) throws -> Void
  ) rethrows {
    for (index, line) in lines.enumerated() {
      let json = line[..<RecordLine.endOfRecord(line)]
      let stored = StoredRecord(line, in: path, at: first + index)
      try json.withUnsafeBufferPointer { try body(stored, $0) }
    }
  }
}

extension RecordCollection {
  /// Applies `transform` to slices of all records on all threads, and calls `visit` with the results in
  /// order: what is made of records can be put together where it is made.
  package func forEachSlice<Result: Sendable>(
    _ transform: @Sendable (StoredSlice) throws -> Result, _ visit: (Result) throws -> Void
  ) throws {
    precondition(!onlyTraining, "slices hold the records of all sides")
    try StageLines(path).map(threads: threads) { lines, first in
      try transform(StoredSlice(lines: lines, path: path, first: first))
    } _: {
      try visit($0)
    }
  }
}
