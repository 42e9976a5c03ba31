/// A metric of summed losses, such as perplexity, as a function of sums over records.
public struct LossMetric: CorpusMetric {
  private let descriptor: MetricDescriptor
  private let hasBytes: Bool

  /// A metric of the catalog that needs losses.
  ///
  /// - Parameter hasBytes: whether the length of the texts in bytes is known.
  public init(_ descriptor: MetricDescriptor, hasBytes: Bool) {
    precondition(descriptor.needs == .losses, "\(descriptor.name) is not of losses")
    (self.descriptor, self.hasBytes) = (descriptor, hasBytes)
  }

  /// The metric's name.
  public var name: String { descriptor.name }
  /// Nothing: the catalog's name says all.
  public var signature: String { descriptor.name }
  /// Which way is better.
  public var direction: MetricDirection { descriptor.direction }
  /// The loss, the tokens, the bytes.
  public var width: Int { 3 }

  /// The metric of summed losses; NaN where it is unavailable.
  public func score(of sums: [Double]) -> Double {
    // Past 2^53 the sum is no longer exact, and past 2^63 no integer.
    let (tokens, bytes) = (Int(min(sums[1], 0x1p62)), Int(min(sums[2], 0x1p62)))
    let outcomes = LanguageOutcomes(
      totalLoss: sums[0], tokens: tokens, bytes: hasBytes ? bytes : nil)
    return descriptor.measure(.language(outcomes)).number ?? .nan
  }

  /// The metric's statistics of some records.
  public func measurement(of records: [LanguageOutcomes]) -> CorpusMeasurement {
    CorpusMeasurement(
      self,
      RecordStatistics(
        width: 3,
        values: records.flatMap { [$0.totalLoss, Double($0.tokens), Double($0.bytes ?? 0)] }))
  }
}
