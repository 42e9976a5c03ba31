import Records
import Stages

/// Cuts a web archive into its records, one in memory at a time.
///
/// WARC 1.0 and 1.1 (ISO 28500), each record plain or a gzip member of its own, which the bytes come
/// without.
struct WARCRecords {
  private var bytes: BufferedBytes
  private let name: String
  private let largest: Int
  /// Headers are short; a line that goes on is no header.
  private static let longestLine = 1 << 16
  private static let mostHeaders = 1000

  init(_ stream: any ByteStream, name: String, largest: Int) {
    bytes = BufferedBytes(stream)
    self.name = name
    self.largest = largest
  }

  /// Calls `visit` with the number of each record, counted from 1, and the record, headers included.
  ///
  /// - Parameter tooLong: Called with the number of a record longer than the limit, which is passed
  ///   over in bounded memory.
  mutating func forEach(
    tooLong: (Int) throws -> Void, _ visit: (Int, [UInt8]) throws -> Void
  ) throws {
    var count = 0
    while try skipBlankLines() {
      count += 1
      let (head, length) = try header(count)
      guard length <= largest else {
        try check(try bytes.skip(length), length, count)
        try tooLong(count)
        continue
      }
      let block = try bytes.read(length)
      try check(block.count, length, count)
      try visit(count, head + block)
    }
  }

  private func check(_ found: Int, _ length: Int, _ count: Int) throws(StageError) {
    guard found < length else { return }
    throw fault(
      "the record says it has \(length) bytes, and the file ends after \(found)", count,
      "the file was cut short: fetch it again")
  }

  private mutating func skipBlankLines() throws(StageError) -> Bool {
    while let byte = try bytes.peek() {
      guard byte == 0x0D || byte == 0x0A else { return true }
      bytes.skip()
    }
    return false
  }

  /// The header with the blank line behind it, and how long the block is.
  private mutating func header(_ count: Int) throws(StageError) -> ([UInt8], Int) {
    var head: [UInt8] = []
    var length: Int?
    for number in 0..<Self.mostHeaders {
      let line = try bytes.line(atMost: Self.longestLine)
      head += line
      let text = String(decoding: line.prefix { $0 != 0x0D && $0 != 0x0A }, as: UTF8.self)
      if number == 0, !text.hasPrefix("WARC/1.") {
        throw fault(
          "no record begins here: a line says '\(text.prefix(20))'", count,
          "name files of the form WARC 1.0 or 1.1, or another 'format'")
      }
      if text.isEmpty {
        guard let length, length >= 0 else {
          throw fault("the record does not say how long it is", count, "fetch the file again")
        }
        return (head, length)
      }
      let parts = text.split(separator: ":", maxSplits: 1)
      if parts.count == 2, parts[0].lowercased() == "content-length" {
        length = Int(parts[1].filter { $0 != " " && $0 != "\t" })
      }
    }
    throw fault("the header does not end", count, "fetch the file again")
  }

  private func place(_ count: Int) -> Source { Source(file: name, line: count) }

  private func fault(_ message: String, _ count: Int, _ remedy: String) -> StageError {
    StageError("invalid-warc", message, source: place(count), remedy: remedy)
  }
}

/// A stream read by lines and by counted bytes.
struct BufferedBytes {
  private let stream: any ByteStream
  private var buffer: [UInt8] = []
  private var position = 0

  init(_ stream: any ByteStream) { self.stream = stream }

  /// The next byte, which stays unread; nil at the end.
  mutating func peek() throws(StageError) -> UInt8? {
    if position == buffer.count {
      buffer = try stream.next()
      position = 0
    }
    return position < buffer.count ? buffer[position] : nil
  }

  /// Reads the byte that `peek` has seen.
  mutating func skip() { position += 1 }

  /// The bytes up to a newline and with it, or fewer where the limit or the end comes first.
  mutating func line(atMost limit: Int) throws(StageError) -> [UInt8] {
    var line: [UInt8] = []
    while line.count < limit, try peek() != nil {
      let rest = buffer[position...].prefix(limit - line.count)
      let end = rest.firstIndex(of: 0x0A).map { $0 + 1 } ?? rest.endIndex
      line += buffer[position..<end]
      position = end
      if line.last == 0x0A { break }
    }
    return line
  }

  /// Passes over bytes; how many there were, fewer where the end comes first.
  mutating func skip(_ count: Int) throws(StageError) -> Int {
    var skipped = 0
    while skipped < count, try peek() != nil {
      let part = min(count - skipped, buffer.count - position)
      position += part
      skipped += part
    }
    return skipped
  }

  /// The next bytes, fewer where the end comes first.
  mutating func read(_ count: Int) throws(StageError) -> [UInt8] {
    var bytes: [UInt8] = []
    while bytes.count < count, try peek() != nil {
      let part = buffer[position...].prefix(count - bytes.count)
      bytes += part
      position += part.count
    }
    return bytes
  }
}
