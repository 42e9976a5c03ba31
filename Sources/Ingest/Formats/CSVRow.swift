import Records
import Stages

/// The cells of one row.
enum CSVRow {
  /// Parses a row without its line end.
  /// - Throws: `invalid-csv` where text follows a closing quote, `invalid-utf8`.
  static func cells(
    _ row: [UInt8], _ dialect: CSVDialect, at source: Source
  ) throws(StageError) -> [String] {
    try row.withUnsafeBufferPointer { (row) throws(StageError) in
      var cells: [String] = []
      var place = 0
      while true {
        let (text, end) = try Self.cell(row, from: place, dialect, cells.count + 1, source)
        cells.append(text)
        if end == row.count { return cells }
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
