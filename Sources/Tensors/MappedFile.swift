internal import Glibc

/// A file mapped into memory, for checkpoints that are read without copying.
///
/// The mapping is private: nothing written through a tensor reaches the file. It lives as long as
/// a tensor made from it. Safe to share because its contents are never written.
public final class MappedFile: @unchecked Sendable {
  /// The file's size in bytes.
  public let count: Int
  private let base: UnsafeMutableRawPointer?

  /// Maps the file at `path`, or throws the system's reason.
  public init(path: String) throws(MappingError) {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw MappingError(path: path, code: errno) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw MappingError(path: path, code: errno) }
    count = Int(status.st_size)
    guard count > 0 else {
      base = nil
      return
    }
    let address = mmap(nil, count, PROT_READ, MAP_PRIVATE, descriptor, 0)
    guard let address, address != MAP_FAILED else { throw MappingError(path: path, code: errno) }
    base = address
  }

  deinit {
    if let base { munmap(base, count) }
  }

  /// Calls `body` with the file's bytes.
  public func withBytes<Result, Failure: Error>(
    _ body: (RawSpan) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try body(UnsafeRawBufferPointer(start: base, count: count).bytes)
  }

  /// Gives back the whole pages of a part that was read; the next read fetches them again.
  func forget(_ start: UnsafeMutableRawPointer, bytes: Int) {
    let page = Int(sysconf(Int32(_SC_PAGESIZE)))
    let first = (Int(bitPattern: start) + page - 1) / page * page
    let last = (Int(bitPattern: start) + bytes) / page * page
    guard last > first, let address = UnsafeMutableRawPointer(bitPattern: first) else { return }
    madvise(address, last - first, MADV_DONTNEED)
  }

  /// The address of `count` values at `offset`; nil where they are not aligned to 4 bytes.
  func floats(at offset: Int, count: Int) -> UnsafeMutablePointer<Float>? {
    guard offset % 4 == 0, let address = address(at: offset, count: count * 4) else { return nil }
    return address.assumingMemoryBound(to: Float.self)
  }

  /// The address of `count` bytes at `offset`; nil in an empty file.
  func address(at offset: Int, count: Int) -> UnsafeMutableRawPointer? {
    precondition(
      offset >= 0 && count >= 0 && offset <= self.count && count <= self.count - offset,
      "\(count) bytes at byte \(offset) lie outside a file of \(self.count) bytes")
    return base.map { $0 + offset }
  }
}

/// Why a file could not be mapped.
public struct MappingError: Error, CustomStringConvertible {
  /// The file.
  public let path: String
  /// The system's error number.
  public let code: Int32

  /// The file and the system's words.
  public var description: String { "\(path): \(String(cString: strerror(code)))" }
}
