package import Records

/// Notices a loss that has gone astray for good.
///
/// Losses are averaged over blocks of 50 steps. A training has diverged where the mean of a block is
/// more than twice the lowest of an earlier one, more than half of what was gained since the first
/// block is lost again, and the rise is neither small nor one that chance explains. Nothing is said
/// before the fourth block ends, so that short runs, and single bad batches, go on.
///
/// Chance is told by standard errors of a block's mean: four of the block itself, which know of a few
/// records that are hard, and eight of an earlier block, as the lowest of a thousand means lies some
/// of them below what is usual.
package struct DivergenceWatch: Sendable, Equatable {
  /// Steps of a block.
  package static let block = 50
  /// Blocks before anything is said.
  private static let quiet = 4
  /// The smallest rise that is told, in the unit of the loss: of less, no model breaks.
  private static let smallestRise = 0.25

  private var sum = 0.0
  private var squares = 0.0
  private var count = 0
  private var blocks = 0
  private var first = 0.0
  /// The sum over earlier blocks of the variance within each.
  private var variances = 0.0
  /// The lowest mean of a block.
  package private(set) var lowest = 0.0

  /// A watch that has seen nothing.
  package init() {}

  /// Notes the loss of a step, and tells the mean of its block where the training has diverged.
  package mutating func note(_ loss: Float) -> Double? {
    sum += Double(loss)
    squares += Double(loss) * Double(loss)
    count += 1
    guard count == Self.block else { return nil }
    let mean = sum / Double(count)
    let variance = max(0, squares / Double(count) - mean * mean)
    (sum, squares, count) = (0, 0, 0)
    if blocks == 0 { (first, lowest) = (mean, mean) }
    if hasDiverged(mean, variance) { return mean }
    (blocks, variances, lowest) = (blocks + 1, variances + variance, min(lowest, mean))
    return nil
  }

  /// Whether a block of such losses is far above the earlier ones.
  private func hasDiverged(_ mean: Double, _ variance: Double) -> Bool {
    // Losses that may be negative have no scale.
    guard blocks + 1 >= Self.quiet, lowest > 0, mean > 2 * lowest else { return false }
    func error(_ variance: Double) -> Double { (variance / Double(Self.block)).squareRoot() }
    let chance = max(4 * error(variance), 8 * error(variances / Double(blocks)))
    return mean - lowest > max((first - lowest) / 2, Self.smallestRise, chance)
  }

  /// The form in which it is kept between runs.
  package var json: JSONValue {
    [
      "sum": .real(sum), "squares": .real(squares), "count": .integer(count),
      "blocks": .integer(blocks), "variances": .real(variances), "first": .real(first),
      "lowest": .real(lowest),
    ]
  }

  /// Reads what `json` wrote; a checkpoint of an older build has nothing to read.
  package init(_ json: JSONValue?) {
    guard let sum = json?["sum"]?.double, let squares = json?["squares"]?.double,
      let count = json?["count"]?.int, let blocks = json?["blocks"]?.int,
      let variances = json?["variances"]?.double, let first = json?["first"]?.double,
      let lowest = json?["lowest"]?.double
    else { return }
    (self.sum, self.squares, self.count) = (sum, squares, count)
    (self.blocks, self.variances) = (blocks, variances)
    (self.first, self.lowest) = (first, lowest)
  }
}
