import Records
import Stages

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Divides a stream into lines; `\n` ends a line, and a `\r` before it goes with it.
///
/// U+0085 and U+2028 are text. Only newlines are looked for, so this runs at the speed of memory.
struct LineReader {
  private let stream: any ByteStream
  private let name: String
  private let largest: Int

  init(_ stream: any ByteStream, name: String, largest: Int = StageError.largestRecord) {
    self.stream = stream
    self.name = name
    self.largest = largest
  }

  /// Calls `visit` with the number of each line, counted from 1, and its bytes.
  ///
  /// - Throws: `too-large` at a line that is longer than the limit, which ends the file.
  func forEach(_ visit: (Int, [UInt8]) throws -> Void) throws {
    try forEach(
      tooLong: { throw StageError.tooLarge(Source(file: name, line: $0), limit: largest) }, visit)
  }

  /// Calls `visit` with the number of each line and its bytes, or `tooLong` with the number of one
  /// that is longer than the limit, which is passed over in bounded memory.
  func forEach(
    tooLong: (Int) throws -> Void, _ visit: (Int, [UInt8]) throws -> Void
  ) throws {
    var line = 1
    var rest: [UInt8] = []
    var isPassedOver = false
    while true {
      let chunk = try stream.next()
      if chunk.isEmpty { break }
      var start = 0
      while let end = Self.newline(in: chunk, from: start) {
        if isPassedOver {
          isPassedOver = false
        } else {
          try visit(line, Self.line(rest, chunk[start..<end]))
        }
        rest = []
        line += 1
        start = end + 1
      }
      if isPassedOver { continue }
      rest += chunk[start...]
      guard rest.count > largest else { continue }
      try tooLong(line)
      isPassedOver = true
      rest = []
    }
    if !rest.isEmpty { try visit(line, Self.line(rest, [])) }
  }

  private static func newline(in chunk: [UInt8], from start: Int) -> Int? {
    chunk.withUnsafeBufferPointer { bytes in
      guard let base = bytes.baseAddress, start < bytes.count,
        let found = memchr(base + start, 0x0A, bytes.count - start)
      else { return nil }
      return UnsafeRawPointer(found) - UnsafeRawPointer(base)
    }
  }

  private static func line(_ rest: [UInt8], _ end: ArraySlice<UInt8>) -> [UInt8] {
    let carriageReturn: UInt8 = 0x0D
    if rest.isEmpty { return Array(end.last == carriageReturn ? end.dropLast() : end) }
    var line = rest + end
    if line.last == carriageReturn { line.removeLast() }
    return line
  }
}
