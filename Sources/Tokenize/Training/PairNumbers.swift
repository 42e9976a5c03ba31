import CKernels

/// The numbers of pairs of symbols, from 0 in the order they came.
struct PairNumbers: ~Copyable, Sendable {
  private struct Entry: BitwiseCopyable {
    var left: Int32
    var right: Int32
    /// One more than the number; 0 where the entry is free.
    var next: Int32
  }

  /// Those of the symbols that words begin as, by left and right; -1 for none.
  private var square: [Int32]
  private let side: Int32
  /// All others in open addressing.
  private var entries: LargeTable<Entry>
  private var filled = 0
  /// The number of pairs.
  private(set) var count: Int32 = 0

  private static let longestSide = 1024

  private let reserve: MemoryReserve

  private static func empty(_ count: Int, from reserve: MemoryReserve) -> LargeTable<Entry> {
    LargeTable(count, of: Entry(left: 0, right: 0, next: 0), from: reserve)
  }

  init(alphabet: Int, from reserve: MemoryReserve) {
    self.reserve = reserve
    entries = Self.empty(1 << 12, from: reserve)
    side = Int32(min(alphabet, Self.longestSide))
    square = [Int32](repeating: -1, count: Int(side) * Int(side))
  }

  /// Asks for the place where a pair is looked for.
  @inline(__always)
  func expect(_ left: Int32, _ right: Int32) {
    if left < side, right < side { return }
    anneal_prefetch(entries.base + first(for: left, right))
  }

  /// The number of a pair, or -1.
  @inline(__always)
  subscript(left: Int32, right: Int32) -> Int32 {
    if left < side, right < side { return square[Int(left) * Int(side) + Int(right)] }
    return entries.base[place(of: left, right)].next - 1
  }

  /// The number of a pair, and whether it is new.
  @inline(__always)
  mutating func number(_ left: Int32, _ right: Int32) -> (number: Int32, isNew: Bool) {
    if left < side, right < side {
      let place = Int(left) * Int(side) + Int(right)
      if square[place] >= 0 { return (square[place], false) }
      square[place] = count
    } else {
      let place = place(of: left, right)
      let known = entries.base[place].next
      if known > 0 { return (known - 1, false) }
      entries.base[place] = Entry(left: left, right: right, next: count + 1)
      filled += 1
      if filled * 8 > entries.count * 5 { grow() }
    }
    count += 1
    return (count - 1, true)
  }

  @inline(__always)
  private func first(for left: Int32, _ right: Int32) -> Int {
    let key = UInt64(UInt32(bitPattern: left)) << 32 | UInt64(UInt32(bitPattern: right))
    return Int(truncatingIfNeeded: ByteHash.mix(key)) & (entries.count - 1)
  }

  @inline(__always)
  private func place(of left: Int32, _ right: Int32) -> Int {
    let mask = entries.count - 1
    var place = first(for: left, right)
    while true {
      let entry = entries.base[place]
      if entry.next == 0 || (entry.left == left && entry.right == right) { return place }
      place = (place + 1) & mask
    }
  }

  private mutating func grow() {
    let old = entries
    entries = Self.empty(old.count * 2, from: reserve)
    for index in 0..<old.count where old.base[index].next > 0 {
      let entry = old.base[index]
      entries.base[place(of: entry.left, entry.right)] = entry
    }
  }
}
