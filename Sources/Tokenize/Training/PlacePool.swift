/// Room for lists of places that grows without moving what is there, and is given back when it is empty.
struct PlacePool {
  /// So many places in one block; longer lists have a block of their own.
  private static let blockSize = 1 << 20

  private var blocks: [LargeTable<Int32>?] = []
  /// Where each block begins.
  ///
  /// Writing to a block asks no questions, of which `Array` has several: lists lie inside their blocks, and
  /// a block is given back when no list has places in it.
  private var bases: [UnsafeMutablePointer<Int32>] = []
  /// The places of each block that are in use.
  private var used: [Int] = []
  /// The block that new lists are put into, and how much of it is taken.
  private var current = -1
  private var filled = 0

  /// A list of places.
  struct List {
    var block: Int32 = -1
    var start: Int32 = 0
    var count: Int32 = 0
  }

  /// Room for so many places.
  mutating func room(for count: Int) -> List {
    guard count > 0 else { return List() }
    if current < 0 || filled + count > blocks[current]?.count ?? 0 { addBlock(for: count) }
    defer { filled += count }
    used[current] += count
    return List(block: Int32(current), start: Int32(filled), count: Int32(count))
  }

  private mutating func addBlock(for count: Int) {
    let last = current
    current = blocks.count
    if last >= 0 { release(last) }
    let block = LargeTable<Int32>(repeating: 0, count: max(count, Self.blockSize))
    bases.append(block.base)
    blocks.append(block)
    used.append(0)
    filled = 0
  }

  /// Gives the room of a list back.
  mutating func free(_ list: List) {
    guard list.count > 0 else { return }
    used[Int(list.block)] -= Int(list.count)
    release(Int(list.block))
  }

  private mutating func release(_ block: Int) {
    if used[block] == 0, block != current { blocks[block] = nil }
  }

  @inline(__always)
  mutating func write(_ place: Int32, at index: Int32, of block: Int32) {
    bases[Int(block)][Int(index)] = place
  }

  /// Copies a list to the beginning of another one.
  mutating func copy(_ list: List, to other: List) {
    guard list.count > 0 else { return }
    (bases[Int(other.block)] + Int(other.start)).update(
      from: bases[Int(list.block)] + Int(list.start), count: Int(list.count))
  }

  mutating func sort(_ list: List) {
    var places = elements(of: list)
    places.sort()
  }

  /// Lends a list.
  @inline(__always)
  func lend(_ list: List, _ body: (borrowing Span<Int32>) -> Void) {
    body(UnsafeBufferPointer(elements(of: list)).span)
  }

  @inline(__always)
  private func elements(of list: List) -> UnsafeMutableBufferPointer<Int32> {
    guard list.count > 0 else { return UnsafeMutableBufferPointer(start: nil, count: 0) }
    return UnsafeMutableBufferPointer(
      start: bases[Int(list.block)] + Int(list.start), count: Int(list.count))
  }
}
