import Records
import Stages

/// How rows and cells are told apart.
struct CSVDialect: Sendable {
  /// The byte between cells.
  var delimiter: UInt8
  /// Whether a cell may stand in double quotes.
  var quoted = true
}

/// Divides a stream into the rows of RFC 4180, with quotes, across chunks.
///
/// Only row ends are found here, in order; cells are parsed by `CSVRow`, on many threads.
struct CSVRows {
  private enum State { case cellStart, cell, quotes, quoteInQuotes }

  private let dialect: CSVDialect
  private let name: String
  private var state = State.cellStart
  private var line = 1
  private var firstLine = 1

  /// Calls `visit` with the physical line each row begins on and its bytes, without the line end.
  static func forEach(
    in stream: any ByteStream, name: String, dialect: CSVDialect,
    _ visit: (Int, [UInt8]) throws -> Void
  ) throws {
    var rows = CSVRows(dialect: dialect, name: name)
    var rest: [UInt8] = []
    while true {
      let chunk = try stream.next()
      if chunk.isEmpty { break }
      var start = 0
      while let end = rows.rowEnd(in: chunk, from: start) {
        let begin = rows.firstLine
        rows.firstLine = rows.line
        try visit(begin, trimmed(rest + chunk[start..<end]))
        rest = []
        start = end + 1
      }
      rest += chunk[start...]
      if rest.count > StageError.largestRecord { throw StageError.tooLarge(rows.source) }
    }
    if rows.state == .quotes { throw rows.unclosed }
    if !rest.isEmpty { try visit(rows.firstLine, trimmed(rest)) }
  }

  private init(dialect: CSVDialect, name: String) {
    self.dialect = dialect
    self.name = name
  }

  private static func trimmed(_ row: [UInt8]) -> [UInt8] {
    row.last == 0x0D ? Array(row.dropLast()) : row
  }

  private var source: Source { Source(file: name, line: firstLine) }

  private var unclosed: StageError {
    StageError(
      "invalid-csv", "a double quote that opens in this row is never closed", source: source,
      remedy: "double the quotes within a cell, or write 'quotes: false'")
  }

  /// The place of the newline that ends the row, or nil where the chunk ends first.
  private mutating func rowEnd(in chunk: [UInt8], from start: Int) -> Int? {
    chunk.withUnsafeBufferPointer { bytes in
      for place in start..<bytes.count where step(bytes[place]) { return place }
      return nil
    }
  }

  /// Takes a byte; true for the newline that ends a row.
  private mutating func step(_ byte: UInt8) -> Bool {
    if byte == 0x0A {
      line += 1
      if state == .quotes { return false }
      state = .cellStart
      return true
    }
    switch state {
    case .cell: if byte == dialect.delimiter { state = .cellStart }
    case .quotes: if byte == UInt8(ascii: "\"") { state = .quoteInQuotes }
    case .cellStart:
      if byte == UInt8(ascii: "\""), dialect.quoted {
        state = .quotes
      } else if byte != dialect.delimiter {
        state = .cell
      }
    case .quoteInQuotes:
      if byte == UInt8(ascii: "\"") {
        state = .quotes
      } else {
        state = byte == dialect.delimiter ? .cellStart : .cell
      }
    }
    return false
  }
}

/// The cells of one row.
enum CSVRow {
  /// Parses a row without its line end.
  /// - Throws: `invalid-csv` where text follows a closing quote, `invalid-utf8`.
  static func cells(
    _ row: [UInt8], _ dialect: CSVDialect, at source: Source
  ) throws(StageError) -> [String] {
    var cells: [String] = []
    var place = 0
    while true {
      let (cell, end) = try Self.cell(row, from: place, dialect, cells.count + 1, source)
      cells.append(try UTF8Check.text(cell, at: source))
      if end == row.count { return cells }
      place = end + 1
    }
  }

  /// One cell and the place of the delimiter behind it.
  private static func cell(
    _ row: [UInt8], from start: Int, _ dialect: CSVDialect, _ number: Int, _ source: Source
  ) throws(StageError) -> (ArraySlice<UInt8>, Int) {
    guard dialect.quoted, start < row.count, row[start] == UInt8(ascii: "\"") else {
      let end = row[start...].firstIndex(of: dialect.delimiter) ?? row.count
      return (row[start..<end], end)
    }
    return try quotedCell(row, from: start + 1, dialect, number, source)
  }

  private static func quotedCell(
    _ row: [UInt8], from start: Int, _ dialect: CSVDialect, _ number: Int, _ source: Source
  ) throws(StageError) -> (ArraySlice<UInt8>, Int) {
    let quote = UInt8(ascii: "\"")
    // Filled only where doubled quotes make the cell differ from its bytes.
    var buffer: [UInt8] = []
    var begin = start
    while let close = row[begin...].firstIndex(of: quote) {
      let next = close + 1
      if next < row.count, row[next] == quote {
        buffer += row[begin...close]
        begin = next + 1
        continue
      }
      guard next == row.count || row[next] == dialect.delimiter else {
        throw StageError(
          "invalid-csv", "text follows the closing quote of cell \(number)", source: source,
          remedy: "double the quotes within a cell, or write 'quotes: false'")
      }
      if buffer.isEmpty { return (row[begin..<close], next) }
      buffer += row[begin..<close]
      return (buffer[...], next)
    }
    throw StageError(
      "invalid-csv", "a double quote that opens in this row is never closed", source: source,
      remedy: "double the quotes within a cell, or write 'quotes: false'")
  }
}
