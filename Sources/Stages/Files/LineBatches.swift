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
  private let chunks: LineChunks

  /// Lines of a file in batches of about `chunk` bytes.
  public init(_ path: String, chunk: Int = 1 << 21) throws(FileError) {
    chunks = try LineChunks(path, size: chunk)
  }

  /// Walks the batches in order.
  public func forEach(_ visit: ([ArraySlice<UInt8>]) throws -> Void) throws {
    while let chunk = try chunks.next() { try visit(chunk.ends.indices.map { chunk[$0] }) }
  }
}

/// Consecutive lines of a file, as they stand there.
struct LineChunk: Sendable {
  private let bytes: [UInt8]
  /// Where each line ends; the next one begins behind that byte.
  let ends: [Int]

  /// No lines.
  static let empty = LineChunk(bytes: [], searched: 0)

  /// The lines that end in `bytes`, the first `searched` of which hold no line's end.
  fileprivate init(bytes: [UInt8], searched: Int) {
    self.bytes = bytes
    ends = bytes.withUnsafeBytes { bytes in
      var ends: [Int] = []
      guard let base = bytes.baseAddress else { return ends }
      var from = searched
      while from < bytes.count, let end = memchr(base + from, 0x0A, bytes.count - from) {
        ends.append(UnsafeRawPointer(end) - base)
        from = ends[ends.count - 1] + 1
      }
      return ends
    }
  }

  /// A last line, which nothing ends.
  fileprivate init(last bytes: [UInt8]) {
    self.bytes = bytes
    ends = [bytes.count]
  }

  /// Where a line begins.
  func start(of line: Int) -> Int { line == 0 ? 0 : ends[line - 1] + 1 }

  /// The first byte of a line; nil where it is empty.
  func first(of line: Int) -> UInt8? {
    let start = start(of: line)
    return start < ends[line] ? bytes[start] : nil
  }

  /// A line, without its end.
  subscript(line: Int) -> ArraySlice<UInt8> { bytes[start(of: line)..<ends[line]] }

  /// What is behind the last line that ends here.
  fileprivate var rest: ArraySlice<UInt8> { bytes[start(of: ends.count)...] }
}

/// Reads a file as chunks of whole lines.
final class LineChunks {
  private let reader: FileReader
  private let size: Int
  /// The beginning of a line that has not been read to its end.
  private var rest: ArraySlice<UInt8> = []

  /// Chunks of about `size` bytes.
  init(_ path: String, size: Int) throws(FileError) {
    precondition(size > 0, "a chunk of \(size) bytes holds no line")
    reader = try FileReader(path)
    self.size = size
  }

  /// The next lines; nil behind the last.
  func next() throws(FileError) -> LineChunk? {
    while true {
      // As much again is read, so that a long line is not copied again and again.
      let bytes = try reader.read(max(size, rest.count), behind: rest)
      guard bytes.count > rest.count else {
        rest = []
        return bytes.isEmpty ? nil : LineChunk(last: bytes)
      }
      let chunk = LineChunk(bytes: bytes, searched: rest.count)
      // Lines share the chunk's storage, so what is left over is copied to the next.
      rest = chunk.rest
      if !chunk.ends.isEmpty { return chunk }
    }
  }
}
