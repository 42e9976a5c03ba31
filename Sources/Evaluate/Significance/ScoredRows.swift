import Records

/// Scores of one or more metrics over rows that can be chosen anew: what resampling works on.
///
/// A row is one record of one system. Two systems on the same records are one list of rows, the
/// second's behind the first's, so that a mixture of both is a choice of rows as well.
public protocol ScoredRows: Sendable {
  /// The metrics' names and directions, in the order of the scores.
  var metrics: [ResampledMetric] { get }
  /// Number of rows.
  var count: Int { get }

  /// The score of each metric when every row counts as often as its weight says.
  ///
  /// NaN where those rows define no score. Does not depend on the number of threads.
  func scores(weights: [Int32]) -> [Double]
}

/// The name of a metric that is resampled, and which way is better.
public struct ResampledMetric: Sendable, Equatable {
  /// The key in results.
  public let name: String
  /// Which way is better.
  public let direction: MetricDirection
}

extension ScoredRows {
  /// The scores of some rows, each counted once.
  public func scores(of rows: Range<Int>) -> [Double] {
    scores(weights: (0..<count).map { rows.contains($0) ? 1 : 0 })
  }
}

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

/// Rows of a classifier, for metrics that need only how often classes are true and predicted.
struct CountsRows: ScoredRows {
  private let references: [Int]
  private let predictions: [Int]
  private let classes: Int
  private let positive: Int
  private let descriptors: [MetricDescriptor]

  init(_ outcomes: ClassificationOutcomes, _ descriptors: [MetricDescriptor]) {
    references = outcomes.references
    predictions = outcomes.predictions
    classes = outcomes.labels.count
    positive = outcomes.positive
    self.descriptors = descriptors
  }

  var metrics: [ResampledMetric] { descriptors.map(\.resampled) }
  var count: Int { references.count }

  func scores(weights: [Int32]) -> [Double] {
    var tallies = ClassTally.none(classes)
    for (row, weight) in weights.enumerated() where weight != 0 {
      let weight = Int(weight)
      let reference = references[row]
      let prediction = predictions[row]
      tallies[reference].support += weight
      tallies[prediction].predicted += weight
      if reference == prediction { tallies[reference].hits += weight }
    }
    let counts = ClassCounts(tallies: tallies, positive: positive)
    guard counts.count > 0 else { return descriptors.map { _ in .nan } }
    return descriptors.map { $0.ofCounts?(counts).number ?? .nan }
  }
}

/// Rows of a classifier, for any metric: those chosen are scored as if there were no others.
struct ChosenRows: ScoredRows {
  private let outcomes: ClassificationOutcomes
  private let descriptors: [MetricDescriptor]

  init(_ outcomes: ClassificationOutcomes, _ descriptors: [MetricDescriptor]) {
    (self.outcomes, self.descriptors) = (outcomes, descriptors)
  }

  var metrics: [ResampledMetric] { descriptors.map(\.resampled) }
  var count: Int { outcomes.count }

  func scores(weights: [Int32]) -> [Double] {
    let chosen = Outcomes.classification(outcomes.choosing(weights))
    return descriptors.map { $0.measure(chosen).number ?? .nan }
  }
}

extension ClassificationOutcomes {
  /// The metrics of these outcomes that are one number, ready to be resampled.
  ///
  /// Metrics of losses are left out: these outcomes hold their sum alone.
  public func rows(for metrics: [MetricDescriptor]) -> [any ScoredRows] {
    let usable = metrics.filter {
      $0.canSelect && $0.needs != .losses
        && Outcomes.classification(self).provides.contains($0.needs)
    }
    let counted = usable.filter { $0.ofCounts != nil }
    let isRanked = !(scores ?? []).contains { $0.isNaN }
    let ranked = usable.filter { isRanked && $0.rankedArea != nil }
    let others = usable.filter { $0.ofCounts == nil && !(isRanked && $0.rankedArea != nil) }
    var rows: [any ScoredRows] = []
    if !counted.isEmpty { rows.append(CountsRows(self, counted)) }
    if !ranked.isEmpty { rows.append(RankedRows(self, ranked)) }
    if !others.isEmpty { rows.append(ChosenRows(self, others)) }
    return rows
  }

  /// These records and then those of another system.
  ///
  /// - Precondition: both have the same labels, and both or neither have scores.
  public func followed(by other: ClassificationOutcomes) -> ClassificationOutcomes {
    precondition(
      labels == other.labels && (scores == nil) == (other.scores == nil),
      "outcomes of classes \(labels) and \(other.labels)")
    return ClassificationOutcomes(
      labels: labels, references: references + other.references,
      predictions: predictions + other.predictions,
      scores: scores.flatMap { scores in other.scores.map { scores + $0 } }, positive: positive)
  }

  /// The outcomes in which every record occurs as often as its weight says.
  func choosing(_ weights: [Int32]) -> ClassificationOutcomes {
    var chosen: [Int] = []
    for (record, weight) in weights.enumerated() {
      for _ in 0..<weight { chosen.append(record) }
    }
    let width = labels.count
    return ClassificationOutcomes(
      labels: labels, references: chosen.map { references[$0] },
      predictions: chosen.map { predictions[$0] },
      scores: scores.map { scores in
        var rows: [Float] = []
        rows.reserveCapacity(chosen.count * width)
        for record in chosen { rows += scores[record * width..<(record + 1) * width] }
        return rows
      }, positive: positive)
  }
}

extension MetricDescriptor {
  var resampled: ResampledMetric { ResampledMetric(name: name, direction: direction) }
}

extension Measurement {
  /// The number found; nil for tables and where there is none.
  var number: Double? {
    guard case .number(let number) = value else { return nil }
    return number
  }
}
