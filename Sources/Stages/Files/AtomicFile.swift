#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Writes a file so that at any moment either the old or the whole new content is there.
///
/// The content goes to a temporary file beside the target, which is synced and renamed by `commit`.
/// A writer that is dropped without `commit` leaves no trace; what a killed process leaves behind is
/// removed by `Leftovers.clear`. Several writers of one file do not disturb each other: the last
/// `commit` wins.
public final class AtomicFile {
  private let path: String
  private let temporary: String
  private let file: OutputFile
  private var isCommitted = false

  /// Begins to write a file, making the folders above it.
  public convenience init(_ path: String) throws(FileError) { try self.init(path, isHashed: true) }

  /// Begins to write a file; `commit` gives an empty text for the hash of one that is not hashed.
  init(_ path: String, isHashed: Bool) throws(FileError) {
    self.path = path
    temporary = Leftovers.name("tmp", for: path)
    try Folders.make(FilePaths.folder(path))
    file = try OutputFile(temporary, named: path, isHashed: isHashed)
  }

  deinit { if !isCommitted { unlink(temporary) } }

  /// Appends bytes.
  public func write(_ bytes: some Sequence<UInt8>) throws(FileError) { try file.write(bytes) }

  /// Appends bytes; many at once go to the file without a copy.
  public func write(_ bytes: [UInt8]) throws(FileError) { try file.write(bytes) }

  /// Appends a text.
  public func write(_ text: String) throws(FileError) { try file.write(text.utf8) }

  /// Puts the file in place.
  /// - Returns: The SHA-256 of the content in hexadecimal.
  @discardableResult
  public func commit() throws(FileError) -> String { try commit(syncs: true) }

  /// Puts the file in place; one in a folder that is put in place itself need not be synced before that.
  @discardableResult
  func commit(syncs: Bool) throws(FileError) -> String {
    try file.close(syncs: syncs)
    guard rename(temporary, path) == 0 else {
      let error = FileError("write", path)
      unlink(temporary)
      throw error
    }
    isCommitted = true
    if syncs { try Folders.sync(FilePaths.folder(path)) }
    return file.digest
  }

  /// Writes a whole file at once.
  @discardableResult
  public static func write(_ bytes: some Sequence<UInt8>, to path: String) throws(FileError)
    -> String
  {
    try write(bytes, to: path, syncs: true)
  }

  /// Writes a whole file at once; see `commit`.
  @discardableResult
  static func write(
    _ bytes: some Sequence<UInt8>, to path: String, syncs: Bool
  ) throws(FileError) -> String {
    let file = try AtomicFile(path)
    try file.write(bytes)
    return try file.commit(syncs: syncs)
  }
}
