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
/// Sharing one between threads is safe as long as nobody writes to it, or every thread to places of its own, or by atomic operations.
final class LargeTable<Element: BitwiseCopyable>: @unchecked Sendable {
  let base: UnsafeMutablePointer<Element>
  let count: Int

  /// Where the table is given back, if that is not the heap.
  private let origin: Origin

  private enum Origin {
    case heap
    case system(UnsafeMutableRawBufferPointer)
    case reserve(MemoryReserve, MemoryReserve.Piece)
  }

  private static var page: Int { MemoryReserve.page }

  /// A table of equal elements.
  init(repeating element: Element, count: Int) {
    let raw = Self.heap(count)
    base = raw.initializeMemory(as: Element.self, repeating: element, count: count)
    origin = .heap
    self.count = count
  }

  /// Room on the heap, aligned to the large pages, and else to cache lines.
  private static func heap(_ count: Int) -> UnsafeMutableRawPointer {
    let bytes = count * MemoryLayout<Element>.stride
    let raw = UnsafeMutableRawPointer.allocate(
      byteCount: bytes, alignment: bytes >= page ? page : 64)
    LargePages.advise(raw, bytes)
    return raw
  }

  /// A table of elements whose bytes are all zero.
  ///
  /// A large one comes from the system, which gives nothing but zeros, and costs time only where it is used.
  ///
  /// - Parameters:
  ///   - usesLargePages: Whether most of it will be used; else it costs memory only where it is.
  ///   - isReady: Whether the large pages are prepared at once: threads that meet a new one at the same time would each
  ///     prepare it, and a page that is read first is prepared twice.
  init(zeros count: Int, of zero: Element, usesLargePages: Bool = true, isReady: Bool = false) {
    let bytes = count * MemoryLayout<Element>.stride
    if bytes >= Self.page, let mapping = Self.map(bytes + Self.page),
      let start = mapping.baseAddress
    {
      let raw = start.alignedUp(toMultipleOf: Self.page)
      if usesLargePages { LargePages.advise(raw, bytes) }
      if isReady {
        for place in stride(from: 0, to: bytes, by: Self.page) {
          raw.storeBytes(of: 0, toByteOffset: place, as: UInt8.self)
        }
      }
      base = raw.bindMemory(to: Element.self, capacity: count)
      origin = .system(mapping)
    } else {
      let raw = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 64)
      base = raw.initializeMemory(as: Element.self, repeating: zero, count: count)
      origin = .heap
    }
    self.count = count
  }

  /// A table that is large by turns with others, which hand their memory on to one another.
  ///
  /// - Parameter zero: What all elements are at first, an element whose bytes are all zero; without it they are
  ///   whatever the memory holds.
  init(_ count: Int, of zero: Element?, from reserve: MemoryReserve) {
    let bytes = count * MemoryLayout<Element>.stride
    if bytes >= Self.page, let piece = reserve.take(bytes, zeros: zero != nil) {
      base = piece.start.bindMemory(to: Element.self, capacity: count)
      if zero != nil, !piece.isNew { memset(piece.start, 0, bytes) }
      origin = .reserve(reserve, piece)
    } else {
      base = Self.heap(count).bindMemory(to: Element.self, capacity: count)
      if let zero { base.initialize(repeating: zero, count: count) }
      origin = .heap
    }
    self.count = count
  }

  /// Takes memory from the system, or nil where it has none.
  private static func map(_ bytes: Int) -> UnsafeMutableRawBufferPointer? {
    let start = mmap(nil, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
    guard let start, start != MAP_FAILED else { return nil }
    return UnsafeMutableRawBufferPointer(start: start, count: bytes)
  }

  deinit {
    switch origin {
    case .heap: base.deallocate()
    case .system(let mapping): munmap(mapping.baseAddress, mapping.count)
    case .reserve(let reserve, let piece): reserve.give(piece)
    }
  }
}
