#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// A file that is written from its beginning to its end, and may be read meanwhile.
///
/// Nothing waits for it to be on the disk until `sync` is called; a kill leaves what was written.
package final class GrowingFile {
  private let path: String
  private let descriptor: Int32

  /// Makes an empty file where there is none; the folder is there.
  /// - Parameter isPrivate: Whether no one else may read it.
  package init(_ path: String, isPrivate: Bool) throws(FileError) {
    self.path = path
    descriptor = open(
      path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, isPrivate ? 0o600 : 0o644)
    guard descriptor >= 0 else { throw FileError("create", path) }
  }

  deinit { close(descriptor) }

  /// Appends bytes, which may be read at once.
  package func write(_ bytes: [UInt8]) throws(FileError) {
    var done = 0
    while done < bytes.count {
      let step = bytes.withUnsafeBytes { Self.append($0.dropFirst(done), to: descriptor) }
      if step > 0 {
        done += step
      } else if step < 0, errno != EINTR {
        throw FileError("write", path)
      }
    }
  }

  /// Waits until what was written is on the disk.
  package func sync() throws(FileError) {
    guard fsync(descriptor) == 0 else { throw FileError("write", path) }
  }

  private static func append(_ bytes: Slice<UnsafeRawBufferPointer>, to descriptor: Int32) -> Int {
    let bytes = UnsafeRawBufferPointer(rebasing: bytes)
    #if canImport(Glibc)
      return Glibc.write(descriptor, bytes.baseAddress, bytes.count)
    #else
      return Musl.write(descriptor, bytes.baseAddress, bytes.count)
    #endif
  }
}
