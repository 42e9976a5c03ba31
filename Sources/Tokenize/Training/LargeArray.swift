#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

extension Array where Element: BitwiseCopyable {
  /// An array of equal elements that is read at random places.
  ///
  /// Large ones ask for large pages before they are written: with small ones, most reads of an array
  /// of many megabytes also wait until the processor has found the page.
  static func large(repeating element: Element, count: Int) -> [Element] {
    [Element](unsafeUninitializedCapacity: count) { buffer, initialized in
      #if os(Linux)
        adviseLargePages(UnsafeMutableRawBufferPointer(buffer))
      #endif
      buffer.initialize(repeating: element)
      initialized = count
    }
  }

  #if os(Linux)
    /// Asks for large pages inside a buffer; a refusal costs speed and nothing else.
    private static func adviseLargePages(_ buffer: UnsafeMutableRawBufferPointer) {
      let (page, large) = (1 << 12, 1 << 21)
      guard let base = buffer.baseAddress, buffer.count >= 2 * large else { return }
      let unaligned = Int(bitPattern: base) & (page - 1)
      let skipped = unaligned == 0 ? 0 : page - unaligned
      _ = madvise(base + skipped, buffer.count - skipped, Int32(MADV_HUGEPAGE))
    }
  #endif
}
