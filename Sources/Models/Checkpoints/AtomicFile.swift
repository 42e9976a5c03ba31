#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// A file that appears whole or not at all: written beside its place, synced, then renamed.
package struct AtomicFile: ~Copyable {
  private let path: String
  private let temporary: String
  private let descriptor: Int32
  private var isOpen = true

  /// Starts a file; nothing is seen at `path` before `commit`.
  package init(_ path: String) throws(ModelError) {
    self.path = path
    temporary = "\(path).\(getpid()).partial"
    descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw Self.failure(path) }
  }

  /// Appends bytes.
  /// - Throws: `ModelError.unwritable` with the system's reason, such as a full disk.
  package func write(_ bytes: UnsafeRawBufferPointer) throws(ModelError) {
    var done = 0
    while done < bytes.count {
      let written = Self.systemWrite(
        descriptor, UnsafeRawBufferPointer(rebasing: bytes[done...]))
      if written < 0 && errno == EINTR { continue }
      guard written > 0 else { throw Self.failure(path) }
      done += written
    }
  }

  /// Syncs the file and puts it in its place, over an older one if there is one.
  package consuming func commit() throws(ModelError) {
    guard fsync(descriptor) == 0 else { throw Self.failure(path) }
    isOpen = false
    guard close(descriptor) == 0, rename(temporary, path) == 0 else { throw Self.failure(path) }
    Self.syncFolder(of: path)
  }

  deinit {
    if isOpen {
      close(descriptor)
      unlink(temporary)
    }
  }

  /// Writes a whole file atomically.
  package static func write(_ bytes: [UInt8], to path: String) throws(ModelError) {
    let file = try AtomicFile(path)
    var failure: ModelError?
    bytes.withUnsafeBytes { buffer in
      do throws(ModelError) { try file.write(buffer) } catch { failure = error }
    }
    if let failure { throw failure }
    try file.commit()
  }

  /// Makes the names in a file's folder durable; a file system that cannot is left alone.
  package static func syncFolder(of path: String) {
    let folder = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
    let descriptor = open(folder.isEmpty ? "/" : folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { return }
    fsync(descriptor)
    close(descriptor)
  }

  private static func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
    #if canImport(Glibc)
      Glibc.write(descriptor, bytes.baseAddress, bytes.count)
    #else
      Musl.write(descriptor, bytes.baseAddress, bytes.count)
    #endif
  }

  private static func failure(_ path: String) -> ModelError {
    ModelError(
      .unwritable, file: path, problem: "cannot be written: \(String(cString: strerror(errno)))",
      remedy: errno == ENOSPC ? "Free some space and run again; finished work is kept." : "")
  }
}
