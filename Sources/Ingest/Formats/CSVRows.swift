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
/// A newline, a carriage return or both end a row. Only row ends are found here, in order; cells are
/// parsed by `CSVRow`, on many threads.
struct CSVRows {
  private let stream: any ByteStream
  private let name: String
  private let dialect: CSVDialect
  private let largest: Int

  /// How often a quote that is never closed is taken for a plain one before the file is given up:
  /// each time costs a walk over what it had swallowed.
  private static let mostRepairs = 100

  init(_ stream: any ByteStream, name: String, dialect: CSVDialect, largest: Int) {
    self.stream = stream
    self.name = name
    self.dialect = dialect
    self.largest = largest
  }

  /// Calls `visit` with the physical line each row begins on and its bytes, without the line end.
  ///
  /// A double quote that is not closed before the end, or before the row is too large, would swallow
  /// the rows behind it: `visit` gets the line it opens in, which cannot be parsed, and reading goes on
  /// at the line behind. A row without quotes that is too large is passed over: `tooLong` gets its line.
  func forEach(
    tooLong: (Int) throws -> Void, _ visit: (Int, [UInt8]) throws -> Void
  ) throws {
    var scanner = CSVRowScanner(dialect: dialect)
    var rest: [UInt8] = []
    var repairs = 0
    var isEnded = false
    while !isEnded {
      var chunk = try stream.next()
      isEnded = chunk.isEmpty
      var start = 0
      while true {
        while let row = scanner.row(in: chunk, from: &start) {
          let bytes = rest.isEmpty ? Array(chunk[row.bytes]) : rest + chunk[row.bytes]
          rest = []
          try visit(row.line, bytes)
        }
        if !scanner.isPassingOver { rest += chunk[start...] }
        guard rest.count > largest || (isEnded && scanner.isQuoted) else { break }
        let line = scanner.firstLine
        guard scanner.isQuoted else {
          try tooLong(line)
          rest = []
          scanner.passOver()
          break
        }
        let end = Self.firstLine(of: rest)
        try visit(line, Array(rest[..<end.lowerBound]))
        repairs += 1
        guard repairs < Self.mostRepairs else { throw givenUp(line) }
        chunk = Array(rest[end.upperBound...])
        rest = []
        start = 0
        scanner.restart()
      }
    }
    if !rest.isEmpty { try visit(scanner.firstLine, rest) }
  }

  /// The line break that ends the first line, or the end.
  private static func firstLine(of bytes: [UInt8]) -> Range<Int> {
    guard let end = bytes.firstIndex(where: { $0 == 0x0A || $0 == 0x0D }) else {
      return bytes.count..<bytes.count
    }
    let isPair = bytes[end] == 0x0D && end + 1 < bytes.count && bytes[end + 1] == 0x0A
    return end..<end + (isPair ? 2 : 1)
  }

  private func givenUp(_ line: Int) -> StageError {
    CSVRow.fault(
      "\(Self.mostRepairs) rows open a double quote that is never closed, and the rest is not read",
      Source(file: name, line: line + 1))
  }
}
