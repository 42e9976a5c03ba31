import Dispatch
import Synchronization

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
  /// The number of bytes that the file had when it was opened; 0 for what is no file.
  private var size = 0

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
    if status.st_mode & S_IFMT == S_IFREG { size = Int(status.st_size) }
  }

  deinit { close(descriptor) }

  /// The next bytes, at most `count` of them; an empty array at the end.
  public func read(_ count: Int) throws(FileError) -> [UInt8] { try read(count, behind: []) }

  /// Bytes that are left over, and behind them the next ones, at most `count`; the former alone at the end.
  package func read(_ count: Int, behind rest: ArraySlice<UInt8>) throws(FileError) -> [UInt8] {
    var failed = false
    let bytes = [UInt8](unsafeUninitializedCapacity: rest.count + count) { buffer, filled in
      let (_, end) = buffer.initialize(from: rest)
      let place = buffer.baseAddress.map { $0 + end }
      let got = Self.retry { Self.systemRead(self.descriptor, place, count) }
      failed = got < 0
      filled = end + max(got, 0)
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

  /// Calls `visit` with what is left of the file, a chunk at a time.
  func forEachChunk(_ visit: ([UInt8]) throws -> Void) throws {
    while true {
      let chunk = try read(1 << 20)
      if chunk.isEmpty { return }
      try visit(chunk)
    }
  }

  /// The whole file.
  public static func contents(_ path: String) throws(FileError) -> [UInt8] {
    let reader = try FileReader(path)
    // A file of known size comes at once, without copies while an array grows.
    var bytes =
      reader.size < largeSize ? try reader.read(max(reader.size, 1 << 20)) : reader.parts()
    while true {
      let chunk = try reader.read(1 << 20)
      if chunk.isEmpty { return bytes }
      bytes += chunk
    }
  }

  /// From how many bytes on a file is read by several threads.
  private static let largeSize = 1 << 22

  /// The bytes that the file had when it was opened, up to the first that cannot be read.
  ///
  /// Most of the time goes to new pages of memory, which several threads fill sooner than one.
  private func parts() -> [UInt8] {
    let bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, filled in
      // Every thread writes to places of its own, and they are read when all are done.
      nonisolated(unsafe) let buffer = buffer
      let (size, descriptor, count) = (size, descriptor, 8)
      let end = Atomic(size)
      DispatchQueue.concurrentPerform(iterations: count) { part in
        var place = size * part / count
        let next = size * (part + 1) / count
        while place < next {
          let rest = UnsafeMutableBufferPointer(rebasing: buffer[place..<next])
          let got = Self.retry { pread(descriptor, rest.baseAddress, rest.count, off_t(place)) }
          guard got > 0 else {
            end.min(place, ordering: .relaxed)
            return
          }
          place += got
        }
      }
      filled = end.load(ordering: .relaxed)
    }
    // What is missing is read, and told, in the ordinary way.
    lseek(descriptor, off_t(bytes.count), SEEK_SET)
    return bytes
  }
}
