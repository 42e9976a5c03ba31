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
    return pair.results { metric in ((Double(larger[metric]) + 1) / (Double(times) + 1), nil) }
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
    let drawn = BootstrapScores(
      metrics: pair.metrics, estimates: zip(pair.system, pair.baseline).map { $0 - $1 },
      samples: scores(
        purpose: "bootstrap", size: 4 * records, draw: { $0.weights(records) },
        score: { weights in
          zip(rows.scores(weights: none + weights), rows.scores(weights: weights + none))
            .map { $0 - $1 }
        }), leftOut: [], generator: generator)
    let (pValues, intervals) = (drawn.pValues, drawn.intervals(level: level))
    return pair.results { (pValues[$0], intervals[$0]) }
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

  /// One result a metric, of its p-value and interval; NaN where a system has no score.
  func results(_ test: (Int) -> (Double, ConfidenceInterval?)) -> [PairedResult] {
    metrics.indices.map { metric in
      let isDefined = !(baseline[metric] - system[metric]).isNaN
      let (p, interval) = isDefined ? test(metric) : (.nan, nil)
      return PairedResult(
        metric: metrics[metric], baseline: baseline[metric], system: system[metric], pValue: p,
        interval: interval)
    }
  }
}
