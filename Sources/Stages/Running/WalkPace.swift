/// Divides batches of records into parts that take about so long.
///
/// Little is then lost where a walk is killed, however long one record takes. What becomes of records does
/// not depend on it.
struct WalkPace {
  private let threads: Int
  /// How long a part shall take.
  private let target: Duration
  /// Records a second, as of the last part; nil before it.
  private var rate: Double?
  /// The most that a part may hold.
  private var most = 0

  init(threads: Int, target: Duration) {
    self.threads = max(1, threads)
    self.target = target
  }

  /// How many of the next records to work on at once, at most `left`.
  ///
  /// Begins with few for each thread, and never has fewer; a part is at most eight times the largest before.
  private var wanted: Int {
    let least = 16 * threads
    guard let rate else { return least }
    return max(least, Int(min(rate * (target / .seconds(1)), Double(most))))
  }

  /// Works on a range part by part.
  mutating func forEachPart(
    of range: Range<Int>, _ work: (Range<Int>) throws -> Void
  ) rethrows {
    var first = range.lowerBound
    while first < range.upperBound {
      // A rest that is hardly worth a part of its own goes with the one before.
      let count = wanted
      let isLast = range.upperBound - first < count + count / 4
      let part = first..<(isLast ? range.upperBound : first + count)
      let time = try ContinuousClock().measure { try work(part) }
      rate = Double(part.count) / max(time / .seconds(1), 1e-6)
      most = max(most, 8 * part.count)
      first = part.upperBound
    }
  }
}
