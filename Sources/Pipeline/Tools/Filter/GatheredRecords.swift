import Records
import Stages

/// The lines that a filter has read, kept in a file for a stage that looks at all before it decides.
///
/// The file lies in a folder of its own, which goes with this.
final class GatheredRecords {
  private let folder: String
  private let file: GrowingFile
  private(set) var count = 0

  private var path: String { "\(folder)/records.jsonl" }

  /// A place where a stage may leave files; nobody looks at them.
  var artifacts: String { "\(folder)/artifacts" }

  init() throws {
    folder = "\(FilePaths.temporary)/anneal-filter-\(UInt64.random(in: 0 ... .max))"
    try Folders.make(folder)
    file = try GrowingFile("\(folder)/records.jsonl", isPrivate: true)
  }

  deinit { try? Folders.remove(folder) }

  /// Adds records that were written with a line's end each.
  func append(_ lines: [UInt8], count: Int) throws(FileError) {
    try file.write(lines)
    self.count += count
  }

  /// All that were added.
  func collection(threads: Int) -> RecordCollection {
    RecordCollection(path: path, count: count, threads: threads)
  }

  /// Applies `transform` to slices of the records, with the place of each record, on many threads, and
  /// calls `visit` with the results in order.
  func forEachSlice<Result: Sendable>(
    threads: Int, _ transform: @Sendable (Int, [ArraySlice<UInt8>]) throws -> Result,
    _ visit: ([Result]) throws -> Void
  ) throws {
    var first = 0
    try LineBatches(path).forEach { lines in
      try Interruption.check()
      let start = first
      try visit(
        try OrderedMap.slices(of: lines.count, threads: threads) { range in
          try transform(start + range.lowerBound, Array(lines[range]))
        })
      first += lines.count
    }
  }
}
