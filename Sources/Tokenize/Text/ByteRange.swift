/// A range of bytes, half open, in 32 bits a side: texts are limited to 2 GiB.
struct ByteRange: Sendable, Hashable {
  var start: Int32
  var end: Int32

  @inline(__always)
  init(_ start: Int, _ end: Int) {
    self.start = Int32(truncatingIfNeeded: start)
    self.end = Int32(truncatingIfNeeded: end)
  }

  var isEmpty: Bool { start == end }
  var indices: Range<Int> { Int(start)..<Int(end) }
}
