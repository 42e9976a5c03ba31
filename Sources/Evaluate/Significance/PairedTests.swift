import Records

/// What a paired test says of two systems by one metric.
public struct PairedResult: Sendable, Equatable {
  /// The metric's name and direction.
  public let metric: ResampledMetric
  /// The first system's score.
  public let baseline: Double
  /// The second system's score.
  public let system: Double
  /// How likely so large a difference is where the systems do not differ; NaN without scores.
  public let pValue: Double
  /// Between which values the difference lies; nil where the test draws no records anew.
  public let interval: ConfidenceInterval?

  /// The second system's score less the first's.
  public var difference: Double { system - baseline }
}

extension Resampling {
  /// Paired approximate randomisation: each record's outputs are swapped between the systems or not.
  ///
  /// Noreen (1989); Riezler and Maxwell (2005), aclanthology.org/W05-0908. Two-sided: the share of
  /// swaps, the one at hand among them, that make the systems differ at least as much as they do. A
  /// swap that leaves a score undefined counts as such.
  ///
  /// With `.numpy` and seed 12345 the p-values are those of `sacrebleu --paired-ar`, which counts
  /// strictly larger differences: there a system differs "significantly" from itself.
  ///
  /// - Parameter rows: the records of the first system and then those of the second.
  public func randomization(_ rows: some ScoredRows) -> [PairedResult] {
    let records = rows.count / 2
    let pair = PairedScores(rows)
    let swapped =
      (rows as? StatisticsRows).map { differencesOfSums($0) }
      ?? scores(
        purpose: "randomization", draw: { $0.bits(records) },
        score: { bits in
          let (first, second) = swapWeights(bits, records: records)
          return zip(rows.scores(weights: first), rows.scores(weights: second)).map { $0 - $1 }
        })
    return pair.results { metric, difference in
      // Sums of fractions differ in their last bits by the order in which they are added.
      let slack = 1e-12 * (abs(pair.baseline[metric]) + abs(pair.system[metric]))
      let larger =
        generator == .numpy
        ? swapped.count { !(abs($0[metric]) <= difference) }
        : swapped.count { !(abs($0[metric]) < difference - slack) }
      return (Double(larger + 1) / Double(times + 1), nil)
    }
  }

  /// The paired bootstrap: both systems are scored on the same records drawn anew.
  ///
  /// Koehn (2004), aclanthology.org/W04-3250, two-sided and centred as in Moses and
  /// `sacrebleu --paired-bs`, whose p-values these are with `.numpy` and seed 12345. The interval is
  /// of the difference of the systems. Without `.numpy` equal differences count as well.
  /// Randomisation is the more careful test.
  ///
  /// - Parameter rows: the records of the first system and then those of the second.
  public func pairedBootstrap(_ rows: some ScoredRows, level: Double = 0.95) -> [PairedResult] {
    let records = rows.count / 2
    let pair = PairedScores(rows)
    let none = [Int32](repeating: 0, count: records)
    let drawn = scores(
      purpose: "bootstrap", draw: { $0.weights(records) },
      score: { weights in
        zip(rows.scores(weights: none + weights), rows.scores(weights: weights + none))
          .map { $0 - $1 }
      })
    return pair.results { metric, difference in
      let differences = drawn.map { $0[metric] }
      let defined = differences.filter { !$0.isNaN }.sorted()
      let mean = defined.reduce(0) { $0 + abs($1) } / Double(defined.count)
      let larger =
        generator == .numpy
        ? differences.count { !(abs($0) - mean <= difference) }
        : differences.count { !(abs($0) - mean < difference) }
      let interval = ConfidenceInterval(
        estimate: pair.system[metric] - pair.baseline[metric],
        lower: Self.quantile(defined, (1 - level) / 2),
        upper: Self.quantile(defined, 1 - (1 - level) / 2),
        undefined: differences.count - defined.count)
      return (Double(larger + 1) / Double(times + 1), interval)
    }
  }
}

/// Which rows the two mixtures hold: a record's bit 1 leaves its outputs with their systems.
private func swapWeights(_ bits: [UInt8], records: Int) -> ([Int32], [Int32]) {
  var first = [Int32](repeating: 0, count: 2 * records)
  var second = first
  for record in 0..<records {
    let stays = Int32(bits[record >> 3] >> UInt8(record & 7) & 1)
    (first[record], first[records + record]) = (stays, 1 - stays)
    (second[record], second[records + record]) = (1 - stays, stays)
  }
  return (first, second)
}

/// The scores of two systems as they are.
private struct PairedScores {
  let metrics: [ResampledMetric]
  let baseline: [Double]
  let system: [Double]

  init(_ rows: some ScoredRows) {
    precondition(rows.count % 2 == 0, "\(rows.count) rows are no pairs")
    metrics = rows.metrics
    baseline = rows.scores(of: 0..<rows.count / 2)
    system = rows.scores(of: rows.count / 2..<rows.count)
  }

  /// One result a metric, of its p-value and interval; NaN where a system has no score.
  func results(
    _ test: (Int, Double) -> (Double, ConfidenceInterval?)
  ) -> [PairedResult] {
    metrics.indices.map { metric in
      let difference = abs(baseline[metric] - system[metric])
      let (p, interval) = difference.isNaN ? (.nan, nil) : test(metric, difference)
      return PairedResult(
        metric: metrics[metric], baseline: baseline[metric], system: system[metric], pValue: p,
        interval: interval)
    }
  }
}
