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
    guard Self.take(descriptor) else { throw FileError("lock", folder, code: EWOULDBLOCK) }
  }

  /// Takes a lock; false where another process holds it.
  ///
  /// One that only asks holds it too, for microseconds, so it is tried for a tenth of a second.
  private static func take(_ descriptor: Int32) -> Bool {
    for _ in 0..<20 {
      if flock(descriptor, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK { return true }
      usleep(5000)
    }
    return false
  }

  /// Whether a process, this one too, works in a folder.
  /// - Returns: nil where there is no lock to ask, or the file system has none.
  package static func isHeld(_ folder: String) -> Bool? {
    let descriptor = open("\(folder)/.lock", O_RDONLY | O_NONBLOCK | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    guard flock(descriptor, LOCK_SH | LOCK_NB) == 0 else {
      return errno == EWOULDBLOCK ? true : nil
    }
    flock(descriptor, LOCK_UN)
    return false
  }

  deinit {
    guard descriptor >= 0 else { return }
    // Closing is not enough: a child that is just being started shares the lock until it runs.
    flock(descriptor, LOCK_UN)
    close(descriptor)
  }
}
