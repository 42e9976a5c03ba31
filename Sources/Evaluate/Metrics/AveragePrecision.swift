extension ClassificationOutcomes {
  /// The average precision of one class against all others, by the class's scores.
  ///
  /// The area under the steps of precision over recall, ties taken together: scikit-learn's
  /// `average_precision_score`, which is 0 where no record is of the class.
  ///
  /// - Precondition: `label` is a position in ``labels`` and there are ``scores``.
  /// - Returns: nil when a score is not a number.
  public func averagePrecision(of label: Int) -> Double? {
    let (positives, negatives) = split(by: label)
    return Evaluate.averagePrecision(positives: positives, negatives: negatives)
  }

  /// Average precision of each class against the rest, averaged over the classes with records.
  ///
  /// - Precondition: `average` is `.macro` or `.weighted` and there are ``scores``.
  public func averagePrecision(average: Average) -> Measurement {
    averaged(average) { label in
      averagePrecision(of: label).map { .area($0) }
        ?? .undefined("a score of class '\(labels[label])' is not a number")
    }
  }
}

/// The area under the steps of precision over recall, as scores fall; 0 without positives.
///
/// - Returns: nil when a score is not a number.
public func averagePrecision(positives: [Float], negatives: [Float]) -> Double? {
  guard let high = SortedScores(positives), let low = SortedScores(negatives) else { return nil }
  var sum = 0.0
  var hits = 0
  var misses = 0
  while hits < high.count {
    let key = high.keys[high.count - 1 - hits]
    let old = hits
    while hits < high.count, high.keys[high.count - 1 - hits] == key { hits += 1 }
    while misses < low.count, low.keys[low.count - 1 - misses] >= key { misses += 1 }
    sum += Double(hits - old) / Double(high.count) * (Double(hits) / Double(hits + misses))
  }
  return sum
}

let averagePrecisionMetrics: [MetricDescriptor] = [
  MetricDescriptor(
    name: "ap.binary", summary: "Average precision of the positive class of two.",
    area: .precision(.binary)
  ) { outcomes in
    guard outcomes.labels.count == 2 else {
      return .unavailable("ap.binary needs two classes; there are \(outcomes.labels.count)")
    }
    let name = outcomes.labels[outcomes.positive]
    guard let precision = outcomes.averagePrecision(of: outcomes.positive) else {
      return .unavailable("a score of class '\(name)' is not a number")
    }
    let isAbsent = outcomes.tallies[outcomes.positive].support == 0
    return Measurement(
      .number(precision), note: isAbsent ? "no record is of class '\(name)'" : nil)
  },
  averaged(.macro, "averaged over classes"),
  averaged(.weighted, "averaged over classes by their number of records"),
]

private func averaged(_ average: Average, _ phrase: String) -> MetricDescriptor {
  MetricDescriptor(
    name: "ap.\(average.rawValue)",
    summary: "Average precision of each class against the rest, \(phrase).",
    area: .precision(average)
  ) { $0.averagePrecision(average: average) }
}
