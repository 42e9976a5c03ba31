/// A score of many records that follows from the sum of a few numbers a record.
///
/// BLEU's numbers are its n-gram counts and lengths; a mean's are a value and a weight. Whoever draws
/// records anew, such as a bootstrap, sums rows of ``RecordStatistics`` and asks for the score.
public protocol CorpusMetric: Sendable {
  /// The key in results, such as `bleu` or `rouge1`.
  var name: String { get }
  /// Every setting the score depends on, in the notation of sacreBLEU where it has one.
  var signature: String { get }
  /// Which way is better.
  var direction: MetricDirection { get }
  /// How many numbers a record gives.
  var width: Int { get }
  /// The score of the records whose statistics sum to these ``width`` numbers.
  ///
  /// Cheap: it is called once a resample. NaN where the sums define no score.
  func score(of sums: [Double]) -> Double
}

/// The numbers of each record that a ``CorpusMetric`` sums, row by row.
public struct RecordStatistics: Sendable, Equatable {
  /// How many numbers a record has.
  public let width: Int
  /// The numbers, first all of record 0, then all of record 1, and so on.
  public private(set) var values: [Double]

  /// Gathers rows that lie one after another.
  ///
  /// - Precondition: `values` is a whole number of rows.
  public init(width: Int, values: [Double]) {
    precondition(
      width > 0 && values.count % width == 0, "\(values.count) numbers are no rows of \(width)")
    self.width = width
    self.values = values
  }

  /// How many records there are.
  public var count: Int { values.count / width }

  /// The numbers of one record.
  public subscript(record: Int) -> ArraySlice<Double> {
    values[record * width..<(record + 1) * width]
  }

  /// The sum over all records; zeros where there are none.
  ///
  /// Sums of counts are exact in any order; sums of fractions are taken in the order of records.
  public func sums() -> [Double] { sums(of: 0..<count) }

  /// The sum over some records, of which one may occur often.
  public func sums(of records: some Sequence<Int>) -> [Double] {
    var sums = [Double](repeating: 0, count: width)
    for record in records {
      for column in 0..<width { sums[column] += values[record * width + column] }
    }
    return sums
  }
}

/// A metric and the statistics it found on each record of one system's output.
public struct CorpusMeasurement: Sendable {
  /// What turns sums into a score.
  public let metric: any CorpusMetric
  /// The numbers of each record.
  public let statistics: RecordStatistics

  /// Pairs a metric with its statistics.
  ///
  /// - Precondition: the statistics have the metric's width.
  public init(_ metric: any CorpusMetric, _ statistics: RecordStatistics) {
    precondition(
      metric.width == statistics.width,
      "\(metric.name) has \(metric.width) numbers a record, not \(statistics.width)")
    self.metric = metric
    self.statistics = statistics
  }

  /// The score of all records.
  public var score: Double { metric.score(of: statistics.sums()) }

  /// The score of each record alone.
  public var recordScores: [Double] {
    (0..<statistics.count).map { metric.score(of: Array(statistics[$0])) }
  }
}

/// A mean over records: its two statistics are a value and a weight, both summed.
///
/// ROUGE, METEOR, accuracy and exact match are such, of weight 1 a record.
public struct MeanMetric: CorpusMetric, Equatable {
  /// The key in results.
  public let name: String
  /// Every setting the values depend on.
  public let signature: String
  /// Which way is better.
  public let direction: MetricDirection
  /// What the mean is multiplied by: 100 where the score is a percentage.
  public let scale: Double

  /// Names a mean.
  public init(
    name: String, signature: String, direction: MetricDirection = .greater, scale: Double = 100
  ) {
    self.name = name
    self.signature = signature
    self.direction = direction
    self.scale = scale
  }

  /// A value and a weight.
  public var width: Int { 2 }

  /// `scale` times the summed values over the summed weights; NaN where the weights sum to 0.
  public func score(of sums: [Double]) -> Double { scale * (sums[0] / sums[1]) }

  /// The measurement of one value a record, each of weight 1.
  public func measurement(of values: [Double]) -> CorpusMeasurement {
    CorpusMeasurement(
      self, RecordStatistics(width: 2, values: values.flatMap { [$0, 1] }))
  }
}
