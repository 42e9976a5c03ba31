import Records

/// Walks the lines of the records that a stage passed on, put together from its own file and those of
/// the stages before it; see `StageChanges`.
struct StageLines {
  private let path: String
  private let chunk: Int

  /// The records of a stage's file, or of any other file of lines, in batches of about `chunk` bytes.
  init(_ path: String, chunk: Int = 1 << 17) {
    self.path = path
    self.chunk = chunk
  }

  /// Walks the batches in order, each with the part of the files that lies behind it, from 0 to 1.
  func forEach(_ visit: ([ArraySlice<UInt8>], Double) throws -> Void) throws {
    let layer = try LineLayer(path)
    let size = Double(max(1, layer.size))
    while let lines = try layer.batch(of: chunk) { try visit(lines, Double(layer.consumed) / size) }
  }

  /// Applies `transform` to the batches, each with the place of its first line, on several threads, and calls
  /// `take` with the results in order.
  func map<Result: Sendable>(
    threads: Int, _ transform: @Sendable ([ArraySlice<UInt8>], Int) throws -> Result,
    _ take: (Result) throws -> Void
  ) throws {
    try withoutActuallyEscaping(transform) { transform in
      let work = OrderedWork<Result>(threads: threads)
      // Nobody is at work with `transform` any more when it has gone.
      defer { work.cancel() }
      var first = 0
      do {
        try forEach { lines, _ in
          try Interruption.check()
          let start = first
          let size = lines.reduce(0) { $0 + $1.count }
          try work.add(size: size, { try transform(lines, start) }, take)
          first += lines.count
        }
      } catch {
        // A fault of earlier lines comes first, however far the reading has come.
        try work.finish(take)
        throw error
      }
      try work.finish(take)
    }
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
    cursor.skip()
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
    var batch: Batch? = Batch(room: size)
    _ = try pass(.max, to: &batch)
    return batch.flatMap { $0.lines.isEmpty ? nil : $0.lines }
  }

  /// Lines in the storage of the chunks that they were read with.
  private struct Batch {
    var lines: [ArraySlice<UInt8>] = []
    /// How many bytes further lines may have; 0 where it is full.
    var room: Int

    init(room: Int) { self.room = room }

    /// Appends a line; whether there is room for another.
    mutating func append(_ line: ArraySlice<UInt8>) -> Bool {
      lines.append(line)
      room = max(0, room - line.count - 1)
      return room > 0
    }
  }

  /// Passes over the next records, and gives their lines to a batch, where there is one, until that is full.
  ///
  /// Records that a stage let go on as they were, or that ended, are asked for all at once: most lines then
  /// pass through no layer but the one they are read from.
  /// - Returns: How many records those are, at most `most`.
  private func pass(_ most: Int, to batch: inout Batch?) throws -> Int {
    guard let before else { return try passOwn(most, to: &batch) }
    let start = batch == nil ? 0 : consumed
    var count = 0
    while count < most, batch?.room != 0 {
      if run.count == 0, try !readsRun() {
        guard let line = try cursor.next() else {
          guard try before.next() == nil else { throw Self.damaged(path) }
          return count
        }
        let isMade = line.first == StageChanges.Mark.made
        if !isMade { try before.skip(1, for: self) }
        _ = batch?.append(isMade ? line.dropFirst() : line)
        count += 1
      } else if run.mark == StageChanges.Mark.same {
        let passed = try before.pass(min(run.count, most - count), to: &batch)
        guard passed > 0 else { throw Self.damaged(path) }
        run.count -= passed
        count += passed
      } else {
        try before.skip(run.count, for: self)
        run.count = 0
        try Interruption.check()
      }
      // Few lines that are left of many would hold the chunks of them all.
      if batch != nil, count > 0, consumed - start > Self.mostPassed { break }
    }
    return count
  }

  /// How many bytes of the files a batch may come from, whatever is left of them.
  private static let mostPassed = 1 << 20

  private func passOwn(_ most: Int, to batch: inout Batch?) throws(FileError) -> Int {
    guard batch != nil else { return try cursor.pass(most) }
    return try cursor.pass(most) { batch?.append($0) ?? true }
  }

  /// Passes over records that a stage behind has done something to.
  private func skip(_ count: Int, for layer: LineLayer) throws {
    var batch: Batch?
    guard try pass(count, to: &batch) == count else { throw Self.damaged(layer.path) }
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
    if run.count == 0, try !readsRun() {
      guard let line = try nextLine() else {
        guard try before.next() == nil else { throw Self.damaged(path) }
        return nil
      }
      return line.first == StageChanges.Mark.made
        ? .made(line.dropFirst()) : .became(line, from: try record(of: before))
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

  /// Whether the next line tells of records that fared alike; it is then taken.
  private func readsRun() throws -> Bool {
    guard let mark = try cursor.first,
      mark == StageChanges.Mark.same || mark == StageChanges.Mark.ended,
      let line = try cursor.next()
    else { return false }
    guard let count = Int(String(decoding: line.dropFirst(), as: UTF8.self)), count > 0 else {
      throw Self.damaged(path)
    }
    run = StageChanges.Run(mark: mark, count: count)
    number += 1
    return true
  }

  private static func damaged(_ path: String) -> StageError {
    StageError(
      "damaged-cache", "the changes in '\(path)' do not fit the records before them",
      remedy: "delete the folder '\(FilePaths.folder(path))' and run again")
  }
}
