import Records

/// Which examples make each step of an epoch: shuffled, yet with neighbours of about equal length.
///
/// The order is a function of (seed, epoch, lengths) alone. A shuffled order is cut into windows of
/// `windowSteps` steps; inside a window examples are sorted by length and cut into steps, and the
/// steps are shuffled. The examples of a step do not depend on how it is cut into micro-batches, so
/// batch size × accumulation is all that counts.
package struct BatchOrder: Sendable {
  /// Steps whose examples are sorted by length together.
  private static let windowSteps = 50

  /// The examples of each step, cut into micro-batches.
  package let steps: [[[Int]]]

  package init(lengths: [Int], batchSize: Int, accumulation: Int, seed: UInt64, epoch: Int) {
    var random = CounterRandom(seed: seed, purpose: "train.order", record: String(epoch))
    let size = batchSize * accumulation
    let order = lengths.indices.shuffled(using: &random)
    var groups: [[Int]] = []
    for start in stride(from: 0, to: order.count, by: size * Self.windowSteps) {
      let window = order[start..<min(start + size * Self.windowSteps, order.count)]
      groups += Self.cut(Self.sorted(window, by: lengths), size)
    }
    groups.shuffle(using: &random)
    steps = groups.map { Self.cut($0, batchSize) }
  }

  /// Rows of packed records, shuffled; a micro-batch is `batchSize` rows.
  package init(_ packing: Packing, batchSize: Int, accumulation: Int, seed: UInt64, epoch: Int) {
    var random = CounterRandom(seed: seed, purpose: "train.order", record: String(epoch))
    let order = packing.rows.indices.shuffled(using: &random)
    steps = Self.cut(order, batchSize * accumulation).map { step in
      Self.cut(step, batchSize).map { $0.flatMap { packing.rows[$0] } }
    }
  }

  private init(steps: [[[Int]]]) { self.steps = steps }

  /// The order of what the numbers in this one stand for.
  package func standing(for places: [Int]) -> BatchOrder {
    BatchOrder(steps: steps.map { $0.map { $0.map { places[$0] } } })
  }

  /// Batches by length without shuffling, for evaluation.
  package static func sortedBatches(lengths: [Int], batchSize: Int) -> [[Int]] {
    cut(sorted(lengths.indices, by: lengths), batchSize)
  }

  private static func sorted(_ order: some Sequence<Int>, by lengths: [Int]) -> [Int] {
    order.sorted { (lengths[$0], $0) < (lengths[$1], $1) }
  }

  private static func cut(_ order: [Int], _ size: Int) -> [[Int]] {
    stride(from: 0, to: order.count, by: size).map {
      Array(order[$0..<min($0 + size, order.count)])
    }
  }
}
