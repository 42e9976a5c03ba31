package import Stages

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Bytes that are read in any order: a file, or what lies in memory.
package protocol ByteSource: AnyObject {
  /// How many bytes there are.
  var count: Int { get }
  /// The bytes of a range that lies within them.
  func read(_ range: Range<Int>) throws(FileError) -> [UInt8]
}

/// A file on the disk.
package final class FileSource: ByteSource {
  private let path: String
  private let descriptor: Int32
  package let count: Int

  /// Opens a file.
  package init(_ path: String) throws(FileError) {
    self.path = path
    descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw FileError("open", path) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw FileError("read", path) }
    count = Int(status.st_size)
  }

  deinit { close(descriptor) }

  package func read(_ range: Range<Int>) throws(FileError) -> [UInt8] {
    var code: Int32?
    let bytes = [UInt8](unsafeUninitializedCapacity: range.count) { buffer, filled in
      while filled < range.count {
        let got = pread(
          descriptor, buffer.baseAddress.map { $0 + filled }, range.count - filled,
          off_t(range.lowerBound + filled))
        if got < 0, errno == EINTR { continue }
        // A file that became shorter is as bad as one that cannot be read.
        guard got > 0 else {
          code = got < 0 ? errno : EIO
          return
        }
        filled += got
      }
    }
    if let code { throw FileError("read", path, code: code) }
    return bytes
  }
}

/// Bytes in memory, such as a file of an archive.
package final class MemorySource: ByteSource {
  private let bytes: [UInt8]

  package init(_ bytes: [UInt8]) { self.bytes = bytes }

  package var count: Int { bytes.count }

  package func read(_ range: Range<Int>) throws(FileError) -> [UInt8] { Array(bytes[range]) }
}
