import CKernels

/// Room for lists of places that grows without moving what is there, and is used again when it is empty.
struct PlacePool: ~Copyable {
  /// So many places in one block; longer lists have a block of their own.
  private static let blockSize = 1 << 20

  private let reserve: MemoryReserve
  private var blocks: [LargeTable<Int32>?] = []
  /// Where each block begins.
  ///
  /// Writing to a block asks no questions, of which `Array` has several: lists lie inside their blocks, and
  /// a block is given back when no list has places in it.
  private var bases = RawBuffer<UnsafeMutablePointer<Int32>>()
  /// The places of each block that are in use.
  private var used: [Int] = []
  /// Blocks of the usual size without lists: taking new memory costs more than all else that is done with it.
  private var free: [Int] = []
  /// The block that new lists are put into, and how much of it is taken.
  private var current = -1
  private var filled = 0

  /// A list of places.
  struct List: BitwiseCopyable {
    var block: Int32 = -1
    var start: Int32 = 0
    var count: Int32 = 0
  }

  init(from reserve: MemoryReserve) { self.reserve = reserve }

  /// Room for so many places.
  mutating func room(for count: Int) -> List {
    guard count > 0 else { return List() }
    if count > Self.blockSize { return ownBlock(for: count) }
    if current < 0 || filled + count > Self.blockSize { changeBlock() }
    defer { filled += count }
    used[current] += count
    return List(block: Int32(current), start: Int32(filled), count: Int32(count))
  }

  private mutating func ownBlock(for count: Int) -> List {
    let block = addBlock(count)
    used[block] = count
    return List(block: Int32(block), start: 0, count: Int32(count))
  }

  private mutating func changeBlock() {
    let last = current
    current = free.popLast() ?? addBlock(Self.blockSize)
    filled = 0
    if last >= 0 { release(last) }
  }

  private mutating func addBlock(_ count: Int) -> Int {
    let block = LargeTable<Int32>(count, of: nil, from: reserve)
    bases.append(block.base)
    blocks.append(block)
    used.append(0)
    return blocks.count - 1
  }

  /// Gives the room of a list back.
  mutating func free(_ list: List) {
    guard list.count > 0 else { return }
    used[Int(list.block)] -= Int(list.count)
    release(Int(list.block))
  }

  private mutating func release(_ block: Int) {
    guard used[block] == 0, block != current, let table = blocks[block] else { return }
    if table.count == Self.blockSize { free.append(block) } else { blocks[block] = nil }
  }

  /// Where the next place of a list goes.
  @inline(__always)
  func end(of list: List) -> UnsafeMutablePointer<Int32>? {
    list.block >= 0 ? bases.base[Int(list.block)] + Int(list.start + list.count) : nil
  }

  /// Asks for the first places of a list.
  @inline(__always)
  func expect(_ list: List) {
    if list.block >= 0 { anneal_prefetch(bases.base[Int(list.block)] + Int(list.start)) }
  }

  /// Copies a list to the beginning of another one.
  mutating func copy(_ list: List, to other: List) {
    guard list.count > 0 else { return }
    (bases.base[Int(other.block)] + Int(other.start)).update(
      from: bases.base[Int(list.block)] + Int(list.start), count: Int(list.count))
  }

  mutating func sort(_ list: List) {
    var places = UnsafeMutableBufferPointer(mutating: elements(of: list))
    places.sort()
  }

  /// The places of a list, until more room is asked for or given back.
  @inline(__always)
  func elements(of list: List) -> UnsafeBufferPointer<Int32> {
    guard list.count > 0 else { return UnsafeBufferPointer(start: nil, count: 0) }
    return UnsafeBufferPointer(
      start: bases.base[Int(list.block)] + Int(list.start), count: Int(list.count))
  }
}
