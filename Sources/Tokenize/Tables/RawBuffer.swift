/// A growing buffer without the checks that `Array` makes at every access.
///
/// Room is asked for once and then written to without questions, which is what the loops over words need:
/// whoever writes has called `reserve` before, for at least as many elements.
struct RawBuffer<Element: BitwiseCopyable>: ~Copyable {
  private(set) var base: UnsafeMutablePointer<Element>
  private var capacity: Int
  /// The number of elements.
  private(set) var count = 0

  init(capacity: Int = 16) {
    self.capacity = max(capacity, 1)
    base = .allocate(capacity: self.capacity)
  }

  deinit { base.deallocate() }

  /// Makes room for `more` elements behind the last one.
  @inline(__always)
  mutating func reserve(_ more: Int) {
    if capacity - count < more { grow(more) }
  }

  @inline(never)
  private mutating func grow(_ more: Int) {
    let larger = max(capacity * 2, count + more)
    let moved = UnsafeMutablePointer<Element>.allocate(capacity: larger)
    moved.update(from: base, count: count)
    base.deallocate()
    base = moved
    capacity = larger
  }

  /// Where the next element is to be written.
  @inline(__always)
  var next: UnsafeMutablePointer<Element> { base + count }

  /// Takes `written` elements, which stand at `next`, into the buffer.
  @inline(__always)
  mutating func advance(_ written: Int) {
    count += written
    // What was written without room has done its harm; this finds it in tests.
    precondition(count <= capacity, "\(count) elements in a buffer for \(capacity)")
  }

  /// Appends an element.
  @inline(__always)
  mutating func append(_ element: Element) {
    reserve(1)
    base[count] = element
    count += 1
  }

  mutating func append(_ elements: UnsafeBufferPointer<Element>) {
    guard let source = elements.baseAddress else { return }
    reserve(elements.count)
    next.update(from: source, count: elements.count)
    advance(elements.count)
  }

  /// Forgets all elements behind the first `kept`, and keeps the room.
  mutating func truncate(to kept: Int) {
    precondition(kept <= count, "\(kept) of \(count) elements cannot be kept")
    count = kept
  }

  /// Forgets all elements, and the room for them if that is more than `most`.
  mutating func restart(keeping most: Int) {
    if capacity > most { self = RawBuffer() }
    count = 0
  }

  /// The elements, for as long as nothing is added.
  var elements: UnsafeBufferPointer<Element> { UnsafeBufferPointer(start: base, count: count) }

  /// The elements as an array of their own.
  func array() -> [Element] { Array(elements) }
}
