import Records

/// Walks the lines of the records that a stage passed on, put together from its own file and those of
/// the stages before it; see `StageChanges`.
struct StageLines {
  private let path: String
  private let chunk: Int

  /// The records of a stage's file, or of any other file of lines, in batches of about `chunk` bytes.
  init(_ path: String, chunk: Int = 1 << 21) {
    self.path = path
    self.chunk = chunk
  }

  /// Walks the batches in order; the next one is read beside the work on the last.
  func forEach(_ visit: ([ArraySlice<UInt8>]) throws -> Void) throws {
    try forEachWithShare { lines, _ in try visit(lines) }
  }

  /// Likewise, with the part of the files that lies behind each batch, from 0 to 1.
  func forEachWithShare(_ visit: ([ArraySlice<UInt8>], Double) throws -> Void) throws {
    let layer = try LineLayer(path)
    let size = max(1, layer.size)
    let batches = Ahead {
      try layer.batch(of: chunk).map { ($0, Double(layer.consumed) / Double(size)) }
    }
    while let (lines, share) = try batches.take() { try visit(lines, share) }
  }
}

/// What a stage did to a record: its line before and after.
enum LineChange {
  case same(ArraySlice<UInt8>)
  case ended(ArraySlice<UInt8>)
  case became(ArraySlice<UInt8>, from: ArraySlice<UInt8>)
  case made(ArraySlice<UInt8>)

  /// The record as it goes on.
  var after: ArraySlice<UInt8>? {
    switch self {
    case .same(let line), .became(let line, _), .made(let line): line
    case .ended: nil
    }
  }

  /// The line that tells where the record came from.
  var origin: ArraySlice<UInt8> {
    switch self {
    case .same(let line), .ended(let line), .became(_, let line), .made(let line): line
    }
  }
}

/// A stage's file of records, read beside those of the stages before it.
final class LineLayer {
  private let path: String
  private var cursor: LineCursor
  /// The stage before it; nil for a file in which every line is a record.
  private let before: LineLayer?
  /// What becomes of the next records of the stage before.
  private var run = StageChanges.Run(mark: StageChanges.Mark.same, count: 0)
  /// How many lines have been read, and whether the last record's is one of them.
  private var number = 0
  private var isOwn = true

  convenience init(_ path: String) throws { try self.init(path, above: []) }

  private init(_ path: String, above: [String]) throws {
    self.path = path
    cursor = try LineCursor(path)
    guard FilePaths.name(path) == StageFiles.records, let first = try cursor.peek(),
      first.first == StageChanges.Mark.folder
    else {
      before = nil
      return
    }
    cursor.skip(first)
    number = 1
    let name = String(decoding: first.dropFirst(), as: UTF8.self)
    let folder = FilePaths.folder(FilePaths.folder(path))
    guard !above.contains(path) else { throw Self.damaged(path) }
    before = try LineLayer("\(folder)/\(name)/\(StageFiles.records)", above: above + [path])
  }

  /// The bytes of its file and of those of the stages before it.
  var size: Int { (Folders.size(path) ?? 0) + (before?.size ?? 0) }

  /// How many of them lie behind.
  var consumed: Int { cursor.consumed + (before?.consumed ?? 0) }

  /// The next record's line, without its end.
  func next() throws -> ArraySlice<UInt8>? {
    guard before != nil else { return try nextLine() }
    while let change = try nextChange() {
      if let line = change.after { return line }
      try Interruption.check()
    }
    return nil
  }

  /// The next records' lines, of about so many bytes; nil behind the last.
  func batch(of size: Int) throws -> [ArraySlice<UInt8>]? {
    let lines = before == nil ? try ownBatch(of: size) : try joinedBatch(of: size)
    return lines.isEmpty ? nil : lines
  }

  /// The next lines of a file in which every line is a record, as they stand one behind the other.
  private func ownBatch(of size: Int) throws -> [ArraySlice<UInt8>] {
    var lines: [ArraySlice<UInt8>] = []
    var left = size
    while left > 0, let line = try nextLine() {
      lines.append(line)
      left -= line.count + 1
    }
    return lines
  }

  /// The next records' lines from several files, copied: a line holds the chunk of its file that it was read
  /// with, and few lines may be of many chunks.
  private func joinedBatch(of size: Int) throws -> [ArraySlice<UInt8>] {
    var batch = Batch(size)
    try fill(&batch, upTo: size, most: .max)
    return batch.lines
  }

  /// Lines put together, without their ends.
  private struct Batch {
    var bytes: [UInt8] = []
    private var ends: [Int] = []

    /// Room for about so many bytes, and a last line that goes past them.
    init(_ size: Int) { bytes.reserveCapacity(size + size / 8) }

    var count: Int { ends.count }

    mutating func append(_ line: ArraySlice<UInt8>) {
      bytes += line
      ends.append(bytes.count)
    }

    var lines: [ArraySlice<UInt8>] {
      var start = 0
      return ends.map { end in
        defer { start = end }
        return bytes[start..<end]
      }
    }
  }

  /// Appends the next records' lines, at most so many, until they have so many bytes.
  ///
  /// Records that a stage let go on as they were are asked for all at once: most lines then pass through
  /// no layer but the one they are read from.
  private func fill(_ batch: inout Batch, upTo size: Int, most: Int) throws {
    let end = most == .max ? .max : batch.count + most
    while batch.bytes.count < size, batch.count < end {
      if let before, run.count > 0, run.mark == StageChanges.Mark.same {
        let start = batch.count
        try before.fill(&batch, upTo: size, most: min(run.count, end - start))
        guard batch.count > start else { throw Self.damaged(path) }
        run.count -= batch.count - start
      } else {
        guard let line = try next() else { return }
        batch.append(line)
      }
    }
  }

  /// Where the line of a record stands: in a stage's own file, or in one of those before it.
  static func place(of index: Int, in path: String) -> Source {
    if let layer = try? LineLayer(path),
      (0...index).allSatisfy({ _ in (try? layer.next()) != nil })
    {
      return layer.place
    }
    return Source(file: path, line: index + 1)
  }

  /// Where the line of the last record stands.
  private var place: Source {
    guard let before, !isOwn else { return Source(file: path, line: number) }
    return before.place
  }

  /// Where the line stands that tells where the record of the last change came from.
  func place(ofOriginIn change: LineChange) -> Source {
    if case .made = change { return place }
    return before?.place ?? place
  }

  /// What became of the next record before the stage, or what it made.
  func nextChange() throws -> LineChange? {
    guard let before else { return try nextLine().map { .made($0) } }
    isOwn = true
    if run.count == 0 {
      guard let line = try nextLine() else {
        guard try before.next() == nil else { throw Self.damaged(path) }
        return nil
      }
      switch line.first {
      case StageChanges.Mark.same?, StageChanges.Mark.ended?: run = try read(line)
      case StageChanges.Mark.made?: return .made(line.dropFirst())
      default: return .became(line, from: try record(of: before))
      }
    }
    run.count -= 1
    isOwn = false
    let passed = try record(of: before)
    return run.mark == StageChanges.Mark.same ? .same(passed) : .ended(passed)
  }

  private func nextLine() throws -> ArraySlice<UInt8>? {
    number += 1
    return try cursor.next()
  }

  private func record(of before: LineLayer) throws -> ArraySlice<UInt8> {
    guard let line = try before.next() else { throw Self.damaged(path) }
    return line
  }

  private func read(_ line: ArraySlice<UInt8>) throws -> StageChanges.Run {
    guard let mark = line.first, let count = Int(String(decoding: line.dropFirst(), as: UTF8.self)),
      count > 0
    else { throw Self.damaged(path) }
    return StageChanges.Run(mark: mark, count: count)
  }

  private static func damaged(_ path: String) -> StageError {
    StageError(
      "damaged-cache", "the changes in '\(path)' do not fit the records before them",
      remedy: "delete the folder '\(FilePaths.folder(path))' and run again")
  }
}
