/// Divides batches of records into slices that take about so long.
///
/// Little is then lost where a walk is killed, however long one record takes. What becomes of records does
/// not depend on it.
struct WalkPace {
  /// How long a slice shall take.
  private let target: Duration
  /// Records a second, as of the last slice; nil before it.
  private var rate: Double?
  /// The most that a slice may hold.
  private var most = 0
  private static let least = 4

  init(target: Duration) { self.target = target }

  /// Notes how long a slice of so many records took.
  mutating func note(_ count: Int, took time: Duration) {
    rate = Double(count) / max(time / .seconds(1), 1e-6)
    most = max(most, 8 * count)
  }

  /// Whether a slice took as long as one shall.
  func isReached(by time: Duration) -> Bool { time >= target }

  /// The first records of a range, to be worked on at once.
  ///
  /// The first slices have few, none has fewer, and none more than eight times as many as the largest before.
  func first(of range: Range<Int>) -> Range<Int> {
    let wanted = rate.map { Int(min($0 * (target / .seconds(1)), Double(most))) } ?? 0
    let count = max(Self.least, wanted)
    // A rest that is hardly worth a slice of its own goes with the one before.
    return range.count < count + count / 4 ? range : range.prefix(count)
  }
}
