/// The pairs that could be joined next, the best first.
///
/// Most pairs are too rare ever to be joined. They wait in a list without order until the more frequent ones
/// are used up, so that the heap stays small enough to lie close to the processor.
struct PairQueue {
  private var heap = BinaryHeap<PairCandidate>()
  /// Those with at most `bound`, which is less than the count of all in the heap.
  private var waiting: [PairCandidate] = []
  private var bound: Int64 = 0

  init(_ candidates: [PairCandidate] = []) { waiting = candidates }

  /// Adds a pair, or one that was taken out, with the count that it has now.
  mutating func push(_ candidate: PairCandidate) {
    if candidate.count > bound { heap.push(candidate) } else { waiting.append(candidate) }
  }

  /// Takes the first pair out; counts in the queue may be too large but never too small.
  mutating func pop() -> PairCandidate? {
    if let top = heap.pop() { return top }
    guard !waiting.isEmpty else { return nil }
    fill()
    return heap.pop()
  }

  /// The pair at a place of the heap, of which the first ones are likely to come soon.
  func likely(_ place: Int) -> PairCandidate? { heap.item(place) }

  /// Takes an eighth of the waiting ones into the heap, or some more: the most frequent ones.
  private mutating func fill() {
    var sizes = [Int](repeating: 0, count: Self.bucket(of: .max) + 1)
    for candidate in waiting { sizes[Self.bucket(of: candidate.count)] += 1 }
    var left = max(1, waiting.count / 8)
    var lowest = sizes.count
    while left > 0 {
      lowest -= 1
      left -= sizes[lowest]
    }
    let taken = waiting.partition { Self.bucket(of: $0.count) >= lowest }
    heap = BinaryHeap(Array(waiting[taken...]))
    waiting.removeSubrange(taken...)
    bound = Self.largest(in: lowest - 1)
  }

  // MARK: Counts that are about equal

  /// A number that is larger for larger counts, and the same for those that differ by little.
  private static func bucket(of count: Int64) -> Int {
    let exponent = max(0, 63 - count.leadingZeroBitCount - mantissaBits)
    return exponent << mantissaBits + Int(count >> Int64(exponent))
  }

  /// The largest count of a bucket.
  private static func largest(in bucket: Int) -> Int64 {
    let exponent = max(0, bucket >> mantissaBits - 1)
    let mantissa = bucket - exponent << mantissaBits
    return (Int64(mantissa + 1) << Int64(exponent)) - 1
  }

  private static let mantissaBits = 5
}
