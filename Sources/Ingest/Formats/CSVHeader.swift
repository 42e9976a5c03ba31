import Records
import Stages

/// The names of a file's columns.
struct CSVHeader: Sendable {
  /// The names in order; a column without one has its number.
  let names: [String]

  /// Reads the first row, or numbers its columns where it holds data.
  init(_ cells: [String], isNames: Bool, at source: Source) throws(StageError) {
    guard isNames else {
      names = cells.indices.map { "\($0 + 1)" }
      return
    }
    names = cells.enumerated().map { $1.isEmpty ? "\($0 + 1)" : $1 }
    var seen: Set<[UInt8]> = []
    for name in names where !seen.insert(Array(name.utf8)).inserted {
      throw StageError(
        "duplicate-column", "two columns are named '\(name)'", source: source, field: name,
        remedy: "rename one, or write 'header: false' and name columns by number")
    }
  }

  /// A row, without its line end, as an object.
  /// - Throws: `ragged-row`, and as `CSVRow.cells`.
  func object(
    of row: [UInt8], _ dialect: CSVDialect, at source: Source
  ) throws(StageError) -> JSONObject {
    let (cells, count) = try CSVRow.cells(row, dialect, at: source, keeping: names.count)
    guard count == names.count else {
      throw StageError(
        "ragged-row", "the row has \(count) cells where the header has \(names.count)",
        source: source, remedy: "quote cells that hold the delimiter, or check 'delimiter'")
    }
    return JSONObject(zip(names, cells).map { ($0, JSONValue.string($1)) })
  }
}
