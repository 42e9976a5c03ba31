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
  private var hash: SHA256?
  private static let bufferSize = 1 << 20
  /// Bytes that the disk has not been asked to write.
  private var unwritten = 0
  private static let mostUnwritten = 1 << 22

  /// Begins to write a file, making the folders above it.
  public convenience init(_ path: String) throws(FileError) { try self.init(path, isHashed: true) }

  /// Begins to write a file; `commit` gives an empty text for the hash of one that is not hashed.
  init(_ path: String, isHashed: Bool) throws(FileError) {
    self.path = path
    hash = isHashed ? SHA256() : nil
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
    content.withUnsafeBytes { hash?.update(bufferPointer: $0) }
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
    unwritten += content.count
    if unwritten > Self.mostUnwritten { beginSync() }
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

  private typealias SyncFileRange = @convention(c) (Int32, Int64, Int64, UInt32) -> Int32

  /// Linux's `sync_file_range`, where the system has it.
  private static let syncRange = dlsym(nil, "sync_file_range").map {
    unsafeBitCast($0, to: SyncFileRange.self)
  }

  /// Asks the disk to begin with what was written so far, so that less is left for later.
  private func beginSync() {
    unwritten = 0
    let write: UInt32 = 2  // SYNC_FILE_RANGE_WRITE
    // Only advice: what goes wrong with it, a sync meets again.
    _ = Self.syncRange?(descriptor, 0, 0, write)
  }

  /// Puts the file in place.
  /// - Returns: The SHA-256 of the content in hexadecimal.
  @discardableResult
  public func commit() throws(FileError) -> String { try commit(syncs: true) }

  /// Puts the file in place; one in a folder that is put in place itself need not be synced before that.
  @discardableResult
  func commit(syncs: Bool) throws(FileError) -> String {
    try flush()
    guard !syncs || fsync(descriptor) == 0 else { throw FileError("write", path) }
    close(descriptor)
    descriptor = -1
    guard rename(temporary, path) == 0 else {
      let error = FileError("write", path)
      unlink(temporary)
      throw error
    }
    if syncs { try Folders.sync(FilePaths.folder(path)) }
    return hash.map { ContentHash.hexadecimal($0.finalize()) } ?? ""
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
