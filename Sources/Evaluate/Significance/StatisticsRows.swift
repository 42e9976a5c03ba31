/// Rows of a metric that follows from sums: BLEU, means, losses.
public struct StatisticsRows: ScoredRows {
  let metric: any CorpusMetric
  let statistics: RecordStatistics
  /// The statistics again, four numbers side by side, a row's last four filled with zeros.
  let lanes: [SIMD4<Double>]

  /// The records of one system.
  public init(_ measurement: CorpusMeasurement) {
    (metric, statistics) = (measurement.metric, measurement.statistics)
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
    metric = first.metric
    statistics = RecordStatistics(
      width: first.statistics.width, values: first.statistics.values + second.statistics.values)
    lanes = statistics.lanes
  }

  /// The one metric.
  public var metrics: [ResampledMetric] {
    [ResampledMetric(name: metric.name, direction: metric.direction)]
  }

  /// Number of rows.
  public var count: Int { statistics.count }

  /// The metric of the weighted sums.
  public func scores(weights: [Int32]) -> [Double] {
    let width = (statistics.width + 3) / 4
    var sums = [SIMD4<Double>](repeating: .zero, count: width)
    for (row, weight) in weights.enumerated() where weight != 0 {
      let factor = SIMD4(repeating: Double(weight))
      for lane in 0..<width { sums[lane] += factor * lanes[row * width + lane] }
    }
    return [metric.score(of: (0..<statistics.width).map { sums[$0 / 4][$0 % 4] })]
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
