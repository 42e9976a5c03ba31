/// Which area a metric of rankings is, and how classes are averaged.
enum RankedArea: Sendable {
  /// Under the ROC curve.
  case receiver(Average)
  /// Under the steps of precision over recall.
  case precision(Average)

  var average: Average {
    switch self {
    case .receiver(let average), .precision(let average): average
    }
  }
}

/// Rows of a classifier, for areas of each class against the rest: sorted once, then only walked.
struct RankedRows: ScoredRows {
  /// One class's rows as its scores fall, and where each run of equal scores ends.
  private struct Order: Sendable {
    let rows: [Int32]
    let ends: [Int]
  }

  private let references: [Int]
  private let orders: [Order]
  private let positive: Int
  private let descriptors: [MetricDescriptor]

  /// - Precondition: no score is NaN.
  init(_ outcomes: ClassificationOutcomes, _ descriptors: [MetricDescriptor]) {
    references = outcomes.references
    positive = outcomes.positive
    self.descriptors = descriptors
    orders = outcomes.labels.indices.map { label in
      let scores = outcomes.probabilityRows.map { $1[$1.startIndex + label] }
      let rows = scores.indices.sorted { (-scores[$0], $0) < (-scores[$1], $1) }
      let ends = rows.indices.filter { place in
        place + 1 == rows.count || scores[rows[place]] != scores[rows[place + 1]]
      }
      return Order(rows: rows.map { Int32($0) }, ends: ends.map { $0 + 1 })
    }
  }

  var metrics: [ResampledMetric] { descriptors.map(\.resampled) }
  var count: Int { references.count }

  func scores(weights: [Int32]) -> [Double] {
    var supports = [Int](repeating: 0, count: orders.count)
    for (row, weight) in weights.enumerated() { supports[references[row]] += Int(weight) }
    let areas = orders.indices.map { self.areas(of: $0, weights, supports) }
    return descriptors.map { descriptor in
      guard let area = descriptor.rankedArea else { return .nan }
      return score(area, areas, supports)
    }
  }

  private func score(
    _ area: RankedArea, _ areas: [(receiver: Double, precision: Double)], _ supports: [Int]
  ) -> Double {
    func value(_ label: Int) -> Double {
      switch area {
      case .receiver: areas[label].receiver
      case .precision: areas[label].precision
      }
    }
    if area.average == .binary { return value(positive) }
    var sum = 0.0
    var weights = 0.0
    for label in areas.indices where supports[label] > 0 {
      let weight = area.average == .weighted ? Double(supports[label]) : 1
      sum += value(label) * weight
      weights += weight
    }
    return sum / weights
  }

  /// Both areas of one class: NaN and 0 where no row is of it, as of outcomes.
  private func areas(
    of label: Int, _ weights: [Int32], _ supports: [Int]
  ) -> (receiver: Double, precision: Double) {
    let positives = supports[label]
    let negatives = supports.reduce(0, +) - positives
    guard positives > 0 else { return (.nan, 0) }
    var (hits, misses, wins, precision) = (0, 0, 0, 0.0)
    var start = 0
    for end in orders[label].ends {
      var (own, others) = (0, 0)
      for place in start..<end {
        let row = Int(orders[label].rows[place])
        if references[row] == label {
          own += Int(weights[row])
        } else {
          others += Int(weights[row])
        }
      }
      start = end
      hits += own
      misses += others
      wins += own * (2 * (negatives - misses) + others)
      guard own > 0 else { continue }
      precision += Double(own) / Double(positives) * (Double(hits) / Double(hits + misses))
    }
    let receiver =
      negatives == 0 ? Double.nan : Double(wins) / (2 * Double(positives) * Double(negatives))
    return (receiver, precision)
  }
}
