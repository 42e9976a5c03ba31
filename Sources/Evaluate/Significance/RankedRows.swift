/// Rows of a classifier, for areas of each class against the rest and of all decisions pooled.
struct RankedRows: ScoredRows {
  let metrics: [ResampledMetric]
  private let areas: [RankedArea]
  private let references: [Int]
  private let positive: Int
  /// The order of each class's scores; nil of classes that no metric looks at.
  let orders: [RankedOrder?]
  /// The order of all classes' scores, where a metric looks at it.
  let pooled: RankedOrder?

  /// - Precondition: no score is NaN, and no area is of pairs.
  init(_ outcomes: ClassificationOutcomes, _ metrics: [(ResampledMetric, RankedArea)]) {
    self.metrics = metrics.map(\.0)
    areas = metrics.map(\.1)
    references = outcomes.references
    positive = outcomes.positive
    let needsAll = areas.contains { !$0.isBinary && !$0.isPooled }
    let needsOne = areas.contains(where: \.isBinary)
    orders = outcomes.labels.indices.map { label in
      needsAll || (needsOne && label == outcomes.positive) ? outcomes.order(of: label) : nil
    }
    pooled = areas.contains(where: \.isPooled) ? outcomes.pooledOrder : nil
  }

  var count: Int { references.count }

  func scores(weights: [Int32]) -> [Double] {
    var supports = [Int](repeating: 0, count: orders.count)
    for (row, weight) in weights.enumerated() { supports[references[row]] += Int(weight) }
    let count = supports.reduce(0, +)
    let found = zip(orders, supports).map { order, support in
      order?.areas(weights, positives: support, negatives: count - support)
    }
    let all = pooled?.areas(
      weights, positives: count, negatives: count * (orders.count - 1))
    return scores(found, pooled: all, supports)
  }

  /// The metrics of what the orders give.
  func scores(
    _ found: [RankedAreas<Double>?], pooled: RankedAreas<Double>?, _ supports: [Int]
  ) -> [Double] {
    areas.map { area in
      switch area {
      case .receiver(let average): mean(found, \.receiver, average, supports)
      case .precision(let average): mean(found, \.precision, average, supports)
      case .pooled: pooled?.receiver ?? .nan
      case .paired: .nan
      }
    }
  }

  /// One kind of area, averaged over the classes that have records.
  private func mean(
    _ found: [RankedAreas<Double>?], _ kind: KeyPath<RankedAreas<Double>, Double>,
    _ average: Average, _ supports: [Int]
  ) -> Double {
    if average == .binary { return found[positive]?[keyPath: kind] ?? .nan }
    var sum = 0.0
    var weights = 0.0
    for (areas, support) in zip(found, supports) where support > 0 {
      let weight = average == .weighted ? Double(support) : 1
      sum += (areas?[keyPath: kind] ?? .nan) * weight
      weights += weight
    }
    return sum / weights
  }

  /// How many of the first rows are of each class.
  func supports(of rows: Int) -> [Int] {
    references.prefix(rows).reduce(into: [Int](repeating: 0, count: orders.count)) {
      $0[$1] += 1
    }
  }
}

extension RankedArea {
  fileprivate var isPooled: Bool { if case .pooled = self { true } else { false } }
}

extension ClassificationOutcomes {
  /// The records as one class's scores fall.
  ///
  /// - Precondition: there are scores, and none is NaN.
  func order(of label: Int) -> RankedOrder {
    RankedOrder(
      probabilityRows.map { $1[$1.startIndex + label] }, row: { $0 },
      isOwn: { references[$0] == label })
  }

  /// All scores of all records, those of the true classes its own.
  fileprivate var pooledOrder: RankedOrder {
    let width = labels.count
    return RankedOrder(
      scores ?? [], row: { $0 / width }, isOwn: { references[$0 / width] == $0 % width })
  }
}
