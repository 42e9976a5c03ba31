/// Joins neighbours whose joint text is a piece: the best ranked first, the leftmost of equal ones.
///
/// This is how sentencepiece and tiktoken merge. Both ask for the text of a pair, not for the pair, so that
/// a piece may come together in any way, and from characters that are no pieces themselves.
struct SpanMerges: Sendable {
  private var pieces: ByteStringTable
  /// The id of each piece.
  private var ids: [Int32] = []
  /// The rank of each piece; the lowest is joined first.
  private var ranks: [Int32] = []

  init(capacity: Int) { pieces = ByteStringTable(capacity: capacity) }

  /// Adds a piece; false where it is there already.
  mutating func insert(_ piece: [UInt8], id: Int32, rank: Int32) -> Bool {
    guard pieces.insert(piece).isNew else { return false }
    ids.append(id)
    ranks.append(rank)
    return true
  }

  /// The id of the piece that part of a text is, or nil.
  @inline(__always)
  func id(of range: ByteRange, in text: borrowing Span<UInt8>) -> Int32? {
    pieces.index(of: text, range).map { ids[$0] }
  }

  /// A part of the text in the list of those that are left.
  private struct Part {
    var start: Int32
    var end: Int32
    var previous: Int32
    var next: Int32
    var isFrozen: Bool
    /// The rank of what this part and the next would make, or `.max`.
    var rank: Int32
  }

  /// The ranges that the parts of a text come together to.
  ///
  /// - Parameter visit: Is told of each pair that could be joined: both ranges, and the id of the whole.
  func merge(
    _ starts: [(start: Int32, isFrozen: Bool)], end: Int32, of text: borrowing Span<UInt8>,
    visit: (ByteRange, Int32, Int32) -> Void = { _, _, _ in }
  ) -> [ByteRange] {
    var parts: [Part] = []
    parts.reserveCapacity(starts.count)
    for (place, part) in starts.enumerated() {
      let next = place + 1 < starts.count ? starts[place + 1].start : end
      parts.append(
        Part(
          start: part.start, end: next, previous: Int32(place) - 1,
          next: place + 1 < starts.count ? Int32(place) + 1 : -1, isFrozen: part.isFrozen,
          rank: .max))
    }
    var heap = BinaryHeap<UInt64>()
    for place in parts.indices.dropLast() { push(place, &parts, &heap, text, visit) }
    while let top = heap.pop() {
      let place = Int(top & 0xFFFF_FFFF)
      // An entry is stale once its part is gone or would make something else.
      guard parts[place].end >= 0, UInt64(parts[place].rank) == top >> 32 else { continue }
      join(place, &parts)
      if parts[place].previous >= 0 {
        push(Int(parts[place].previous), &parts, &heap, text, visit)
      }
      push(place, &parts, &heap, text, visit)
    }
    return parts.lazy.filter { $0.end >= 0 }.map { ByteRange(Int($0.start), Int($0.end)) }
  }

  private func join(_ place: Int, _ parts: inout [Part]) {
    let next = Int(parts[place].next)
    parts[place].end = parts[next].end
    parts[place].next = parts[next].next
    if parts[next].next >= 0 { parts[Int(parts[next].next)].previous = Int32(place) }
    parts[next].end = -1
  }

  @inline(__always)
  private func push(
    _ place: Int, _ parts: inout [Part], _ heap: inout BinaryHeap<UInt64>,
    _ text: borrowing Span<UInt8>, _ visit: (ByteRange, Int32, Int32) -> Void
  ) {
    parts[place].rank = .max
    let next = Int(parts[place].next)
    guard next >= 0, !parts[place].isFrozen, !parts[next].isFrozen else { return }
    let whole = ByteRange(Int(parts[place].start), Int(parts[next].end))
    guard let piece = pieces.index(of: text, whole) else { return }
    parts[place].rank = ranks[piece]
    heap.push(UInt64(ranks[piece]) << 32 | UInt64(place))
    visit(whole, parts[next].start, ids[piece])
  }
}
