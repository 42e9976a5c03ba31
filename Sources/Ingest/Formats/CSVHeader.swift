import Records
import Stages

/// The names of a file's columns.
struct CSVHeader: Sendable {
  /// The names in order; a column without one has its number.
  let names: [String]
  /// The columns whose cells say true or false of an answer.
  private let verdicts: Set<Int>

  /// Reads the first row, or numbers its columns where it holds data.
  init(_ cells: [String], isNames: Bool, at source: Source) throws(StageError) {
    guard isNames else {
      names = cells.indices.map { "\($0 + 1)" }
      verdicts = []
      return
    }
    names = cells.enumerated().map { $1.isEmpty ? "\($0 + 1)" : $1 }
    let isKTO =
      cells.contains("prompt") && (cells.contains("completion") || cells.contains("response"))
    verdicts = Set(cells.indices.filter { cells[$0] == "kto_tag" || isKTO && cells[$0] == "label" })
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
    return JSONObject(
      names.indices.map { index in
        let verdict = verdicts.contains(index) ? Self.truth(cells[index]) : nil
        return (names[index], verdict ?? .string(cells[index]))
      })
  }

  private static func truth(_ cell: String) -> JSONValue? {
    switch cell.lowercased() {
    case "true": .bool(true)
    case "false": .bool(false)
    default: nil
    }
  }
}
