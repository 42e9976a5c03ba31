#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// A file operation that failed, and what to do about it.
public struct FileError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What was tried: "open", "write".
  public let operation: String
  /// The file.
  public let path: String
  /// The system's error number.
  public let code: Int32

  /// A failure with the system's current error number.
  public init(_ operation: String, _ path: String, code: Int32? = nil) {
    self.operation = operation
    self.path = path
    self.code = code ?? errno
  }

  /// What to do about it, for the errors that people meet.
  public var remedy: String? {
    switch code {
    case ENOENT: "check the path"
    case EACCES, EPERM, EROFS: "check the permissions"
    case ENOSPC, EDQUOT: "the disk is full: free space, then run again to continue"
    case EISDIR: "name a file, or a pattern such as 'folder/*.jsonl'"
    case EWOULDBLOCK: "another process is at work there: wait for it, or name another folder"
    case EMFILE, ENFILE: "too many files are open: raise 'ulimit -n'"
    default: nil
    }
  }

  /// `PATH: cannot open: No such file or directory (check the path)`.
  public var description: String {
    let reason = String(cString: strerror(code))
    return "\(path): cannot \(operation): \(reason)" + (remedy.map { " (\($0))" } ?? "")
  }
}
