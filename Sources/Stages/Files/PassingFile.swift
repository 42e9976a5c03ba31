#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// A file that is needed as long as the process runs: nothing waits for it to be on the disk.
package final class PassingFile {
  private let path: String
  private let descriptor: Int32

  /// Makes an empty file that no one else may read; the folder is there.
  package init(_ path: String) throws(FileError) {
    self.path = path
    descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
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

  private static func append(_ bytes: Slice<UnsafeRawBufferPointer>, to descriptor: Int32) -> Int {
    let bytes = UnsafeRawBufferPointer(rebasing: bytes)
    #if canImport(Glibc)
      return Glibc.write(descriptor, bytes.baseAddress, bytes.count)
    #else
      return Musl.write(descriptor, bytes.baseAddress, bytes.count)
    #endif
  }
}
