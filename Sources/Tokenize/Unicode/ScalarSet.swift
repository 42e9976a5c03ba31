/// A set of Unicode scalars as ascending ranges that do not touch.
struct ScalarSet: Sendable, Hashable {
  private(set) var ranges: [ClosedRange<UInt32>] = []

  /// The last scalar there is.
  private static let last: UInt32 = 0x10FFFF

  init() {}

  /// The scalars of some ranges, in any order.
  init(_ ranges: some Sequence<ClosedRange<UInt32>>) {
    for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
      if let previous = self.ranges.last, range.lowerBound <= previous.upperBound + 1 {
        let end = max(previous.upperBound, range.upperBound)
        self.ranges[self.ranges.count - 1] = previous.lowerBound...end
      } else {
        self.ranges.append(range)
      }
    }
  }

  /// One scalar.
  init(_ scalar: UInt32) { ranges = [scalar...scalar] }

  /// All scalars.
  static let all = ScalarSet([0...last])

  /// Whether a scalar is in the set.
  func contains(_ scalar: UInt32) -> Bool { ranges.contains { $0.contains(scalar) } }

  /// The scalars of both sets.
  func union(_ other: ScalarSet) -> ScalarSet { ScalarSet(ranges + other.ranges) }

  /// The scalars that are in both sets.
  func intersection(_ other: ScalarSet) -> ScalarSet {
    inverted.union(other.inverted).inverted
  }

  /// The scalars that are not in the set.
  var inverted: ScalarSet {
    var result = ScalarSet()
    var next: UInt32 = 0
    for range in ranges {
      if next < range.lowerBound { result.ranges.append(next...range.lowerBound - 1) }
      next = range.upperBound + 1
    }
    if next <= Self.last { result.ranges.append(next...Self.last) }
    return result
  }

  /// The same set as a table, which answers at once.
  var table: ScalarTable<Bool> {
    var runs: [(length: Int, value: Bool)] = []
    var next: UInt32 = 0
    for range in ranges {
      runs.append((Int(range.lowerBound - next), false))
      runs.append((range.count, true))
      next = range.upperBound + 1
    }
    runs.append((0x110000 - Int(next), false))
    return ScalarTable(runs: runs)
  }
}
