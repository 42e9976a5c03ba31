/// Rows of a metric that follows from sums: BLEU, means, losses.
public struct StatisticsRows: ScoredRows {
  let metric: any CorpusMetric
  /// How many numbers a row has.
  let width: Int
  /// Number of rows.
  public let count: Int
  /// The numbers, four side by side, a row's last four filled with zeros.
  let lanes: [SIMD4<Double>]

  /// The records of one system.
  public init(_ measurement: CorpusMeasurement) {
    let statistics = measurement.statistics
    (metric, width, count) = (measurement.metric, statistics.width, statistics.count)
    lanes = statistics.lanes
  }

  /// The records of two systems by the same metric.
  ///
  /// - Precondition: both have as many records, and statistics of one width.
  public init(_ first: CorpusMeasurement, _ second: CorpusMeasurement) {
    precondition(
      first.statistics.count == second.statistics.count
        && first.statistics.width == second.statistics.width,
      "\(first.statistics.count) records against \(second.statistics.count)")
    (metric, width) = (first.metric, first.statistics.width)
    count = 2 * first.statistics.count
    lanes = first.statistics.lanes + second.statistics.lanes
  }

  /// The one metric.
  public var metrics: [ResampledMetric] {
    [ResampledMetric(name: metric.name, direction: metric.direction)]
  }

  /// The metric of the weighted sums.
  public func scores(weights: [Int32]) -> [Double] {
    let lanesPerRow = lanesPerRow
    var sums = [SIMD4<Double>](repeating: .zero, count: lanesPerRow)
    for (row, weight) in weights.enumerated() where weight != 0 {
      let factor = SIMD4(repeating: Double(weight))
      for lane in 0..<lanesPerRow { sums[lane] += factor * lanes[row * lanesPerRow + lane] }
    }
    return [metric.score(of: (0..<width).map { sums[$0 / 4][$0 % 4] })]
  }

  var lanesPerRow: Int { (width + 3) / 4 }

  /// The sums over some rows.
  func sums(of rows: Range<Int>) -> [Double] {
    let lanesPerRow = lanesPerRow
    var sums = [SIMD4<Double>](repeating: .zero, count: lanesPerRow)
    for row in rows {
      for lane in 0..<lanesPerRow { sums[lane] += lanes[row * lanesPerRow + lane] }
    }
    return (0..<width).map { sums[$0 / 4][$0 % 4] }
  }
}

extension RecordStatistics {
  /// Rows of four numbers side by side, the last ones of each filled with zeros.
  fileprivate var lanes: [SIMD4<Double>] {
    let count = (width + 3) / 4
    var lanes = [SIMD4<Double>](repeating: .zero, count: self.count * count)
    for record in 0..<self.count {
      for column in 0..<width {
        lanes[record * count + column / 4][column % 4] = values[record * width + column]
      }
    }
    return lanes
  }
}
