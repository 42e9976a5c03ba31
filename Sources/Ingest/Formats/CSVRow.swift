import Records
import Stages

/// The cells of one row.
enum CSVRow {
  /// The most columns of a file, as a line of commas alone would take many times its size.
  static let mostColumns = 100_000

  /// Parses the first row, without its line end.
  /// - Throws: `too-many-columns`, `invalid-csv` where text follows a closing quote, `invalid-utf8`.
  static func first(
    _ row: [UInt8], _ dialect: CSVDialect, at source: Source
  ) throws(StageError) -> [String] {
    let (cells, count) = try cells(row, dialect, at: source, keeping: mostColumns)
    guard cells.count == count else {
      throw StageError(
        "too-many-columns", "the first row has \(count) cells, more than \(mostColumns)",
        source: source, remedy: "check 'format' and 'delimiter'")
    }
    return cells
  }

  /// Parses a row without its line end: its first cells, and how many it has.
  /// - Throws: `invalid-csv` where text follows a closing quote, `invalid-utf8`.
  static func cells(
    _ row: [UInt8], _ dialect: CSVDialect, at source: Source, keeping most: Int
  ) throws(StageError) -> (cells: [String], count: Int) {
    try row.withUnsafeBufferPointer { (row) throws(StageError) in
      var cells: [String] = []
      var (place, count) = (0, 0)
      while true {
        count += 1
        let (text, end) = try Self.cell(row, from: place, dialect, count, source)
        if count <= most { cells.append(text) }
        if end == row.count { return (cells, count) }
        place = end + 1
      }
    }
  }

  /// One cell and the place of the delimiter behind it.
  private static func cell(
    _ row: UnsafeBufferPointer<UInt8>, from start: Int, _ dialect: CSVDialect, _ number: Int,
    _ source: Source
  ) throws(StageError) -> (String, Int) {
    guard dialect.quoted, start < row.count, row[start] == quote else {
      let end = find(dialect.delimiter, row, from: start)
      return (try UTF8Check.text(row[start..<end], at: source), end)
    }
    // Filled only where doubled quotes make the cell differ from its bytes.
    var buffer: [UInt8] = []
    var begin = start + 1
    while true {
      let close = find(quote, row, from: begin)
      guard close < row.count else { throw fault("a double quote is never closed", source) }
      let next = close + 1
      if next < row.count, row[next] == quote {
        buffer += row[begin...close]
        begin = next + 1
        continue
      }
      guard next == row.count || row[next] == dialect.delimiter else {
        throw fault("text follows the closing quote of cell \(number)", source)
      }
      if buffer.isEmpty { return (try UTF8Check.text(row[begin..<close], at: source), next) }
      buffer += row[begin..<close]
      return (try UTF8Check.text(buffer, at: source), next)
    }
  }

  private static let quote = UInt8(ascii: "\"")

  /// The place of a byte, or the end of the row.
  private static func find(
    _ byte: UInt8, _ row: UnsafeBufferPointer<UInt8>, from start: Int
  ) -> Int {
    var place = start
    while place < row.count, row[place] != byte { place += 1 }
    return place
  }

  /// A complaint about quotes.
  static func fault(_ message: String, _ source: Source) -> StageError {
    StageError(
      "invalid-csv", message, source: source,
      remedy: "double the quotes within a cell, or write 'quotes: false'")
  }
}
