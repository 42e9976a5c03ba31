#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

extension Folders {
  /// Moves a finished folder into place in one step, over what was there.
  ///
  /// Everything in it is synced first. A file system that cannot swap two folders replaces the old
  /// one in two steps; killed between them, `Leftovers.clear` brings the old one back.
  public static func publish(_ temporary: String, as path: String) throws(FileError) {
    try syncTree(temporary)
    try place(temporary, as: path)
    try sync(FilePaths.folder(path))
  }

  /// Does the same with a folder that is on the disk, but does not wait until it is there under its new name.
  static func place(_ temporary: String, as path: String) throws(FileError) {
    try make(FilePaths.folder(path))
    if exists(path) {
      if swap(temporary, path) {
        try sync(FilePaths.folder(path))
        try remove(temporary)
      } else {
        try replace(path, by: temporary)
      }
    } else {
      guard rename(temporary, path) == 0 else { throw FileError("make", path) }
    }
  }

  private static func replace(_ path: String, by temporary: String) throws(FileError) {
    let old = Leftovers.name("old", for: path)
    guard rename(path, old) == 0 else { throw FileError("replace", path) }
    guard rename(temporary, path) == 0 else { throw FileError("replace", path) }
    try remove(old)
  }

  private typealias RenameWithFlags =
    @convention(c) (
      Int32, UnsafePointer<CChar>, Int32, UnsafePointer<CChar>, UInt32
    ) -> Int32

  /// Exchanges two folders in one step, where the system can: Linux's `renameat2`.
  private static func swap(_ first: String, _ second: String) -> Bool {
    guard let symbol = dlsym(nil, "renameat2") else { return false }
    let call = unsafeBitCast(symbol, to: RenameWithFlags.self)
    let exchange: UInt32 = 2  // RENAME_EXCHANGE
    return call(AT_FDCWD, first, AT_FDCWD, second, exchange) == 0
  }

  /// Sees to it that all files and folders below a folder are on the disk.
  static func syncTree(_ path: String) throws(FileError) {
    for name in try list(path) {
      let full = "\(path)/\(name)"
      if isRealFolder(full) { try syncTree(full) } else if isRealFile(full) { try sync(full) }
    }
    try sync(path)
  }

  private static func isRealFile(_ path: String) -> Bool {
    var status = stat()
    return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
  }

  /// Sees to it that a file's content or a folder's entries are on the disk.
  public static func sync(_ path: String) throws(FileError) {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw FileError("open", path) }
    defer { close(descriptor) }
    // Some file systems cannot sync a folder; they say EINVAL.
    guard fsync(descriptor) == 0 || errno == EINVAL else { throw FileError("write", path) }
  }
}
