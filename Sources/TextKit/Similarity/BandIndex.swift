/// Members by their keys: which share a key with a set.
///
/// Chains of entries in flat arrays; an entry is one key of one member. About 16 bytes a key.
struct BandIndex {
  private let keyCount: Int
  /// The newest entry of each slot, -1 for none; a power of two of slots.
  private var heads: [Int32] = Array(repeating: -1, count: 1 << 12)
  /// The entry before each in its slot.
  private var older: [Int32] = []
  private var keys: [UInt32] = []
  /// What each member is, in the order they came in.
  private(set) var items: [Int32] = []

  /// An index whose members have so many keys each.
  init(keyCount: Int) {
    precondition(keyCount > 0, "without keys nothing is found")
    self.keyCount = keyCount
  }

  /// How many members it can hold.
  static func capacity(keyCount: Int, bytes: Int) -> Int {
    min(Int(Int32.max) / keyCount, max(1024, bytes / (16 * keyCount)))
  }

  /// Adds a member with its keys.
  mutating func insert(_ item: Int32, _ itemKeys: ArraySlice<UInt32>) {
    precondition(itemKeys.count == keyCount, "\(itemKeys.count) keys, not \(keyCount)")
    items.append(item)
    if keys.count + keyCount > heads.count { grow() }
    for key in itemKeys {
      older.append(-1)
      keys.append(key)
      link(keys.count - 1)
    }
  }

  private mutating func link(_ entry: Int) {
    let slot = Int(keys[entry]) & (heads.count - 1)
    older[entry] = heads[slot]
    heads[slot] = Int32(truncatingIfNeeded: entry)
  }

  private mutating func grow() {
    heads = Array(repeating: -1, count: heads.count * 2)
    for entry in keys.indices { link(entry) }
  }

  /// The members from `first` on that share a key, each once, in the order they came in.
  func members(sharing itemKeys: ArraySlice<UInt32>, from first: Int = 0) -> [Int32] {
    var found: [Int32] = []
    let oldest = first * keyCount
    for key in itemKeys {
      var entry = Int(heads[Int(key) & (heads.count - 1)])
      while entry >= oldest, entry >= 0 {
        if keys[entry] == key { found.append(Int32(truncatingIfNeeded: entry / keyCount)) }
        entry = Int(older[entry])
      }
    }
    guard found.count > 1 else { return found }
    found.sort()
    var distinct = 1
    for place in 1..<found.count where found[place] != found[distinct - 1] {
      found[distinct] = found[place]
      distinct += 1
    }
    found.removeLast(found.count - distinct)
    return found
  }
}
