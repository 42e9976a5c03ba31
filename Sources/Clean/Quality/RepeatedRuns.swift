import TextKit

/// Counts parts of a text that are equal to an earlier one.
enum DuplicateParts {
  /// How many parts repeat an earlier one, and how many characters they have.
  static func count(_ parts: [Range<Int>], in scalars: [UInt32]) -> (parts: Int, characters: Int) {
    guard parts.count > 1 else { return (0, 0) }
    var table = SliceTable(capacity: parts.count)
    var (count, characters) = (0, 0)
    for (index, part) in parts.enumerated() {
      var hash: UInt64 = 0
      for place in part { hash = (hash ^ UInt64(scalars[place])) &* SliceTable.base }
      let isNew = table.insert(hash, index) {
        parts[$0].count == part.count && scalars[parts[$0]].elementsEqual(scalars[part])
      }
      if !isNew {
        count += 1
        characters += part.count
      }
    }
    return (count, characters)
  }
}

/// A set of parts of a text, by hash and by what they hold.
struct SliceTable {
  static let base: UInt64 = 0x9E37_79B1_85EB_CA87
  /// The starts of parts by the hash of what they hold; −1 where there is none.
  private var slots: [Int32]
  private var tags: [UInt32]
  private let shift: UInt64

  init(capacity: Int) {
    var bits: UInt64 = 4
    while 1 << bits < capacity * 2 { bits += 1 }
    shift = 64 - bits
    slots = Array(repeating: -1, count: 1 << bits)
    tags = Array(repeating: 0, count: 1 << bits)
  }

  /// Removes all parts.
  mutating func clear() {
    for index in slots.indices { slots[index] = -1 }
  }

  /// Whether a part was added; false where an equal one is there.
  @inline(__always)
  mutating func insert(_ hash: UInt64, _ value: Int, isEqual: (Int) -> Bool) -> Bool {
    find(hash, value, isEqual: isEqual) == value
  }

  /// The equal part that is there, or this one, added.
  @inline(__always)
  mutating func find(_ hash: UInt64, _ value: Int, isEqual: (Int) -> Bool) -> Int {
    let mixed = (hash ^ hash >> 32) &* 0xC2B2_AE3D_27D4_EB4F
    let tag = UInt32(truncatingIfNeeded: mixed)
    var place = Int(mixed >> shift)
    while slots[place] >= 0 {
      let other = Int(slots[place])
      if tags[place] == tag, isEqual(other) { return other }
      place = (place + 1) & (slots.count - 1)
    }
    slots[place] = Int32(value)
    tags[place] = tag
    return value
  }
}

/// Finds runs of words that occur more than once.
struct RepeatedRuns {
  /// The words' characters, one word behind the other.
  private var joined: [UInt32] = []
  /// Where each word begins in `joined`, and the end.
  private var starts: [Int32] = [0]
  /// The number of each word's first occurrence.
  private var ids: [Int32] = []
  /// Hashes of `joined` up to each place, and the powers that take a prefix off.
  private var prefixes: [UInt64] = [0]
  private var powers: [UInt64] = [1]

  /// The words of a text; `table` has room for as many.
  init(_ text: QualityText, _ table: inout SliceTable) {
    let words = text.words.words
    joined.reserveCapacity(text.count)
    starts.reserveCapacity(words.count + 1)
    prefixes.reserveCapacity(text.count + 1)
    powers.reserveCapacity(text.count + 1)
    let scalars = text.text.scalars
    for word in words {
      for place in word.range { append(scalars[place]) }
      starts.append(Int32(joined.count))
    }
    number(words.count, &table)
  }

  private mutating func append(_ value: UInt32) {
    let last = prefixes[prefixes.count - 1]
    prefixes.append(last &* SliceTable.base &+ UInt64(value) &+ 1)
    powers.append(powers[powers.count - 1] &* SliceTable.base)
    joined.append(value)
  }

  /// The hash of the characters of a run of words.
  @inline(__always) private func hash(_ first: Int, _ length: Int) -> UInt64 {
    let (start, end) = (Int(starts[first]), Int(starts[first + length]))
    return prefixes[end] &- prefixes[start] &* powers[end - start]
  }

  @inline(__always) private func characters(_ first: Int, _ length: Int) -> Int {
    Int(starts[first + length] - starts[first])
  }

  @inline(__always) private func isEqual(_ first: Int, _ second: Int, _ length: Int) -> Bool {
    let count = characters(first, length)
    guard count == characters(second, length) else { return false }
    let (left, right) = (Int(starts[first]), Int(starts[second]))
    for offset in 0..<count where joined[left + offset] != joined[right + offset] { return false }
    return true
  }

  /// Gives equal words one number.
  private mutating func number(_ count: Int, _ table: inout SliceTable) {
    ids.reserveCapacity(count)
    for word in 0..<count {
      let first = table.find(hash(word, 1), word) { isEqual($0, word, 1) }
      ids.append(Int32(first))
    }
  }

  /// The most frequent run of so many words, the first of equally frequent ones.
  ///
  /// Its characters have a blank between words. Nil where the text is shorter.
  func top(_ length: Int, _ table: inout SliceTable) -> (characters: Int, count: Int)? {
    guard ids.count >= length else { return nil }
    table.clear()
    var counts = [Int32](repeating: 0, count: ids.count)
    for first in 0...ids.count - length {
      var hash: UInt64 = 0
      for word in first..<first + length {
        hash = (hash &+ UInt64(UInt32(bitPattern: ids[word])) &+ 1) &* SliceTable.base
      }
      let index = table.find(hash, first) { other in
        for offset in 0..<length where ids[other + offset] != ids[first + offset] { return false }
        return true
      }
      counts[index] += 1
    }
    var best = 0
    for index in counts.indices where counts[index] > counts[best] { best = index }
    return (characters(best, length) + length - 1, Int(counts[best]))
  }

  /// The characters of runs that were seen before, walking on behind each.
  func repeatedCharacters(_ length: Int, _ table: inout SliceTable) -> Int {
    table.clear()
    var (place, total) = (0, 0)
    while place + length <= ids.count {
      let start = place
      let isNew = table.insert(hash(start, length), start) { isEqual($0, start, length) }
      if !isNew { total += characters(start, length) }
      place += isNew ? 1 : length
    }
    return total
  }
}
