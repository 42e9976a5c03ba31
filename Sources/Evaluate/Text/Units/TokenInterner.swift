#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Gives equal words equal numbers, by comparing their bytes.
///
/// It keeps the words it has met, so that a corpus's frequent words are found at once; past a limit
/// ``trim()`` forgets them all, between records. Which numbers come out depends on what was met
/// before; whether two of one record are equal does not.
struct TokenInterner {
  private struct Entry {
    let hash: UInt32
    let length: Int32
    let start: Int
  }

  private var entries: [Entry] = []
  private var bytes: [UInt8] = []
  /// Open addressing, at most half full: an entry's number plus one, 0 where there is none.
  private var slots = [UInt32](repeating: 0, count: 1 << 10)

  /// How many words are known.
  var count: Int { entries.count }

  /// Whether so much is known that it is time to forget.
  var isLarge: Bool { entries.count > 1 << 18 || bytes.count > 1 << 23 }

  /// Forgets all words where there are too many: their numbers lose their meaning.
  mutating func trim() {
    guard isLarge else { return }
    self = TokenInterner()
  }

  /// The number of a word.
  mutating func id(of word: UnsafeBufferPointer<UInt8>) -> UInt32 {
    let hash = Self.hash(word)
    let mask = slots.count - 1
    var slot = Int(hash) & mask
    while slots[slot] != 0 {
      let id = slots[slot] - 1
      if holds(word, hash, at: entries[Int(id)]) { return id }
      slot = (slot + 1) & mask
    }
    return insert(word, hash, at: slot)
  }

  /// The bytes of a word.
  func withWord<Result>(
    _ id: UInt32, _ body: (UnsafeBufferPointer<UInt8>) -> Result
  ) -> Result {
    let entry = entries[Int(id)]
    return bytes.withUnsafeBufferPointer {
      body(UnsafeBufferPointer(rebasing: $0[entry.start..<entry.start + Int(entry.length)]))
    }
  }

  private func holds(
    _ word: UnsafeBufferPointer<UInt8>, _ hash: UInt32, at entry: Entry
  ) -> Bool {
    guard entry.hash == hash, Int(entry.length) == word.count else { return false }
    return bytes.withUnsafeBufferPointer { known in
      guard let left = known.baseAddress, let right = word.baseAddress else { return true }
      return memcmp(left + entry.start, right, word.count) == 0
    }
  }

  private mutating func insert(
    _ word: UnsafeBufferPointer<UInt8>, _ hash: UInt32, at slot: Int
  ) -> UInt32 {
    let id = UInt32(entries.count)
    entries.append(Entry(hash: hash, length: Int32(word.count), start: bytes.count))
    bytes.append(contentsOf: word)
    slots[slot] = id + 1
    if entries.count * 2 > slots.count { grow() }
    return id
  }

  private mutating func grow() {
    let mask = slots.count * 2 - 1
    slots = [UInt32](repeating: 0, count: mask + 1)
    for (id, entry) in entries.enumerated() {
      var slot = Int(entry.hash) & mask
      while slots[slot] != 0 { slot = (slot + 1) & mask }
      slots[slot] = UInt32(id) + 1
    }
  }

  /// A hash of a word's bytes, eight at a time; the last eight may overlap those before.
  private static func hash(_ word: UnsafeBufferPointer<UInt8>) -> UInt32 {
    let raw = UnsafeRawBufferPointer(word)
    let count = raw.count
    var hash = UInt64(truncatingIfNeeded: count) &* 0x9E37_79B9_7F4A_7C15
    if count >= 8 {
      var place = 0
      while place + 8 < count {
        hash = mix(hash, raw.loadUnaligned(fromByteOffset: place, as: UInt64.self))
        place += 8
      }
      hash = mix(hash, raw.loadUnaligned(fromByteOffset: count - 8, as: UInt64.self))
    } else if count >= 4 {
      let low = UInt64(raw.loadUnaligned(fromByteOffset: 0, as: UInt32.self))
      let high = UInt64(raw.loadUnaligned(fromByteOffset: count - 4, as: UInt32.self))
      hash = mix(hash, low | high << 32)
    } else if count > 0 {
      hash = mix(
        hash, UInt64(raw[0]) | UInt64(raw[count / 2]) << 8 | UInt64(raw[count - 1]) << 16)
    }
    return UInt32(truncatingIfNeeded: hash >> 32)
  }

  private static func mix(_ hash: UInt64, _ word: UInt64) -> UInt64 {
    let product = (hash ^ word) &* 0xFF51_AFD7_ED55_8CCD
    return (product ^ product >> 29) &* 0x9FB2_1C65_1E98_DF25
  }
}
