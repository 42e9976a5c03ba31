/// How often each class was true, predicted, and both, over some records of a classifier.
///
/// All that accuracy, precision, recall, F1, MCC and kappa need: sums over records, so that records
/// drawn anew are counted and scored without looking at the rest.
public struct ClassCounts: Sendable, Equatable {
  /// Counts of each class, in the order of the labels.
  public let tallies: [ClassTally]
  /// Number of records.
  public let count: Int
  /// Index of the positive class in two-class averages.
  public let positive: Int

  /// Gathers the counts of all classes.
  public init(tallies: [ClassTally], positive: Int = 1) {
    self.tallies = tallies
    self.positive = positive
    count = tallies.reduce(0) { $0 + $1.support }
  }

  /// Records whose prediction is right.
  public var hits: Int { tallies.reduce(0) { $0 + $1.hits } }

  /// Sum over classes of references times predictions; exact below 2^53.
  var agreementByChance: Double {
    tallies.reduce(0) { $0 + Double($1.support) * Double($1.predicted) }
  }
}

extension ClassificationOutcomes {
  /// The counts of all records.
  public var counts: ClassCounts { ClassCounts(tallies: tallies, positive: positive) }
}
