/// How often predictions of a given confidence are right, in ten bins of equal width.
struct Calibration {
  /// Predictions whose confidence lies in one tenth.
  struct Bin {
    var count = 0
    var right = 0
    var confidence = 0.0

    var accuracy: Double { Double(right) / Double(count) }
    var meanConfidence: Double { confidence / Double(count) }
  }

  private(set) var bins = [Bin](repeating: Bin(), count: 10)

  var count: Int { bins.reduce(0) { $0 + $1.count } }

  /// Counts one prediction; bins are open below and closed above.
  ///
  /// A confidence outside 0…1 is not one.
  mutating func add(confidence: Double, isRight: Bool) {
    guard confidence >= 0, confidence <= 1 else { return }
    let index = min(max(Int((confidence * 10).rounded(.up)) - 1, 0), 9)
    bins[index].count += 1
    bins[index].confidence += confidence
    if isRight { bins[index].right += 1 }
  }

  /// The expected calibration error; nil without predictions.
  ///
  /// Mean distance of a bin's accuracy from its mean confidence, weighted by its count: Guo and
  /// others 2017, arXiv:1706.04599.
  var expectedError: Double? {
    guard count > 0 else { return nil }
    return bins.filter { $0.count > 0 }.reduce(0) { sum, bin in
      sum + Double(bin.count) / Double(count) * abs(bin.accuracy - bin.meanConfidence)
    }
  }
}
