#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Reads a file in chunks, so that memory does not grow with its size.
public final class FileReader {
  /// The file's path.
  public let path: String
  private let descriptor: Int32

  /// Opens a file; `-` is standard input.
  /// - Throws: `FileError` where it is missing, unreadable or a folder.
  public init(_ path: String) throws(FileError) {
    self.path = path
    guard path != "-" else {
      descriptor = dup(STDIN_FILENO)
      return
    }
    descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw FileError("open", path) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw FileError("read", path) }
    // A folder opens without complaint; reading it is what fails.
    if status.st_mode & S_IFMT == S_IFDIR { throw FileError("read", path, code: EISDIR) }
  }

  deinit { close(descriptor) }

  /// The next bytes, at most `count` of them; an empty array at the end.
  public func read(_ count: Int) throws(FileError) -> [UInt8] {
    var failed = false
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      let got = Self.retry { Self.systemRead(self.descriptor, buffer.baseAddress, count) }
      failed = got < 0
      filled = max(got, 0)
    }
    if failed { throw FileError("read", path) }
    return bytes
  }

  private static func systemRead(
    _ descriptor: Int32, _ buffer: UnsafeMutablePointer<UInt8>?, _ count: Int
  ) -> Int {
    #if canImport(Glibc)
      Glibc.read(descriptor, buffer, count)
    #else
      Musl.read(descriptor, buffer, count)
    #endif
  }

  /// Repeats a system call that a signal interrupted.
  private static func retry(_ call: () -> Int) -> Int {
    while true {
      let result = call()
      if result >= 0 || errno != EINTR { return result }
    }
  }

  /// The whole file.
  public static func contents(_ path: String) throws(FileError) -> [UInt8] {
    let reader = try FileReader(path)
    var bytes: [UInt8] = []
    while true {
      let chunk = try reader.read(1 << 20)
      if chunk.isEmpty { return bytes }
      bytes += chunk
    }
  }
}

/// Calls `visit` with batches of whole lines, without their ends; `\n` alone ends a line.
///
/// U+0085 and U+2028 are text, and a `\r` before the `\n` stays: formats decide about it.
public struct LineBatches {
  private let reader: FileReader
  private let chunk: Int

  /// Lines of a file in batches of about `chunk` bytes.
  public init(_ path: String, chunk: Int = 1 << 21) throws(FileError) {
    reader = try FileReader(path)
    self.chunk = chunk
  }

  /// Walks the batches in order.
  public func forEach(_ visit: ([ArraySlice<UInt8>]) throws -> Void) throws {
    var rest: [UInt8] = []
    while true {
      let bytes = try reader.read(chunk)
      let atEnd = bytes.isEmpty
      let buffer = rest + bytes
      var lines: [ArraySlice<UInt8>] = []
      var start = 0
      while let end = buffer[start...].firstIndex(of: UInt8(ascii: "\n")) {
        lines.append(buffer[start..<end])
        start = end + 1
      }
      if atEnd, start < buffer.count { lines.append(buffer[start...]) }
      if !lines.isEmpty { try visit(lines) }
      if atEnd { return }
      rest = Array(buffer[start...])
    }
  }
}
