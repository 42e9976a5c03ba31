#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Keeps other processes from working in a folder, until it is dropped or the process ends.
public final class FolderLock {
  private let descriptor: Int32

  /// Locks a folder, making it where it is missing.
  /// - Throws: `FileError` with code `EWOULDBLOCK` where another process holds it.
  public init(_ folder: String) throws(FileError) {
    try Folders.make(folder)
    descriptor = open("\(folder)/.lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw FileError("lock", folder) }
    // Some network file systems have no locks; there, as everywhere, the rest is the user's care.
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK else {
      throw FileError("lock", folder, code: EWOULDBLOCK)
    }
  }

  deinit {
    guard descriptor >= 0 else { return }
    // Closing is not enough: a child that is just being started shares the lock until it runs.
    flock(descriptor, LOCK_UN)
    close(descriptor)
  }
}
