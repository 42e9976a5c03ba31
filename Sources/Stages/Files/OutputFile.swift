import Crypto

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// A file that is written from its beginning to its end through a buffer, and hashed on the way where that
/// is wished.
final class OutputFile {
  /// The file as faults name it.
  private let name: String
  private var descriptor: Int32
  private var buffer: [UInt8] = []
  private var hash: SHA256?
  /// The bytes so far, those in the buffer too.
  private(set) var size = 0
  private static let bufferSize = 1 << 20

  /// Begins a file, over what is there.
  init(_ path: String, named name: String, isHashed: Bool) throws(FileError) {
    self.name = name
    hash = isHashed ? SHA256() : nil
    descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw FileError("create", name) }
  }

  /// Goes on with a file behind its first `size` bytes; what lies behind those is cut off.
  ///
  /// - Parameter known: The hash that those bytes must have; nil for a file that is not hashed.
  /// - Returns: nil, the file being as it was, where it is shorter or has other bytes.
  init?(goingOn path: String, from size: Int, known: String?) throws(FileError) {
    name = path
    self.size = size
    descriptor = -1
    guard let found = Folders.sizeOfFile(path), found >= size else { return nil }
    if let known {
      let hash = try ContentHash.state(ofFirst: size, of: path)
      guard ContentHash.hexadecimal(hash.finalize()) == known else { return nil }
      self.hash = hash
    }
    descriptor = open(path, O_WRONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw FileError("open", path) }
    guard ftruncate(descriptor, off_t(size)) == 0,
      lseek(descriptor, off_t(size), SEEK_SET) == off_t(size)
    else { throw FileError("write", path) }
  }

  deinit { if descriptor >= 0 { Self.systemClose(descriptor) } }

  /// The hash of the bytes so far; empty where they are not hashed, and without those in the buffer.
  var digest: String { hash.map { ContentHash.hexadecimal($0.finalize()) } ?? "" }

  /// Appends bytes.
  func write(_ bytes: some Sequence<UInt8>) throws(FileError) {
    let before = buffer.count
    buffer.append(contentsOf: bytes)
    size += buffer.count - before
    if buffer.count >= Self.bufferSize { try flush() }
  }

  /// Appends bytes; many at once go to the file without a copy.
  func write(_ bytes: [UInt8]) throws(FileError) {
    size += bytes.count
    guard bytes.count >= Self.bufferSize / 4 else {
      buffer.append(contentsOf: bytes)
      if buffer.count >= Self.bufferSize { try flush() }
      return
    }
    try flush()
    try put(bytes)
  }

  /// Hands what is in the buffer to the system: a kill of the process then loses nothing.
  func flush() throws(FileError) {
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
        throw FileError("write", name)
      }
      start += written
    }
  }

  /// Writes what is in the buffer and closes the file.
  /// - Parameter syncs: Whether to wait until all is on the disk.
  func close(syncs: Bool) throws(FileError) {
    try flush()
    guard !syncs || fsync(descriptor) == 0 else { throw FileError("write", name) }
    Self.systemClose(descriptor)
    descriptor = -1
  }

  private static func systemClose(_ descriptor: Int32) {
    #if canImport(Glibc)
      _ = Glibc.close(descriptor)
    #else
      _ = Musl.close(descriptor)
    #endif
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
  func beginSync() {
    let write: UInt32 = 2  // SYNC_FILE_RANGE_WRITE
    // Only advice: what goes wrong with it, a sync meets again.
    _ = Self.syncRange?(descriptor, 0, 0, write)
  }
}
