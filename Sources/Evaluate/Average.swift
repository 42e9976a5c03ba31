/// How scores of several classes become one.
///
/// Follows scikit-learn's `average`: macro and weighted run over the classes that occur among
/// references or predictions, so a class that is only predicted lowers the macro mean.
public enum Average: String, Sendable, CaseIterable {
  /// The positive class alone; two classes only.
  case binary
  /// All decisions pooled: with one class a record it equals accuracy.
  case micro
  /// The plain mean over classes.
  case macro
  /// The mean over classes, weighted by how many records each has.
  case weighted
}

/// What 0 ÷ 0 gives in precision, recall or F1: scikit-learn's `zero_division`.
public enum ZeroDivision: Sendable, CaseIterable {
  /// 0, the default.
  case zero
  /// 1.
  case one
  /// Not a number; such classes are left out of means.
  case notANumber

  var value: Double {
    switch self {
    case .zero: 0
    case .one: 1
    case .notANumber: .nan
    }
  }
}

/// One of the three scores that a class's tally gives.
public enum ClassRate: String, Sendable, CaseIterable {
  /// Hits among predictions.
  case precision
  /// Hits among references.
  case recall
  /// The harmonic mean of precision and recall.
  case f1

  /// The score of one tally.
  func of(_ tally: ClassTally, zeroDivision: ZeroDivision) -> Double {
    let (numerator, denominator) =
      switch self {
      case .precision: (tally.hits, tally.predicted)
      case .recall: (tally.hits, tally.support)
      case .f1: (2 * tally.hits, tally.predicted + tally.support)
      }
    return denominator == 0 ? zeroDivision.value : Double(numerator) / Double(denominator)
  }
}

extension ClassificationOutcomes {
  /// Precision, recall or F1 in one average, as of ``ClassCounts``.
  ///
  /// - Precondition: there are two classes when `average` is `.binary`.
  public func rate(
    _ rate: ClassRate, average: Average, zeroDivision: ZeroDivision = .zero
  ) -> Double { counts.rate(rate, average: average, zeroDivision: zeroDivision) }
}

extension ClassCounts {
  /// Precision, recall or F1 in one average; O(classes).
  ///
  /// NaN when there are no records, and where `zeroDivision` is `.notANumber` and no class
  /// defines the score.
  ///
  /// - Precondition: there are two classes when `average` is `.binary`.
  public func rate(
    _ rate: ClassRate, average: Average, zeroDivision: ZeroDivision = .zero
  ) -> Double {
    guard count > 0 else { return .nan }
    switch average {
    case .binary:
      precondition(tallies.count == 2, "binary \(rate.rawValue) of \(tallies.count) classes")
      return rate.of(tallies[positive], zeroDivision: zeroDivision)
    case .micro:
      let pooled = ClassTally(hits: hits, predicted: count, support: count)
      return rate.of(pooled, zeroDivision: zeroDivision)
    case .macro:
      return mean(of: rate, zeroDivision: zeroDivision) { _ in 1 }
    case .weighted:
      return mean(of: rate, zeroDivision: zeroDivision) { Double($0.support) }
    }
  }

  /// Mean over the classes that occur, undefined scores left out.
  ///
  /// Where only classes of weight 0 define the score, it is their plain mean, as in scikit-learn.
  private func mean(
    of rate: ClassRate, zeroDivision: ZeroDivision, weight: (ClassTally) -> Double
  ) -> Double {
    let defined = tallies.filter { !$0.isAbsent }
      .map { (score: rate.of($0, zeroDivision: zeroDivision), weight: weight($0)) }
      .filter { !$0.score.isNaN }
    let weights = defined.reduce(0) { $0 + $1.weight }
    guard weights > 0 else {
      return defined.reduce(0) { $0 + $1.score } / Double(defined.count)
    }
    return defined.reduce(0) { $0 + $1.score * $1.weight } / weights
  }
}
