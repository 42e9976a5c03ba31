#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Calls `visit` with batches of whole lines, without their ends; `\n` alone ends a line.
///
/// U+0085 and U+2028 are text, and a `\r` before the `\n` stays: formats decide about it. Memory holds
/// one chunk, or the longest line where that is longer. A file is walked once.
public struct LineBatches {
  private let reader: FileReader
  private let chunk: Int

  /// Lines of a file in batches of about `chunk` bytes.
  public init(_ path: String, chunk: Int = 1 << 21) throws(FileError) {
    precondition(chunk > 0, "a chunk of \(chunk) bytes holds no line")
    reader = try FileReader(path)
    self.chunk = chunk
  }

  /// Walks the batches in order.
  public func forEach(_ visit: ([ArraySlice<UInt8>]) throws -> Void) throws {
    var buffer: [UInt8] = []
    while true {
      let searched = buffer.count
      let bytes = try reader.read(chunk)
      buffer += bytes
      var (lines, start) = Self.lines(of: buffer, searched: searched)
      if bytes.isEmpty, start < buffer.count { lines.append(buffer[start...]) }
      if !lines.isEmpty { try visit(lines) }
      if bytes.isEmpty { return }
      // Lines share the buffer's storage, so what is left over moves to a new one.
      if start > 0 { buffer = Array(buffer[start...]) }
    }
  }

  /// The lines that end in a buffer, the first `searched` bytes of which hold no line's end, and
  /// where the rest begins.
  private static func lines(
    of buffer: [UInt8], searched: Int
  ) -> (lines: [ArraySlice<UInt8>], rest: Int) {
    var lines: [ArraySlice<UInt8>] = []
    var start = 0
    var from = searched
    while let end = newline(in: buffer, from: from) {
      lines.append(buffer[start..<end])
      start = end + 1
      from = start
    }
    return (lines, start)
  }

  /// The place of the next line's end.
  static func newline(in buffer: [UInt8], from start: Int) -> Int? {
    buffer.withUnsafeBytes { bytes in
      guard start < bytes.count, let base = bytes.baseAddress,
        let found = memchr(base + start, 0x0A, bytes.count - start)
      else { return nil }
      return UnsafeRawPointer(found) - base
    }
  }
}
