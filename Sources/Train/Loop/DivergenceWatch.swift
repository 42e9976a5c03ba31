package import Records

/// Notices a loss that has gone astray for good.
///
/// Losses are averaged over blocks of 50 steps. A training has diverged where the mean of a block is
/// more than twice the lowest of an earlier one, and more than half of what was gained since the
/// first block is lost again. Nothing is said before the fourth block ends, so that short runs, and
/// single bad batches, go on.
package struct DivergenceWatch: Sendable, Equatable {
  /// Steps of a block.
  package static let block = 50
  /// Blocks before anything is said.
  private static let quiet = 4

  private var sum = 0.0
  private var count = 0
  private var blocks = 0
  private var first = 0.0
  /// The lowest mean of a block.
  package private(set) var lowest = 0.0

  /// A watch that has seen nothing.
  package init() {}

  /// Notes the loss of a step, and tells the mean of its block where the training has diverged.
  package mutating func note(_ loss: Float) -> Double? {
    sum += Double(loss)
    count += 1
    guard count == Self.block else { return nil }
    let mean = sum / Double(count)
    (sum, count, blocks) = (0, 0, blocks + 1)
    if blocks == 1 { (first, lowest) = (mean, mean) }
    // Losses that may be negative have no scale.
    if blocks >= Self.quiet, lowest > 0, mean > 2 * lowest, mean - lowest > (first - lowest) / 2 {
      return mean
    }
    lowest = min(lowest, mean)
    return nil
  }

  /// The form in which it is kept between runs.
  package var json: JSONValue {
    [
      "sum": .real(sum), "count": .integer(count), "blocks": .integer(blocks),
      "first": .real(first), "lowest": .real(lowest),
    ]
  }

  /// Reads what `json` wrote; a checkpoint of an older build has nothing to read.
  package init(_ json: JSONValue?) {
    guard let sum = json?["sum"]?.double, let count = json?["count"]?.int,
      let blocks = json?["blocks"]?.int, let first = json?["first"]?.double,
      let lowest = json?["lowest"]?.double
    else { return }
    (self.sum, self.count, self.blocks) = (sum, count, blocks)
    (self.first, self.lowest) = (first, lowest)
  }
}
