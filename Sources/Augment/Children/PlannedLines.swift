import Stages

/// What became of each record of a collection, by its place: lines in a file that no one else sees.
struct PlannedLines: Sendable {
  private let file: ScratchFile
  /// Where each record's line is; empty for one without a line.
  private var ranges: [Range<Int>]
  private var end = 0

  /// No lines yet, of so many records; the file lies in the stage's folder where it has one.
  init(records: Int, _ context: StageContext) throws(FileError) {
    let folder = Folders.isFolder(context.artifacts) ? context.artifacts : FilePaths.temporary
    file = try ScratchFile(in: folder)
    ranges = [Range<Int>](repeating: 0..<0, count: records)
  }

  /// Whether the record at a place has a line.
  func holds(_ index: Int) -> Bool { !ranges[index].isEmpty }

  /// Writes the line of the record at a place.
  mutating func note(_ line: [UInt8], at index: Int) throws(FileError) {
    try file.write(bytes: line, at: end)
    ranges[index] = end..<end + line.count
    end += line.count
  }

  /// The line of the record at a place.
  /// - Throws: `StageError` where the file cannot be read.
  func line(at index: Int) throws(StageError) -> [UInt8] {
    do { return try file.bytes(ranges[index]) } catch {
      throw StageError("unreadable", "\(error)", remedy: "run again")
    }
  }
}

extension CollectionStage where Plan == PlannedLines {
  func leaves(recordAt index: Int, _ plan: PlannedLines) -> Bool { !plan.holds(index) }
}
