import Records
import Stages

/// What was planned for each record of a collection, by its place: lines of JSON in a file that ends with the stage.
///
/// 16 bytes of memory a record.
struct PlanLines: Sendable {
  private let file: ScratchFile
  /// Where each record's line is; empty for one for which nothing was planned.
  private var ranges: [Range<Int>]
  private var end = 0

  /// - Parameter records: How many there are.
  init(records: Int, _ context: StageContext) throws(FileError) {
    let folder = Folders.isFolder(context.artifacts) ? context.artifacts : FilePaths.temporary
    file = try ScratchFile(in: folder)
    ranges = [Range<Int>](repeating: 0..<0, count: records)
  }

  /// Notes what was planned for the record at a place, where that is something.
  mutating func note(_ children: PlannedChildren, at index: Int) throws(FileError) {
    guard !children.isEmpty else { return }
    let line = children.json.bytes
    try file.write(bytes: line, at: end)
    ranges[index] = end..<end + line.count
    end += line.count
  }

  /// Whether nothing was planned for a record.
  func isEmpty(at index: Int) -> Bool { ranges[index].isEmpty }

  /// What becomes of a record.
  /// - Throws: `StageError` where the file cannot be read.
  func outcome(
    of record: Record, at index: Int, _ context: StageContext
  ) throws(StageError) -> Outcome {
    guard !ranges[index].isEmpty else { return .keep(record) }
    do {
      let line = try JSONValue.parse(try file.bytes(ranges[index]))
      return PlannedChildren.outcome(of: record, line, context)
    } catch {
      throw StageError("unreadable", "\(error)", remedy: "run again; what was answered is kept")
    }
  }
}
