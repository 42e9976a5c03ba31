import Crypto

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
  private var descriptor: Int32
  private var buffer: [UInt8] = []
  private var hash = SHA256()
  private static let bufferSize = 1 << 20

  /// Begins to write a file, making the folders above it.
  public init(_ path: String) throws(FileError) {
    self.path = path
    temporary = Leftovers.name("tmp", for: path)
    try Folders.make(FilePaths.folder(path))
    descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw FileError("create", path) }
  }

  deinit {
    guard descriptor >= 0 else { return }
    close(descriptor)
    unlink(temporary)
  }

  /// Appends bytes.
  public func write(_ bytes: some Sequence<UInt8>) throws(FileError) {
    buffer.append(contentsOf: bytes)
    if buffer.count >= Self.bufferSize { try flush() }
  }

  /// Appends bytes; many at once go to the file without a copy.
  public func write(_ bytes: [UInt8]) throws(FileError) {
    guard bytes.count >= Self.bufferSize / 4 else {
      buffer.append(contentsOf: bytes)
      if buffer.count >= Self.bufferSize { try flush() }
      return
    }
    try flush()
    try put(bytes)
  }

  /// Appends a text.
  public func write(_ text: String) throws(FileError) { try write(text.utf8) }

  private func flush() throws(FileError) {
    try put(buffer)
    buffer.removeAll(keepingCapacity: true)
  }

  private func put(_ content: [UInt8]) throws(FileError) {
    content.withUnsafeBytes { hash.update(bufferPointer: $0) }
    var start = 0
    while start < content.count {
      let written = content.withUnsafeBytes { bytes in
        bytes.baseAddress.map { Self.systemWrite(descriptor, $0 + start, bytes.count - start) } ?? 0
      }
      if written < 0 {
        if errno == EINTR { continue }
        throw FileError("write", path)
      }
      start += written
    }
  }

  private static func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawPointer, _ count: Int)
    -> Int
  {
    #if canImport(Glibc)
      Glibc.write(descriptor, bytes, count)
    #else
      Musl.write(descriptor, bytes, count)
    #endif
  }

  /// Waits until what was written so far is on the disk, so that less is left for `commit`.
  func sync() throws(FileError) {
    guard fdatasync(descriptor) == 0 else { throw FileError("write", path) }
  }

  /// Puts the file in place.
  /// - Returns: The SHA-256 of the content in hexadecimal.
  @discardableResult
  public func commit() throws(FileError) -> String {
    try flush()
    guard fsync(descriptor) == 0 else { throw FileError("write", path) }
    close(descriptor)
    descriptor = -1
    guard rename(temporary, path) == 0 else {
      let error = FileError("write", path)
      unlink(temporary)
      throw error
    }
    try Folders.sync(FilePaths.folder(path))
    return ContentHash.hexadecimal(hash.finalize())
  }

  /// Writes a whole file at once.
  @discardableResult
  public static func write(_ bytes: some Sequence<UInt8>, to path: String) throws(FileError)
    -> String
  {
    let file = try AtomicFile(path)
    try file.write(bytes)
    return try file.commit()
  }
}
