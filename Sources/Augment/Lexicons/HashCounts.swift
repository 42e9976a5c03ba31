/// Counts of things that are known by hashes of 64 bits, which are taken for the things themselves.
///
/// Open addressing without a second hash: keys must be well mixed, or are mixed by a multiplication here. 16 bytes
/// a slot, of which at most half are in use.
struct HashCounts: Sendable {
  private struct Slot: Sendable {
    /// 0 for an empty slot; a key of 0 is counted as 1.
    var key: UInt64 = 0
    var count: Int32 = 0
  }

  private var slots: [Slot]
  private var used = 0

  /// - Parameter capacity: How many keys are counted before the table grows.
  init(capacity: Int = 1 << 12) {
    var size = 16
    while size < 2 * capacity { size *= 2 }
    slots = [Slot](repeating: Slot(), count: size)
  }

  /// Counts a key once more.
  /// - Returns: How often it has been counted.
  @discardableResult
  mutating func add(_ key: UInt64) -> Int {
    let key = max(key, 1)
    var place = place(of: key)
    if slots[place].key == 0 {
      if (used + 1) * 2 > slots.count {
        grow()
        place = self.place(of: key)
      }
      slots[place].key = key
      used += 1
    }
    slots[place].count += 1
    return Int(slots[place].count)
  }

  /// Counts each of some keys once more, in less time than one by one.
  mutating func add(contentsOf keys: [UInt64]) {
    var next = 0
    while next < keys.count {
      next = add(keys, from: next)
      if next < keys.count { grow() }
    }
  }

  /// Counts keys until the table must grow, and returns which one comes next.
  private mutating func add(_ keys: [UInt64], from first: Int) -> Int {
    var used = used
    defer { self.used = used }
    return slots.withUnsafeMutableBufferPointer { slots in
      for index in first..<keys.count {
        let key = max(keys[index], 1)
        let place = Self.place(of: key, in: UnsafeBufferPointer(slots))
        if slots[place].key == 0 {
          if (used + 1) * 2 > slots.count { return index }
          slots[place].key = key
          used += 1
        }
        slots[place].count += 1
      }
      return keys.count
    }
  }

  private mutating func grow() {
    let old = slots
    slots = [Slot](repeating: Slot(), count: old.count * 2)
    for slot in old where slot.key != 0 { slots[place(of: slot.key)] = slot }
  }

  /// Where a key stands, or could stand.
  @inline(__always)
  private func place(of key: UInt64) -> Int {
    slots.withUnsafeBufferPointer { Self.place(of: key, in: $0) }
  }

  @inline(__always)
  private static func place(of key: UInt64, in slots: UnsafeBufferPointer<Slot>) -> Int {
    let mask = slots.count - 1
    var place = Int(truncatingIfNeeded: (key &* 0x9E37_79B9_7F4A_7C15) >> 32) & mask
    while slots[place].key != key, slots[place].key != 0 { place = (place + 1) & mask }
    return place
  }

  /// How often a key was counted.
  func count(of key: UInt64) -> Int { Int(slots[place(of: max(key, 1))].count) }

  /// The count that the most frequent keys reach.
  func count(ofBest number: Int) -> Int {
    slots.lazy.filter { $0.key != 0 }.map { Int($0.count) }.count(ofBest: number)
  }
}
