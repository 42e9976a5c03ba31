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
/// Sharing one between threads is safe as long as nobody writes to it; whoever writes must be the only owner.
final class LargeTable<Element: BitwiseCopyable>: @unchecked Sendable {
  let base: UnsafeMutablePointer<Element>
  let count: Int

  /// A table of equal elements.
  init(repeating element: Element, count: Int) {
    let bytes = count * MemoryLayout<Element>.stride
    let page = 1 << 21
    // Aligned to the large pages, and else to cache lines.
    let raw = UnsafeMutableRawPointer.allocate(
      byteCount: bytes, alignment: bytes >= page ? page : 64)
    #if os(Linux)
      // A refusal costs speed and nothing else.
      if bytes >= page { _ = madvise(raw, bytes, Int32(MADV_HUGEPAGE)) }
    #endif
    base = raw.initializeMemory(as: Element.self, repeating: element, count: count)
    self.count = count
  }

  deinit { base.deallocate() }
}
