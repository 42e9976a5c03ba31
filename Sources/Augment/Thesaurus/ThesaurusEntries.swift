import Records
import TextKit

/// Where the senses of a thesaurus's words stand, by the hash of the word in lower case and composed (NFC), which
/// is taken for the word.
struct ThesaurusEntries: Sendable {
  /// Where the lines of a word's senses begin and how many they are.
  struct Entry: Sendable {
    fileprivate let key: UInt64
    let place: Int
    let count: Int
  }

  private var entries: [Entry] = []
  /// Where entries stand, plus one, with 0 for an empty slot: open addressing, at most half full.
  ///
  /// Entries of one word follow each other in the order of the file.
  private var slots = [Int32](repeating: 0, count: 1 << 15)

  var isEmpty: Bool { entries.isEmpty }

  mutating func add(_ word: ArraySlice<UInt8>, at place: Int, count: Int) {
    if (entries.count + 1) * 2 > slots.count {
      slots = [Int32](repeating: 0, count: slots.count * 2)
      for index in entries.indices { insert(index) }
    }
    entries.append(Entry(key: Self.key(word), place: place, count: count))
    insert(entries.count - 1)
  }

  private mutating func insert(_ index: Int) {
    var slot = Int(truncatingIfNeeded: entries[index].key) & (slots.count - 1)
    while slots[slot] != 0 { slot = (slot + 1) & (slots.count - 1) }
    slots[slot] = Int32(index) + 1
  }

  /// The hash of a word in lower case and composed; most are, and of letters of ASCII.
  private static func key(_ word: ArraySlice<UInt8>) -> UInt64 {
    let isLower = word.allSatisfy { $0 < 0x80 && !(0x41...0x5A).contains($0) }
    guard isLower else { return key(String(decoding: word, as: UTF8.self)) }
    return word.withUnsafeBufferPointer { StableHash.hash($0) }
  }

  private static func key(_ word: String) -> UInt64 {
    StableHash.hash(Normalizer(.nfc).normalize(word.lowercased()))
  }

  /// The entries of a word, whatever its case; none where it is not listed.
  subscript(word: String) -> [Entry] {
    let key = Self.key(word)
    var found: [Entry] = []
    var slot = Int(truncatingIfNeeded: key) & (slots.count - 1)
    while slots[slot] != 0 {
      let entry = entries[Int(slots[slot]) - 1]
      if entry.key == key { found.append(entry) }
      slot = (slot + 1) & (slots.count - 1)
    }
    return found
  }
}
