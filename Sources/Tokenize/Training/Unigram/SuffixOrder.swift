/// All places of a text in the order of what follows them, as far as pieces reach.
///
/// This is what a suffix array has, cut at the longest piece and one: words are short, so that comparing
/// suffixes costs little, and a text without a border costs no more than its length times that of a piece.
struct SuffixOrder {
  /// The places, sorted.
  let places: [Int32]
  /// How many characters each suffix has in common with the one before it, a border included.
  let common: [Int32]

  /// A place and the first four characters behind it.
  private struct Suffix: Sendable {
    var key: UInt64
    var place: Int32
  }

  /// Sorts the places of `text` by at most `depth` characters, on several threads.
  init(_ text: [Int32], depth: Int, threads: Int) {
    let starts = Self.buckets(text, threads: threads)
    let sorted = ThreadedMap.slices(of: starts.count - 1, threads: threads) { range in
      range.map { bucket in
        Self.sorted(text, starts[bucket]..<starts[bucket + 1], depth)
      }
    }.flatMap { $0 }
    places = sorted.flatMap { $0 }
    common = Self.common(text, places, depth)
  }

  /// Ranges of first characters with about as many suffixes each; borders begin no suffix of interest.
  private static func buckets(_ text: [Int32], threads: Int) -> [Int32] {
    let last = text.max() ?? 0
    var counts = [Int](repeating: 0, count: Int(last) + 1)
    for rank in text { counts[Int(rank)] += 1 }
    let size = max(1, text.count / max(1, threads * 8))
    var starts: [Int32] = [1]
    var filled = 0
    for rank in 1..<max(1, counts.count) {
      if filled >= size {
        starts.append(Int32(rank))
        filled = 0
      }
      filled += counts[rank]
    }
    return starts + [last + 1]
  }

  private static func sorted(_ text: [Int32], _ first: Range<Int32>, _ depth: Int) -> [Int32] {
    var suffixes: [Suffix] = []
    for place in text.indices where first.contains(text[place]) {
      suffixes.append(Suffix(key: key(text, place), place: Int32(place)))
    }
    suffixes.sort { one, other in
      if one.key != other.key { return one.key < other.key }
      return precedes(text, Int(one.place), Int(other.place), depth)
    }
    return suffixes.map(\.place)
  }

  /// Four characters in 64 bits; characters beyond the first 65,535 count as that one here.
  @inline(__always)
  private static func key(_ text: [Int32], _ place: Int) -> UInt64 {
    var key: UInt64 = 0
    var place = place
    var shift: UInt64 = 48
    while place < text.count, text[place] != 0 {
      key |= UInt64(min(text[place], 0xFFFF)) << shift
      if shift == 0 || text[place] >= 0xFFFF { break }
      shift -= 16
      place += 1
    }
    return key
  }

  private static func precedes(
    _ text: [Int32], _ one: Int, _ other: Int, _ depth: Int
  ) -> Bool {
    let span = text.span
    for offset in 0..<depth {
      let (left, right) = (span[one + offset], span[other + offset])
      if left != right { return left < right }
      if left == 0 { break }
    }
    return one < other
  }

  private static func common(_ text: [Int32], _ places: [Int32], _ depth: Int) -> [Int32] {
    let span = text.span
    var common = [Int32](repeating: 0, count: places.count)
    for index in places.indices.dropFirst() {
      let (one, other) = (Int(places[index - 1]), Int(places[index]))
      var length = 0
      while length < depth, span[one + length] == span[other + length] {
        length += 1
        if span[one + length - 1] == 0 { break }
      }
      common[index] = Int32(length)
    }
    return common
  }
}
