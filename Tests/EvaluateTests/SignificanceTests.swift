import Evaluate
import Foundation
import Records
import Testing

/// The numbers of `Scripts/evaluate_significance_reference.py`.
private let reference: JSONValue = {
  let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
  let file = folder.appending(path: "Fixtures/Evaluate/significance.json")
  guard let data = try? Data(contentsOf: file), let root = try? JSONValue.parse([UInt8](data))
  else { preconditionFailure("cannot read \(file.path)") }
  return root
}()

private func numbers(_ json: JSONValue?) -> [Double] { (json?.array ?? []).compactMap(\.double) }

/// BLEU of the sums of sacreBLEU's ten statistics, each order matched at least once.
private struct PlainBLEU: CorpusMetric {
  let name = "BLEU"
  let signature = ""
  let direction = MetricDirection.greater
  let width = 10

  func score(of sums: [Double]) -> Double {
    var logs = 0.0
    for order in 0..<4 { logs += log(100 * sums[2 + order] / sums[6 + order]) }
    let penalty = sums[0] < sums[1] ? exp(1 - sums[1] / sums[0]) : 1
    return penalty * exp(logs / 4)
  }
}

/// chrF2 of the sums of sacreBLEU's eighteen statistics.
private struct PlainChrF: CorpusMetric {
  let name = "chrF2"
  let signature = ""
  let direction = MetricDirection.greater
  let width = 18

  func score(of sums: [Double]) -> Double {
    var precision = 0.0
    var recall = 0.0
    var orders = 0.0
    for order in 0..<6 {
      let (own, other, match) = (sums[3 * order], sums[3 * order + 1], sums[3 * order + 2])
      guard own > 0, other > 0 else { continue }
      precision += match / own
      recall += match / other
      orders += 1
    }
    guard orders > 0, precision + recall > 0 else { return 0 }
    precision /= orders
    recall /= orders
    return 100 * 5 * precision * recall / (4 * precision + recall)
  }
}

private let metrics: [any CorpusMetric] = [PlainBLEU(), PlainChrF()]

private func measurement(_ metric: any CorpusMetric, _ system: String) -> CorpusMeasurement {
  let rows = reference["sacrebleu"]?["statistics"]?[metric.name]?[system]?.array ?? []
  return CorpusMeasurement(
    metric, RecordStatistics(width: metric.width, values: rows.flatMap { numbers($0) }))
}

/// Rows that do not say what they are, so that each mixture is a choice of rows.
private struct Hidden: ScoredRows {
  let rows: any ScoredRows
  var metrics: [ResampledMetric] { rows.metrics }
  var count: Int { rows.count }
  func scores(weights: [Int32]) -> [Double] { rows.scores(weights: weights) }
}

@Suite struct `Random numbers as NumPy draws them` {
  @Test func `the stream of each seed is NumPy's`() {
    let streams = reference["streams"]?.array ?? []
    #expect(streams.count == 5)
    for stream in streams {
      let seed = UInt64(stream["seed"]?.int ?? -1)
      var random = NumPyRandom(seed: seed)
      #expect((0..<4).map { _ in "\(random.next())" } == stream["raw"]?.array?.map(\.string))
      for (key, bound) in [
        ("below 1", 1), ("below 1000", 1000), ("below 2863311531", 2_863_311_531),
        ("choice of 77", 77),
      ] {
        var random = NumPyRandom(seed: seed)
        let expected = numbers(stream[key])
        #expect(expected.map { _ in Double(random.below(bound)) } == expected, "\(seed), \(key)")
      }
    }
  }

  @Test func `bits share numbers of 32 bits, however many are taken at once`() {
    for stream in reference["streams"]?.array ?? [] {
      let expected = stream["bits"]?.string ?? ""
      for step in [1, 3, 8] {
        var random = NumPyRandom(seed: UInt64(stream["seed"]?.int ?? -1))
        var text = ""
        while text.utf8.count < 75 {
          let count = min(step, 75 - text.utf8.count)
          let byte = random.bits(count)
          for bit in 0..<count { text += byte >> UInt8(bit) & 1 == 1 ? "1" : "0" }
        }
        #expect(text == expected)
      }
    }
  }
}

@Suite struct `Significance of differences` {
  @Test(arguments: [1, 3])
  func `p-values of randomisation are sacreBLEU's`(threads: Int) throws {
    let rows = reference["sacrebleu"]?["randomization"]?.array ?? []
    #expect(rows.count == 3)
    let test = Resampling(times: 10_000, generator: .numpy, threads: threads)
    for row in rows.dropFirst() {
      for metric in metrics {
        let system = row["system"]?.string ?? ""
        let pair = StatisticsRows(measurement(metric, "first"), measurement(metric, system))
        let result = try #require(test.randomization(pair).first)
        #expect(result.pValue == row[metric.name]?["p"]?.double, "\(metric.name) of \(system)")
        #expect(agrees(result.system, row[metric.name]?["score"]))
        #expect(agrees(result.baseline, rows[0][metric.name]?["score"]))
      }
    }
  }

  @Test(arguments: [1, 3])
  func `p-values of the paired bootstrap are sacreBLEU's`(threads: Int) throws {
    let test = Resampling(times: 1000, generator: .numpy, threads: threads)
    for row in (reference["sacrebleu"]?["bootstrap"]?.array ?? []).dropFirst() {
      for metric in metrics {
        let system = row["system"]?.string ?? ""
        let difference = difference(measurement(metric, "first"), measurement(metric, system), test)
        #expect(
          difference.pValues == [row[metric.name]?["p"]?.double], "\(metric.name) of \(system)")
        let interval = try #require(difference.intervals().first)
        #expect(interval.lower < interval.estimate && interval.estimate < interval.upper)
      }
    }
  }

  @Test func `any rows give the p-values of the fast path for sums`() throws {
    for generator in ResamplingGenerator.allCases {
      let test = Resampling(times: 500, generator: generator, seed: 3, threads: 2)
      for metric in metrics {
        let pair = StatisticsRows(measurement(metric, "first"), measurement(metric, "third"))
        #expect(test.randomization(pair) == test.randomization(Hidden(rows: pair)))
      }
    }
  }

  @Test func `a system does not differ from itself`() throws {
    let pair = StatisticsRows(measurement(PlainBLEU(), "first"), measurement(PlainBLEU(), "first"))
    let result = try #require(Resampling(times: 200).randomization(pair).first)
    #expect(result.pValue == 1 && result.difference == 0)
    // sacreBLEU counts strictly larger differences: none is, and only the one at hand is left.
    let quirk = Resampling(times: 200, generator: .numpy).randomization(pair)
    #expect(quirk.map(\.pValue) == [1 / 201])
  }

  @Test func `intervals are scipy's, by percentiles and corrected`() throws {
    let cases = reference["bootstraps"]?.array ?? []
    #expect(cases.count == 2)
    let resampling = Resampling(times: 999, generator: .numpy, threads: 2)
    for json in cases {
      let mean = MeanMetric(name: "mean", signature: "", scale: 1)
      let rows = StatisticsRows(mean.measurement(of: numbers(json["values"])))
      for method in IntervalMethod.allCases {
        let interval = try #require(
          resampling.intervals(of: rows, level: 0.9, method: method).first)
        let expected = json[method.rawValue]?.array ?? []
        #expect(agrees(interval.lower, expected[0]), "\(method): \(interval)")
        #expect(agrees(interval.upper, expected[1]), "\(method): \(interval)")
      }
    }
  }

  @Test func `intervals of differences are scipy's, by percentiles and corrected`() throws {
    let cases = reference["differences"]?.array ?? []
    #expect(cases.count == 2)
    let mean = MeanMetric(name: "mean", signature: "", scale: 1)
    for json in cases {
      let systems = ["first", "second"].map {
        StatisticsRows(mean.measurement(of: numbers(json[$0])))
      }
      let drawn = Resampling(times: 999, generator: .numpy, threads: 2)
        .bootstrap(systems, leavingOut: true)
      for method in IntervalMethod.allCases {
        let interval = try #require(
          drawn[1].less(drawn[0]).intervals(level: 0.9, method: method).first)
        let expected = json[method.rawValue]?.array ?? []
        #expect(agrees(interval.lower, expected[0]), "\(method): \(interval)")
        #expect(agrees(interval.upper, expected[1]), "\(method): \(interval)")
      }
    }
  }

  /// The second system less the first, on the same draws.
  private func difference(
    _ first: CorpusMeasurement, _ second: CorpusMeasurement, _ test: Resampling
  ) -> BootstrapScores {
    let drawn = test.bootstrap([StatisticsRows(first), StatisticsRows(second)])
    return drawn[1].less(drawn[0])
  }

  @Test func `systems drawn together are each drawn as if alone`() {
    for generator in ResamplingGenerator.allCases {
      let test = Resampling(times: 300, generator: generator, seed: 5, threads: 2)
      for metric in metrics {
        let pair = ["first", "third"].map { StatisticsRows(measurement(metric, $0)) }
        let drawn = test.bootstrap(pair)
        for (system, rows) in zip(drawn, pair) {
          #expect(system.intervals() == test.intervals(of: rows))
        }
        #expect(drawn[1].less(drawn[0]).prefix(40).count == 40)
      }
    }
  }

  @Test func `sums of tokens beyond any integer are scored`() throws {
    let descriptor = try #require(standardMetrics.first { $0.name == "bits-per-byte" })
    let records = [LanguageOutcomes](
      repeating: LanguageOutcomes(totalLoss: 1, tokens: .max, bytes: .max), count: 9)
    let metric = LossMetric(descriptor, hasBytes: true)
    #expect(metric.measurement(of: records).score > 0)
  }

  @Test func `McNemar's p-values are scipy's and statsmodels's`() {
    let cases = reference["mcnemar"]?.array ?? []
    #expect(cases.count == 8)
    for json in cases {
      let counts = (json["counts"]?.array ?? []).compactMap(\.int)
      let test = McNemarTest(firstOnly: counts[0], secondOnly: counts[1])
      for (found, key) in [
        (test.exact, "exact"), (test.chiSquared(), "corrected"),
        (test.chiSquared(corrected: false), "plain"),
      ] {
        let expected = json[key]?.double ?? .nan
        #expect(abs(found - expected) <= 1e-9 * expected, "\(counts), \(key): \(found)")
      }
    }
    let test = McNemarTest(first: [true, true, false, true], second: [true, false, true, false])
    #expect(test == McNemarTest(firstOnly: 2, secondOnly: 1))
  }

  @Test func `corrections are statsmodels's`() {
    let cases = reference["corrections"]?.array ?? []
    #expect(cases.count == 4)
    for json in cases {
      let p = numbers(json["p"])
      #expect(Correction.none.adjusted(p) == p)
      for correction in Correction.allCases where correction != .none {
        let expected = numbers(json[correction.rawValue])
        for (found, number) in zip(correction.adjusted(p), expected) {
          #expect(abs(found - number) < 1e-14, "\(correction)")
        }
      }
    }
    #expect(Correction.holm.adjusted([0.02, .nan, 0.5])[0] == 0.04)
    #expect(Correction.holm.adjusted([0.02, .nan, 0.5])[1].isNaN)
  }
}

@Suite struct `Intervals of metrics of classes` {
  private static func outcomes(_ records: Int, seed: UInt64, skill: Float) -> ClassificationOutcomes
  {
    var random = CounterRandom(seed: 1, purpose: "references")
    var noise = CounterRandom(seed: seed, purpose: "scores")
    let references = (0..<records).map { _ in random.below(3) }
    let scores = references.flatMap { reference -> [Float] in
      let raw = (0..<3).map { Float(noise.uniform()) + ($0 == reference ? skill : 0) }
      return raw.map { $0 / raw.reduce(0, +) }
    }
    return ClassificationOutcomes(
      labels: ["a", "b", "c"], references: references, highestOf: scores)
  }

  private let metrics = standardMetrics.filter {
    $0.canSelect && !$0.binaryOnly && [.labels, .probabilities].contains($0.needs)
  }

  @Test func `every metric has an interval around its value, on any number of threads`() {
    let outcomes = Self.outcomes(200, seed: 5, skill: 0.3)
    let rows = outcomes.rows(for: metrics)
    #expect(rows.flatMap(\.metrics).count == metrics.count)
    let resampling = Resampling(times: 200, threads: 1)
    var threaded = resampling
    threaded.threads = 4
    for rows in rows {
      let intervals = resampling.intervals(of: rows)
      #expect(intervals == threaded.intervals(of: rows))
      for (metric, interval) in zip(rows.metrics, intervals) {
        let whole = metrics.first { $0.name == metric.name }?.measure(.classification(outcomes))
        #expect(whole?.value == .number(interval.estimate), "\(metric.name)")
        #expect(interval.lower <= interval.estimate || metric.name == "ece", "\(metric.name)")
        #expect(interval.lower < interval.upper && interval.undefined == 0, "\(metric.name)")
      }
    }
  }

  /// Scores of few different values, so that many are equal.
  private static func coarse(_ outcomes: ClassificationOutcomes) -> ClassificationOutcomes {
    let width = outcomes.labels.count
    var scores = (outcomes.scores ?? []).map { ($0 * 8).rounded() / 8 }
    for start in stride(from: 0, to: scores.count, by: width) {
      let sum = scores[start..<start + width].reduce(0, +)
      for place in start..<start + width { scores[place] /= sum }
    }
    return ClassificationOutcomes(
      labels: outcomes.labels, references: outcomes.references, highestOf: scores)
  }

  /// The first two classes' records, as if there were no third.
  private static func ofTwo(_ outcomes: ClassificationOutcomes) -> ClassificationOutcomes {
    let references = outcomes.references.map { min($0, 1) }
    let scores = references.indices.flatMap { record -> [Float] in
      let first = (outcomes.scores ?? [])[3 * record]
      return [first, 1 - first]
    }
    return ClassificationOutcomes(
      labels: ["no", "yes"], references: references, highestOf: scores)
  }

  private static let forms: [@Sendable (ClassificationOutcomes) -> ClassificationOutcomes] = [
    { $0 }, coarse, ofTwo, { ofTwo(coarse($0)) },
  ]

  private func metrics(of outcomes: ClassificationOutcomes) -> [MetricDescriptor] {
    standardMetrics.filter {
      $0.canSelect && [.labels, .probabilities].contains($0.needs)
        && (!$0.binaryOnly || outcomes.labels.count == 2)
    }
  }

  @Test(arguments: 0..<forms.count)
  func `every metric of records drawn anew is that of a list which holds them so often`(
    form: Int
  ) throws {
    let outcomes = Self.forms[form](Self.outcomes(60, seed: 5, skill: 0.3))
    let metrics = metrics(of: outcomes)
    let rows = JoinedRows(outcomes.rows(for: metrics))
    #expect(rows.metrics.count == metrics.count)
    var random = CounterRandom(seed: 9, purpose: "weights")
    for _ in 0..<20 {
      let weights = (0..<60).map { _ in Int32(random.below(5) / 2) }
      let chosen = weights.indices.flatMap { [Int](repeating: $0, count: Int(weights[$0])) }
      let width = outcomes.labels.count
      let list = ClassificationOutcomes(
        labels: outcomes.labels, references: chosen.map { outcomes.references[$0] },
        predictions: chosen.map { outcomes.predictions[$0] },
        scores: chosen.flatMap { record in
          (outcomes.scores ?? [])[record * width..<(record + 1) * width]
        })
      for (metric, score) in zip(rows.metrics, rows.scores(weights: weights)) {
        let descriptor = try #require(metrics.first { $0.name == metric.name })
        guard case .number(let number) = descriptor.measure(.classification(list)).value else {
          Issue.record("\(metric.name) has no number")
          continue
        }
        #expect(abs(score - number) < 1e-13, "\(metric.name)")
      }
    }
  }

  @Test(arguments: 0..<forms.count)
  func `swaps that are counted have the p-values of mixtures that are chosen`(form: Int) {
    let first = Self.forms[form](Self.outcomes(75, seed: 5, skill: 0.3))
    let second = Self.forms[form](Self.outcomes(75, seed: 6, skill: 0.4))
    for generator in ResamplingGenerator.allCases {
      let test = Resampling(times: 203, generator: generator, seed: 3, threads: 2)
      let parts = first.followed(by: second).rows(for: metrics(of: first))
      let all = test.randomization(JoinedRows(parts))
      #expect(all == parts.flatMap { test.randomization($0) })
      #expect(all == parts.flatMap { test.randomization(Hidden(rows: $0)) })
      #expect(all.contains { $0.pValue < 0.5 } && all.contains { $0.pValue > 0.01 })
    }
  }

  @Test func `scores that are no probabilities give metrics of probabilities no score`() {
    // So many that no draw of 20 lacks a class.
    let logits = ClassificationOutcomes(
      labels: ["a", "b"], references: (0..<40).map { [0, 1, 1, 0][$0 % 4] },
      highestOf: (0..<80).map { [3, 1, 0, 2, 1, 0, 2, -1][$0 % 8] })
    let results = logits.rows(for: metrics(of: logits)).flatMap {
      Resampling(times: 20).intervals(of: $0)
    }
    let names = logits.rows(for: metrics(of: logits)).flatMap(\.metrics).map(\.name)
    for (name, interval) in zip(names, results) {
      let isOfProbabilities = ["brier", "log-loss", "ece"].contains(name)
      #expect(interval.estimate.isNaN == isOfProbabilities, "\(name)")
      #expect(interval.undefined == (isOfProbabilities ? 20 : 0), "\(name)")
    }
    #expect(names.contains("ece"))
  }

  @Test func `a better classifier is told from a worse, and two alike are not`() throws {
    let accuracy = standardMetrics.filter { $0.name == "accuracy" || $0.name == "auc.macro" }
    let base = Self.outcomes(300, seed: 5, skill: 0.2)
    let test = Resampling(times: 500, threads: 2)
    let better = Self.outcomes(300, seed: 6, skill: 0.5)
    for rows in base.followed(by: better).rows(for: accuracy) {
      #expect(test.randomization(rows).allSatisfy { $0.pValue < 0.01 && $0.difference > 0 })
    }
    for (rows, others) in zip(base.rows(for: accuracy), better.rows(for: accuracy)) {
      let drawn = test.bootstrap([rows, others])
      #expect(drawn[1].less(drawn[0]).intervals().allSatisfy { $0.lower > 0 })
    }
    for rows in base.followed(by: Self.outcomes(300, seed: 7, skill: 0.2)).rows(for: accuracy) {
      #expect(test.randomization(rows).allSatisfy { $0.pValue > 0.05 })
    }
  }

  @Test func `draws that leave a class without records are left out and counted`() throws {
    let outcomes = ClassificationOutcomes(
      labels: ["no", "yes"], references: [0, 0, 0, 1], predictions: [0, 0, 0, 1],
      scores: [0.9, 0.1, 0.8, 0.2, 0.6, 0.4, 0.3, 0.7])
    let metric = standardMetrics.filter { $0.name == "auc.binary" }
    let rows = try #require(outcomes.rows(for: metric).first)
    let interval = try #require(Resampling(times: 400).intervals(of: rows).first)
    // (3/4)^4 + (1/4)^4 of the draws hold one class alone.
    #expect((80...180).contains(interval.undefined))
    #expect(interval.lower == 1 && interval.upper == 1)
  }
}
