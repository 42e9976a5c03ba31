#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// A table of fixed size that is read at random places.
///
/// Large ones ask for large pages: with small ones, most reads of a table of several megabytes also
/// wait until the processor has found the page.
///
/// Sharing one between threads is safe as long as nobody writes to it, or every thread to places of its own.
final class LargeTable<Element: BitwiseCopyable>: @unchecked Sendable {
  let base: UnsafeMutablePointer<Element>
  let count: Int

  /// The memory that was taken from the system with the table in it, if it was.
  private let mapping: UnsafeMutableRawBufferPointer?
  private static var page: Int { 1 << 21 }

  /// A table of equal elements.
  init(repeating element: Element, count: Int) {
    let bytes = count * MemoryLayout<Element>.stride
    // Aligned to the large pages, and else to cache lines.
    let raw = UnsafeMutableRawPointer.allocate(
      byteCount: bytes, alignment: bytes >= Self.page ? Self.page : 64)
    Self.advise(raw, bytes)
    base = raw.initializeMemory(as: Element.self, repeating: element, count: count)
    mapping = nil
    self.count = count
  }

  /// A table of elements whose bytes are all zero.
  ///
  /// A large one comes from the system, which gives nothing but zeros, and costs time only where it is used.
  init(zeros count: Int, of zero: Element) {
    let bytes = count * MemoryLayout<Element>.stride
    mapping = bytes >= Self.page ? Self.map(bytes + Self.page) : nil
    if let start = mapping?.baseAddress {
      let raw = start.alignedUp(toMultipleOf: Self.page)
      Self.advise(raw, bytes)
      base = raw.bindMemory(to: Element.self, capacity: count)
    } else {
      let raw = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 64)
      base = raw.initializeMemory(as: Element.self, repeating: zero, count: count)
    }
    self.count = count
  }

  /// Takes memory from the system, or nil where it has none.
  private static func map(_ bytes: Int) -> UnsafeMutableRawBufferPointer? {
    let start = mmap(nil, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
    guard let start, start != MAP_FAILED else { return nil }
    return UnsafeMutableRawBufferPointer(start: start, count: bytes)
  }

  /// Asks for large pages; a refusal costs speed and nothing else.
  private static func advise(_ raw: UnsafeMutableRawPointer, _ bytes: Int) {
    #if os(Linux)
      if bytes >= page { _ = madvise(raw, bytes, Int32(MADV_HUGEPAGE)) }
    #endif
  }

  deinit {
    if let mapping {
      munmap(mapping.baseAddress, mapping.count)
    } else {
      base.deallocate()
    }
  }
}
