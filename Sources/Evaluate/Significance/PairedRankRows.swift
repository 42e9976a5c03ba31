/// Rows of a classifier, for areas of each class against each other: Hand and Till (2001).
struct PairedRankRows: ScoredRows {
  let metrics: [ResampledMetric]
  private let averages: [Average]
  private let references: [Int]
  private let orders: [RankedOrder]

  /// - Precondition: no score is NaN.
  init(_ outcomes: ClassificationOutcomes, _ metrics: [(ResampledMetric, Average)]) {
    self.metrics = metrics.map(\.0)
    averages = metrics.map(\.1)
    references = outcomes.references
    orders = outcomes.labels.indices.map { outcomes.order(of: $0) }
  }

  var count: Int { references.count }

  func scores(weights: [Int32]) -> [Double] {
    var supports = [Int](repeating: 0, count: orders.count)
    for (row, weight) in weights.enumerated() { supports[references[row]] += Int(weight) }
    let present = supports.indices.filter { supports[$0] > 0 }
    guard present.count > 1 else { return averages.map { _ in .nan } }
    var sums = averages.map { _ in (areas: 0.0, weights: 0.0) }
    for label in present {
      let wins = doubledWins(of: label, weights, supports)
      for other in present where other != label {
        let pairs = 2 * Double(supports[label]) * Double(supports[other])
        for (place, average) in averages.enumerated() {
          let weight = average == .weighted ? Double(supports[label] + supports[other]) : 1
          sums[place].areas += Double(wins[other]) / pairs * weight
          sums[place].weights += weight
        }
      }
    }
    return sums.map { $0.areas / $0.weights }
  }

  /// Twice the number of pairs in which a class's own row is above one of each other class, ties
  /// counted once.
  private func doubledWins(of label: Int, _ weights: [Int32], _ supports: [Int]) -> [Int] {
    let entries = orders[label].entries
    var below = supports
    var wins = [Int](repeating: 0, count: supports.count)
    var own = 0
    var start = 0
    for (place, entry) in entries.enumerated() {
      let weight = Int(weights[entry.row])
      if entry.isOwn { own += weight } else { below[references[entry.row]] -= weight }
      guard entry.isLast else { continue }
      if own > 0 {
        for other in wins.indices { wins[other] += 2 * own * below[other] }
        for tied in entries[start...place] where !tied.isOwn {
          wins[references[tied.row]] += own * Int(weights[tied.row])
        }
        own = 0
      }
      start = place + 1
    }
    return wins
  }
}
