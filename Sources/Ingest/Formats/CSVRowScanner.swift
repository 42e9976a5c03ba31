/// Finds where rows end, across chunks.
struct CSVRowScanner {
  private enum State { case cellStart, cell, quotes, quoteInQuotes, passedOver }

  private let dialect: CSVDialect
  private var state = State.cellStart
  private var line = 1
  /// Whether a newline that comes next belongs to the carriage return before it.
  private var afterReturn = false
  /// The line that the row begins on.
  private(set) var firstLine = 1

  init(dialect: CSVDialect) { self.dialect = dialect }

  /// Whether a quote is open.
  var isQuoted: Bool { state == .quotes }

  /// Whether the rest of a row is passed over.
  var isPassingOver: Bool { state == .passedOver }

  /// A row's bytes in a chunk and the line it begins on.
  struct Row {
    let bytes: Range<Int>
    let line: Int
  }

  /// Forgets the row it is in, and goes on behind its first line.
  mutating func restart() {
    line = firstLine + 1
    firstLine = line
    state = .cellStart
    afterReturn = false
  }

  /// Passes over the rest of a row without quotes.
  mutating func passOver() { state = .passedOver }

  /// The next row that ends in a chunk, and moves behind it; nil where the chunk ends first.
  mutating func row(in chunk: [UInt8], from start: inout Int) -> Row? {
    while true {
      if afterReturn, start < chunk.count {
        afterReturn = false
        if chunk[start] == 0x0A { start += 1 }
      }
      let isPassedOver = state == .passedOver
      guard let end = rowEnd(in: chunk, from: start) else { return nil }
      let row = Row(bytes: start..<end, line: firstLine)
      firstLine = line
      start = end + 1
      if !isPassedOver { return row }
    }
  }

  /// The place of the line break that ends the row, or nil where the chunk ends first.
  private mutating func rowEnd(in chunk: [UInt8], from start: Int) -> Int? {
    chunk.withUnsafeBufferPointer { bytes in
      var place = start
      while place < bytes.count {
        switch state {
        case .quotes: place = skipQuotes(bytes, from: place)
        case .cell: place = skip(bytes, from: place, delimiter: dialect.delimiter)
        case .passedOver: place = skip(bytes, from: place, delimiter: 0x0A)
        case .cellStart, .quoteInQuotes: break
        }
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

  /// The place of the delimiter or line break behind a cell without quotes.
  private func skip(
    _ bytes: UnsafeBufferPointer<UInt8>, from start: Int, delimiter: UInt8
  ) -> Int {
    var place = start
    while place < bytes.count, bytes[place] != delimiter, bytes[place] != 0x0A,
      bytes[place] != 0x0D
    { place += 1 }
    return place
  }

  /// Takes a byte; true for the line break that ends a row.
  private mutating func step(_ byte: UInt8) -> Bool {
    switch state {
    case .quotes:
      // Only the quote is left to take.
      state = .quoteInQuotes
      return false
    case .cell, .cellStart, .quoteInQuotes, .passedOver:
      if byte == 0x0A || byte == 0x0D {
        line += 1
        state = .cellStart
        afterReturn = byte == 0x0D
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
