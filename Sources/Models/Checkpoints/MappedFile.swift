#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// A file seen as memory, read-only; pages are loaded when they are touched.
///
/// `@unchecked Sendable` is safe: the mapping is private, never written, and lives exactly as long
/// as the object that every reader holds.
package final class MappedFile: @unchecked Sendable {
  /// The path it was opened by.
  package let path: String
  private let memory: UnsafeRawBufferPointer

  /// Maps a file.
  /// - Throws: `ModelError.unreadable` naming the file and the system's reason.
  package init(_ path: String) throws(ModelError) {
    self.path = path
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw Self.unreadable(path) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw Self.unreadable(path) }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw ModelError(.unreadable, file: path, problem: "is not a regular file")
    }
    let size = Int(status.st_size)
    guard size > 0 else { throw ModelError(.corrupt, file: path, problem: "is empty") }
    guard let start = mmap(nil, size, PROT_READ, MAP_PRIVATE, descriptor, 0), start != MAP_FAILED
    else { throw Self.unreadable(path) }
    memory = UnsafeRawBufferPointer(start: start, count: size)
  }

  deinit {
    munmap(UnsafeMutableRawPointer(mutating: memory.baseAddress), memory.count)
  }

  /// Bytes in the file.
  package var count: Int { memory.count }

  /// Calls `body` with part of the file.
  package func withBytes<Result>(
    _ range: Range<Int>, _ body: (UnsafeRawBufferPointer) -> Result
  ) -> Result {
    precondition(range.upperBound <= count, "bytes \(range) of a file of \(count)")
    return body(UnsafeRawBufferPointer(rebasing: memory[range]))
  }

  private static func unreadable(_ path: String) -> ModelError {
    ModelError(.unreadable, file: path, problem: "cannot be read: \(String(cString: strerror(errno)))")
  }
}
