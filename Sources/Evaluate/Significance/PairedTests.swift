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
    let pair = PairedScores(rows)
    let swapped = rows.pairedForSwaps
    var larger = [Int](repeating: 0, count: pair.metrics.count)
    var draws = ResamplingDraws(generator, seed: seed, purpose: "randomization")
    // As many swaps at once as keep a thread's bits and sums within its caches, two shares a thread
    // so that none waits long for another.
    let shares = 2 * threads
    let share = share(of: min(1280, 1 + (times - 1) / shares), size: rows.count / 16 * shares)
    var done = 0
    while done < times {
      let next = min(share * shares, times - done)
      let swaps = (0..<next).map { _ in draws.bits(rows.count / 2) }
      let parts = stride(from: 0, to: next, by: share).map {
        Array(swaps[$0..<min($0 + share, next)])
      }
      for differences in Self.mapped(parts, threads: threads, { swapped.differences($0) }) {
        count(differences, against: pair, &larger)
      }
      done += next
    }
    return pair.results { metric in (Double(larger[metric]) + 1) / (Double(times) + 1) }
  }

  /// Counts the swaps that make the systems differ at least as much as they do.
  private func count(
    _ differences: [[Double]], against pair: PairedScores, _ larger: inout [Int]
  ) {
    for metric in larger.indices {
      let (baseline, system) = (pair.baseline[metric], pair.system[metric])
      let difference = abs(baseline - system)
      // Sums of fractions differ in their last bits by the order in which they are added.
      let slack = 1e-12 * (abs(baseline) + abs(system))
      larger[metric] +=
        generator == .numpy
        ? differences.count { !(abs($0[metric]) <= difference) }
        : differences.count { !(abs($0[metric]) < difference - slack) }
    }
  }
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

  /// One result a metric, of its p-value; NaN where a system has no score.
  func results(_ test: (Int) -> Double) -> [PairedResult] {
    metrics.indices.map { metric in
      let isDefined = !(baseline[metric] - system[metric]).isNaN
      return PairedResult(
        metric: metrics[metric], baseline: baseline[metric], system: system[metric],
        pValue: isDefined ? test(metric) : .nan)
    }
  }
}
