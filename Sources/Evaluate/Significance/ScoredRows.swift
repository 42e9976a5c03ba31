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

  /// A metric of this name.
  package init(name: String, direction: MetricDirection) {
    (self.name, self.direction) = (name, direction)
  }
}

extension ScoredRows {
  /// The scores of some rows, each counted once.
  public func scores(of rows: Range<Int>) -> [Double] {
    scores(weights: (0..<count).map { rows.contains($0) ? 1 : 0 })
  }
}

/// The same rows by several lists of metrics, so that they are drawn once for all of them.
public struct JoinedRows: ScoredRows {
  let parts: [any ScoredRows]
  /// Number of rows.
  public let count: Int

  /// Joins lists of metrics.
  ///
  /// - Precondition: there is at least one part, and all have as many rows.
  public init(_ parts: [any ScoredRows]) {
    count = parts.first?.count ?? 0
    precondition(
      !parts.isEmpty && parts.allSatisfy { [count] in $0.count == count },
      "\(parts.map(\.count)) rows are not the same")
    self.parts = parts
  }

  /// The metrics of all parts.
  public var metrics: [ResampledMetric] { parts.flatMap(\.metrics) }

  /// The scores of all parts.
  public func scores(weights: [Int32]) -> [Double] {
    parts.flatMap { $0.scores(weights: weights) }
  }
}

/// Rows that define no score, however they are chosen.
struct UndefinedRows: ScoredRows {
  let metrics: [ResampledMetric]
  let count: Int

  func scores(weights: [Int32]) -> [Double] { metrics.map { _ in .nan } }
}
