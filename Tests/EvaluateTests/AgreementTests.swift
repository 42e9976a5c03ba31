import Evaluate
import Records
import Testing

@Suite struct `Metrics of agreement and of rankings` {
  /// What a metric of the catalog finds; NaN where it is unavailable.
  private func value(_ name: String, _ outcomes: Outcomes) throws -> Double {
    let metric = try #require(standardMetrics.first { $0.name == name }, "no metric \(name)")
    guard case .number(let number) = metric.measure(outcomes).value else { return .nan }
    return number
  }

  private func pairs(_ object: JSONObject?) -> [(String, JSONValue)] {
    (object?.members ?? []).map { ($0.key, $0.value) }
  }

  @Test(arguments: Reference.shared.cases)
  func `balanced accuracy, MCC and every kappa are scikit-learn's`(
    reference: ReferenceCase
  ) throws {
    let expected = try #require(reference.json["agreement"]?.object)
    #expect(expected.members.count == 6)
    for (name, number) in pairs(expected) where !name.hasSuffix("adjusted") {
      let found = try value(name, .classification(reference.outcomes))
      #expect(agrees(found, number), "\(name): \(found)")
    }
    let adjusted = reference.outcomes.counts.balancedAccuracy(adjusted: true)
    #expect(agrees(adjusted, expected["balanced-accuracy adjusted"]), "\(adjusted)")
  }

  @Test(arguments: Reference.shared.cases.filter { $0.json["rankings"] != nil })
  func `average precision, pooled and paired areas are scikit-learn's`(
    reference: ReferenceCase
  ) throws {
    let expected = try #require(reference.json["rankings"]?.object)
    #expect(expected.members.count >= 4)
    for (name, number) in pairs(expected) where name != "each ap" {
      let found = try value(name, .classification(reference.outcomes))
      #expect(agrees(found, number), "\(name): \(found)")
    }
    for (label, number) in (expected["each ap"]?.array ?? []).enumerated() {
      let precision = try #require(reference.outcomes.averagePrecision(of: label))
      #expect(agrees(precision, number), "class \(label): \(precision)")
    }
  }

  @Test func `Brier score, log loss and calibration error are the reference's`() throws {
    var compared = 0
    for reference in Reference.shared.cases {
      for (name, number) in pairs(reference.json["probabilities"]?.object) {
        let found = try value(name, .classification(reference.outcomes))
        #expect(agrees(found, number), "\(reference.testDescription), \(name): \(found)")
        compared += 1
      }
    }
    #expect(compared == 21)
  }

  @Test func `scores that are no probabilities have no Brier score, and the reason says so`() {
    let outcomes = ClassificationOutcomes(
      labels: ["no", "yes"], references: [0, 1], predictions: [0, 1],
      scores: [0.5, 0.5, -1.5, 2.5])
    let brier = standardMetrics.first { $0.name == "brier" }?.measure(.classification(outcomes))
    #expect(
      brier?.value
        == .unavailable(
          reason: "a score of class 'no' is -1.5, which is no probability (record 1)"))
    let sums = ClassificationOutcomes(
      labels: ["no", "yes"], references: [0], predictions: [0], scores: [0.5, 0.25])
    let loss = standardMetrics.first { $0.name == "log-loss" }?.measure(.classification(sums))
    #expect(
      loss?.value
        == .unavailable(reason: "the scores of record 0 sum to 0.75; probabilities sum to 1"))
  }

  @Test func `the calibration table counts a confidence in the bin it closes`() {
    var calibration = Calibration(bins: 2)
    calibration.add(confidence: 0.5, isRight: true)
    calibration.add(confidence: 0.75, isRight: false)
    calibration.add(confidence: 1, isRight: true)
    calibration.add(confidence: 1.5, isRight: true)
    calibration.add(confidence: .nan, isRight: true)
    #expect(calibration.bins.map(\.count) == [1, 2])
    #expect(calibration.bins[1].accuracy == 0.5)
    #expect(calibration.bins[1].meanConfidence == 0.875)
    #expect(calibration.maximumError == 0.5)
    #expect(Calibration().expectedError == nil)
  }

  @Test func `large sets are ranked as small ones are`() throws {
    var random = CounterRandom(seed: 7, purpose: "ranking")
    let scores = (0..<300_000).map { _ in Float(random.below(50_000)) / 50_000 }
    let high = scores.filter { $0 > 0.5 || Int($0 * 1000) % 3 == 0 }
    let low = scores.filter { !($0 > 0.5 || Int($0 * 1000) % 3 == 0) }
    let counts = low.reduce(into: [Float: Int]()) { $0[$1, default: 0] += 1 }
    var below: [Float: Int] = [:]
    var sum = 0
    for score in counts.keys.sorted() {
      below[score] = sum
      sum += counts[score, default: 0]
    }
    let ordered = counts.keys.sorted()
    var wins = 0
    for score in high {
      let place = ordered.partitioningIndex { $0 >= score }
      let smaller = place < ordered.count ? below[ordered[place], default: 0] : low.count
      wins += 2 * smaller + counts[score, default: 0]
    }
    let expected = Double(wins) / (2 * Double(high.count) * Double(low.count))
    #expect(areaUnderROC(positives: high, negatives: low) == expected)
  }
}

extension [Float] {
  /// The first place whose element fulfils a condition that all later ones fulfil too.
  fileprivate func partitioningIndex(_ isLate: (Float) -> Bool) -> Int {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if isLate(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
