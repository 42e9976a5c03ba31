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
        let row = rest.isEmpty ? Array(chunk[start..<end]) : rest + chunk[start..<end]
        rest = []
        try visit(begin, trimmed(row))
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
    CSVRow.fault("a double quote that opens in this row is never closed", source)
  }

  /// The place of the newline that ends the row, or nil where the chunk ends first.
  private mutating func rowEnd(in chunk: [UInt8], from start: Int) -> Int? {
    chunk.withUnsafeBufferPointer { bytes in
      var place = start
      while place < bytes.count {
        if state == .quotes { place = skipQuotes(bytes, from: place) }
        if state == .cell { place = skipCell(bytes, from: place) }
        guard place < bytes.count else { return nil }
        if step(bytes[place]) { return place }
        place += 1
      }
      return nil
    }
  }

  /// The place of the next double quote; counts the newlines before it.
  private mutating func skipQuotes(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> Int {
    var place = start
    while place < bytes.count, bytes[place] != UInt8(ascii: "\"") {
      if bytes[place] == 0x0A { line += 1 }
      place += 1
    }
    return place
  }

  /// The place of the delimiter or newline behind a cell without quotes.
  private func skipCell(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> Int {
    let delimiter = dialect.delimiter
    var place = start
    while place < bytes.count, bytes[place] != delimiter, bytes[place] != 0x0A { place += 1 }
    return place
  }

  /// Takes a byte; true for the newline that ends a row.
  private mutating func step(_ byte: UInt8) -> Bool {
    switch state {
    case .quotes:
      // Only the quote is left to take.
      state = .quoteInQuotes
      return false
    case .cell, .cellStart, .quoteInQuotes:
      if byte == 0x0A {
        line += 1
        state = .cellStart
        return true
      }
    }
    let isQuote = byte == UInt8(ascii: "\"")
    if isQuote, state == .quoteInQuotes || (state == .cellStart && dialect.quoted) {
      state = .quotes
    } else {
      state = byte == dialect.delimiter ? .cellStart : .cell
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
