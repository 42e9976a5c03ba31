import Stages

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// The bytes of a file, read where they are looked at and nowhere else.
///
/// The file is mapped into memory, privately and for reading alone, so that threads may share it. It must not
/// be cut short meanwhile; package managers put a new file in its place and leave the old one whole. Weights are
/// mapped by `MappedFile` of Tensors, on which this module does not depend.
final class MappedText: @unchecked Sendable {
  /// How many bytes there are.
  let count: Int
  private let base: UnsafeMutableRawPointer?

  /// Maps a file.
  /// - Throws: `FileError` where it is missing, unreadable or a folder.
  init(_ path: String) throws(FileError) {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw FileError("open", path) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw FileError("read", path) }
    if status.st_mode & S_IFMT == S_IFDIR { throw FileError("read", path, code: EISDIR) }
    count = Int(status.st_size)
    guard count > 0 else {
      base = nil
      return
    }
    let address = mmap(nil, count, PROT_READ, MAP_PRIVATE, descriptor, 0)
    guard let address, address != MAP_FAILED else { throw FileError("map", path) }
    base = address
  }

  deinit {
    if let base { munmap(base, count) }
  }

  /// Calls a body with the bytes, which it must not keep.
  @inline(__always)
  func withBytes<Result>(
    _ body: (UnsafeBufferPointer<UInt8>) throws -> Result
  ) rethrows -> Result {
    defer { withExtendedLifetime(self) {} }
    return try body(
      UnsafeBufferPointer(start: base?.assumingMemoryBound(to: UInt8.self), count: count))
  }
}

extension UnsafeBufferPointer<UInt8> {
  /// Where a byte stands first from a place on; nil where it does not before a limit.
  @inline(__always)
  func place(of byte: UInt8, from start: Int, before limit: Int) -> Int? {
    guard start < limit, let base = baseAddress,
      let found = memchr(base + start, Int32(byte), limit - start)
    else { return nil }
    return UnsafeRawPointer(found) - UnsafeRawPointer(base)
  }

  /// Where a line ends: at its line feed, or at the end of the bytes.
  @inline(__always)
  func endOfLine(from start: Int) -> Int { place(of: 0x0A, from: start, before: count) ?? count }

  /// The parts of a line between blanks, each as where it stands; a carriage return is a blank.
  @inline(__always)
  func forEachField(in range: Range<Int>, _ visit: (Range<Int>) -> Bool) {
    var place = range.lowerBound
    while place < range.upperBound {
      if self[place] == 0x20 || self[place] == 0x0D {
        place += 1
        continue
      }
      let start = place
      while place < range.upperBound, self[place] != 0x20, self[place] != 0x0D { place += 1 }
      guard visit(start..<place) else { return }
    }
  }

  /// A decimal number; nil where there is another byte, or none, or too many.
  func number(_ range: Range<Int>) -> Int? {
    guard !range.isEmpty, range.count < 13 else { return nil }
    var number = 0
    for place in range {
      guard Bytes.isDigit(self[place]) else { return nil }
      number = number * 10 + Int(self[place] - 0x30)
    }
    return number
  }

  /// The text of a stretch.
  @inline(__always)
  func text(_ range: Range<Int>) -> String {
    String(decoding: UnsafeBufferPointer(rebasing: self[range]), as: UTF8.self)
  }
}
