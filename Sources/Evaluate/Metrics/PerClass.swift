/// Precision, recall and F1 of one class, with the number of its records.
public struct ClassScore: Sendable, Equatable {
  /// Name of the class.
  public let label: String
  /// Share of predictions of the class that are right.
  public let precision: Double
  /// Share of the class's records that are found.
  public let recall: Double
  /// Harmonic mean of precision and recall.
  public let f1: Double
  /// Number of records of the class.
  public let support: Int

  /// Creates a row of the table.
  public init(label: String, precision: Double, recall: Double, f1: Double, support: Int) {
    self.label = label
    self.precision = precision
    self.recall = recall
    self.f1 = f1
    self.support = support
  }
}

extension ClassificationOutcomes {
  /// Precision, recall and F1 of every class in the order of the labels, absent ones included.
  public func perClass(zeroDivision: ZeroDivision = .zero) -> [ClassScore] {
    zip(labels, tallies).map { label, tally in
      ClassScore(
        label: label,
        precision: ClassRate.precision.of(tally, zeroDivision: zeroDivision),
        recall: ClassRate.recall.of(tally, zeroDivision: zeroDivision),
        f1: ClassRate.f1.of(tally, zeroDivision: zeroDivision),
        support: tally.support)
    }
  }
}

let perClassMetric = MetricDescriptor(
  name: "classes", summary: "Precision, recall, F1 and number of records of each class.",
  direction: .none
) { Measurement(.classes($0.perClass())) }
