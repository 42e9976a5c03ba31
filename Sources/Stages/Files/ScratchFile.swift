#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// A file without a name, for what does not fit in memory; it is gone with the process or before.
package final class ScratchFile: Sendable {
  private let folder: String
  private let descriptor: Int32

  /// Makes an empty file in a folder.
  package init(in folder: String) throws(FileError) {
    self.folder = folder
    descriptor = try Self.open(in: folder)
  }

  /// Opens an empty file without a name for reading and writing; whoever calls closes it.
  package static func open(in folder: String) throws(FileError) -> Int32 {
    let path = "\(folder)/scratch-\(getpid())-\(UInt64.random(in: 0 ... .max))"
    let descriptor = systemOpen(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw FileError("create", path) }
    unlink(path)
    return descriptor
  }

  private static func systemOpen(_ path: String, _ flags: Int32, _ mode: mode_t) -> Int32 {
    #if canImport(Glibc)
      Glibc.open(path, flags, mode)
    #else
      Musl.open(path, flags, mode)
    #endif
  }

  deinit { close(descriptor) }

  /// Writes numbers at a place, which counts numbers too.
  package func write(_ numbers: [UInt64], at place: Int) throws(FileError) {
    let fault = numbers.withUnsafeBytes { bytes in
      Self.whole(bytes.count) { done in
        pwrite(
          descriptor, bytes.baseAddress.map { $0 + done }, bytes.count - done, place * 8 + done)
      }
    }
    if fault { throw FileError("write", folder) }
  }

  /// Reads numbers from a place on.
  package func read(_ count: Int, at place: Int) throws(FileError) -> [UInt64] {
    var fault = false
    let numbers = [UInt64](unsafeUninitializedCapacity: count) { buffer, filled in
      let bytes = UnsafeMutableRawBufferPointer(buffer)
      fault = Self.whole(count * 8) { done in
        pread(descriptor, bytes.baseAddress.map { $0 + done }, count * 8 - done, place * 8 + done)
      }
      filled = fault ? 0 : count
    }
    if fault { throw FileError("read", folder) }
    return numbers
  }

  /// Writes bytes at a place, which counts bytes too.
  package func write(bytes: [UInt8], at place: Int) throws(FileError) {
    let fault = bytes.withUnsafeBytes { bytes in
      Self.whole(bytes.count) { done in
        pwrite(descriptor, bytes.baseAddress.map { $0 + done }, bytes.count - done, place + done)
      }
    }
    if fault { throw FileError("write", folder) }
  }

  /// Reads the bytes of a range.
  package func bytes(_ range: Range<Int>) throws(FileError) -> [UInt8] {
    var fault = false
    let bytes = [UInt8](unsafeUninitializedCapacity: range.count) { buffer, filled in
      let base = buffer.baseAddress
      fault = Self.whole(range.count) { done in
        pread(descriptor, base.map { $0 + done }, range.count - done, range.lowerBound + done)
      }
      filled = fault ? 0 : range.count
    }
    if fault { throw FileError("read", folder) }
    return bytes
  }

  /// Repeats a call until all bytes are done; true where it fails or the file ends.
  private static func whole(_ count: Int, _ call: (Int) -> Int) -> Bool {
    var done = 0
    while done < count {
      let step = call(done)
      if step > 0 { done += step } else if step == 0 || errno != EINTR { return true }
    }
    return false
  }
}
