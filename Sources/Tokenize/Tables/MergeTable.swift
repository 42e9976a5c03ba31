import CKernels

/// The merges of a model by the pairs of ids that they join, in open addressing.
///
/// A place is one number, the pair in its upper 40 bits and the rank in its lower 24; what a merge makes is
/// only asked for once it is the best. Four places make a bucket, half a cache line, which is compared
/// without branches: whether a pair is known cannot be foreseen. Copies share the places; a table is filled
/// by the one who made it, before anyone else has it.
struct MergeTable: Sendable {
  private let places: LargeTable<UInt64>
  /// A bit for every pair, by its hash, which is set if any pair there is known: most pairs are not, and this
  /// table is small enough to stay close to the processor.
  private let filter: LargeTable<UInt64>
  /// 64 less the number of bits of a place in the filter.
  private let filterShift: UInt64
  /// 64 less the number of bits of a bucket's number.
  private var shift: UInt64
  /// What each merge makes, by rank.
  private let products: LargeTable<Int32>
  private var count = 0
  /// The ids of single bytes and, behind those, the ranks of their pairs; nil where bytes are no symbols.
  private var bytes: LargeTable<Int32>?
  /// Whether all bytes are symbols.
  private(set) var knowsBytes = false

  /// Ids are below this: a pair fits in 40 bits that are not all ones.
  static let idLimit = (1 << 20) - 1
  /// The most merges there can be.
  static let most = (1 << 24) - 1
  /// The rank of pairs that are never joined.
  static let none = Int32.max
  private static let empty = UInt64.max

  init(capacity: Int) {
    var bits: UInt64 = 2
    while 4 << bits < capacity * 2 { bits += 1 }
    places = LargeTable(repeating: Self.empty, count: 4 << Int(bits))
    shift = 64 - bits
    var filterBits: UInt64 = 10
    while 1 << filterBits < capacity * 6 { filterBits += 1 }
    filter = LargeTable(zeros: 1 << Int(filterBits - 6), of: 0)
    filterShift = 64 - filterBits
    products = LargeTable(zeros: max(capacity, 1), of: 0)
  }

  @inline(__always)
  private static func key(_ left: Int32, _ right: Int32) -> UInt64 {
    UInt64(UInt32(bitPattern: left)) << 20 | UInt64(UInt32(bitPattern: right))
  }

  @inline(__always)
  private static func hash(_ key: UInt64) -> UInt64 { key &* 0x9E37_79B9_7F4A_7C15 }

  /// The first place of the bucket of a pair.
  @inline(__always)
  private func bucket(_ key: UInt64) -> Int {
    Int(truncatingIfNeeded: Self.hash(key) >> shift) &* 4
  }

  /// The word of the filter that a pair has its bit in, and that bit; the hash's upper bits have no more than
  /// there are.
  @inline(__always)
  private func filterPlace(_ key: UInt64) -> (word: Int, bit: UInt64) {
    let place = Self.hash(key) >> filterShift
    return (Int(truncatingIfNeeded: place >> 6), 1 << (place & 63))
  }

  /// Asks for the places of a pair that is soon to be added or looked up.
  @inline(__always)
  func ask(for left: Int32, _ right: Int32) {
    anneal_prefetch(places.base + bucket(Self.key(left, right)))
  }

  /// Adds the merge of the next rank; of equal pairs the last one counts.
  mutating func append(_ left: Int32, _ right: Int32, makes id: Int32) {
    precondition(
      Int(left) < Self.idLimit && Int(right) < Self.idLimit
        && count < min(products.count, Self.most),
      "merge \(count) of \(left) and \(right)")
    let key = Self.key(left, right)
    var place = bucket(key)
    // The masked place is always inside the table, whose size is a power of two.
    while places.base[place] != Self.empty, places.base[place] >> 24 != key {
      place = (place + 1) & (places.count - 1)
    }
    places.base[place] = key << 24 | UInt64(count)
    let (word, bit) = filterPlace(key)
    filter.base[word] |= bit
    products.base[count] = id
    count += 1
    precondition(count < places.count, "\(count) merges in a smaller table")
  }

  /// Notes the ranks of pairs of bytes, given the ids of the 256 bytes, -1 for those that are no symbols.
  mutating func indexBytes(_ ids: [Int32]) {
    guard ids.count == 256 else { return }
    let table = LargeTable<Int32>(repeating: Self.none, count: 256 + 1 << 16)
    for (left, id) in ids.enumerated() where id >= 0 {
      table.base[left] = id
      for (right, next) in ids.enumerated() where next >= 0 {
        table.base[256 + left << 8 + right] = rank(id, next)
      }
    }
    bytes = table
    knowsBytes = !ids.contains(-1)
  }

  /// The table as the kernels see it, for as long as it is there (`withKernel`).
  var kernel: anneal_merges {
    anneal_merges(
      places: places.base, shift: shift, mask: UInt64(places.count - 1), filter: filter.base,
      filter_shift: filterShift, products: products.base, byte_ids: bytes?.base,
      byte_pairs: bytes.map { $0.base + 256 })
  }

  /// The rank of a pair, or `none`; both ids are at least 0.
  @inline(__always)
  func rank(_ left: Int32, _ right: Int32) -> Int32 {
    let key = Self.key(left, right)
    let (word, bit) = filterPlace(key)
    if filter.base[word] & bit == 0 { return Self.none }
    // Buckets are whole and their numbers below a power of two, so that all four places exist.
    let first = bucket(key)
    let bucket = places.base + first
    var rank = Self.match(bucket[3], key)
    rank &= Self.match(bucket[0], key)
    rank &= Self.match(bucket[1], key)
    rank &= Self.match(bucket[2], key)
    if rank == Self.none, bucket[3] != Self.empty { return overflow(key, from: first &+ 4) }
    return rank
  }

  /// The rank in a place that holds the key, else `none`, whose bits are all ones.
  @inline(__always)
  private static func match(_ place: UInt64, _ key: UInt64) -> Int32 {
    place >> 24 == key ? Int32(truncatingIfNeeded: place & 0xFF_FFFF) : none
  }

  /// Looks on behind a full bucket.
  @inline(never)
  private func overflow(_ key: UInt64, from start: Int) -> Int32 {
    var place = start & (places.count - 1)
    while places.base[place] != Self.empty {
      let found = places.base[place]
      if found >> 24 == key { return Int32(truncatingIfNeeded: found & 0xFF_FFFF) }
      place = (place + 1) & (places.count - 1)
    }
    return Self.none
  }

  /// The rank of a pair of bytes.
  @inline(__always)
  func rank(ofByte left: UInt8, _ right: UInt8) -> Int32 {
    guard let bytes else { return Self.none }
    return bytes.base[256 + Int(left) << 8 + Int(right)]
  }

  /// Whether no merge joins any of some ids.
  func isFree(of ids: Set<Int32>) -> Bool {
    if ids.isEmpty { return true }
    return (0..<places.count).allSatisfy { place in
      let found = places.base[place]
      if found == Self.empty { return true }
      let (left, right) = (found >> 44, found >> 24 & 0xF_FFFF)
      return !ids.contains(Int32(left)) && !ids.contains(Int32(right))
    }
  }

  /// What the merge of a rank makes.
  @inline(__always)
  func product(of rank: Int32) -> Int32 {
    precondition(rank >= 0 && rank < count, "the rank \(rank) of \(count)")
    return products.base[Int(rank)]
  }
}
