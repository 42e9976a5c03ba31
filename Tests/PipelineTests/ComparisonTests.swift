import Evaluate
import Pipeline
import Records
import Stages
import TestSupport
import Testing

@Suite struct `Runs held against each other`: ComparesRuns {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test func `of one run alone there are scores with the intervals that a comparison gives`() throws
  {
    let run = try run("alone", Self.lines(200, period: 4))
    let alone = try RunComparison(runs: [run], options: options(["accuracy", "f1.macro"]))
    let other = try self.run("other", Self.lines(200, period: 40))
    let pair = try RunComparison(runs: [run, other], options: options(["accuracy", "f1.macro"]))
    #expect(alone.isAlone && !pair.isAlone)
    for row in try #require(pair.pairs.first).rows {
      let score = alone.object["metrics"]?[row.metric.name]
      #expect(score?["score"]?.double == row.baseline.estimate)
      #expect(
        score?["interval"]?.array?.compactMap(\.double) == [row.baseline.lower, row.baseline.upper])
    }
    #expect(alone.object["metrics"]?.object?.members.count == 2)
    #expect(alone.object["runs"] == nil)
  }

  @Test func `a better run is marked in every metric, and the records that differ are named`()
    throws
  {
    let worse = try run("worse", Self.lines(200, period: 4))
    let better = try run("better", Self.lines(200, period: 40))
    let comparison = try RunComparison(runs: [worse, better], options: options())
    let pair = try #require(comparison.pairs.first)
    let names = pair.rows.map(\.metric.name)
    for name in ["accuracy", "f1.macro", "mcc", "auc.binary", "brier", "ece", "loss"] {
      #expect(names.contains(name), "\(name) in \(names)")
    }
    let accuracy = try #require(pair.rows.first { $0.metric.name == "accuracy" })
    #expect(accuracy.baseline.estimate == 0.75 && accuracy.system.estimate == 0.975)
    #expect(accuracy.isBetter == true && comparison.isSignificant(accuracy))
    #expect(accuracy.test == "mcnemar")
    #expect(pair.mcNemar == McNemarTest(firstOnly: 0, secondOnly: 45))
    let brier = try #require(pair.rows.first { $0.metric.name == "brier" })
    #expect(brier.difference.estimate < 0 && brier.isBetter == true)
    #expect(pair.differingCount == 45 && pair.differing.count == 5)
    #expect(pair.differing.first?.id == "r4" && pair.differing.first?.gain == 0.5)
    #expect(pair.rows.allSatisfy { $0.correctedPValue >= $0.pValue || $0.pValue.isNaN })
  }

  @Test func `a run does not differ from itself`() throws {
    let one = try run("one", Self.lines(50, period: 3))
    let comparison = try RunComparison(runs: [one, one], options: options())
    let pair = try #require(comparison.pairs.first)
    #expect(pair.rows.allSatisfy { $0.isBetter == nil && !comparison.isSignificant($0) })
    #expect(pair.rows.allSatisfy { $0.pValue == 1 })
    #expect(pair.differing.isEmpty)
  }

  @Test func `the order of lines and the number of threads change nothing`() throws {
    let first = try run("first", Self.lines(60, period: 4))
    let second = try run("second", Self.lines(60, period: 7))
    let turned = try run("turned", Self.lines(60, period: 7).reversed())
    var threaded = options(["f1.macro", "auc"])
    threaded.threads = 4
    let one = try RunComparison(runs: [first, second], options: options(["f1.macro", "auc"]))
    let other = try RunComparison(runs: [first, turned], options: threaded)
    let metrics = [one, other].map { comparison in
      JSONValue.object(comparison.object)["runs"]?.array?.first?["metrics"]
    }
    #expect(metrics[0] != nil && metrics[0] == metrics[1])
    #expect(metrics[0]?.object?.members.map(\.key) == ["f1.macro", "auc.binary"])
  }

  @Test func `language models are compared by tokens and by bytes`() throws {
    func lines(_ loss: Double) -> [String] {
      (0..<40).map { index in
        #"{"id":"r\#(index)","input":null,"reference":"abc","loss":\#(loss + Double(index % 5)),"#
          + #""tokens":4,"bytes":8}"#
      }
    }
    let comparison = try RunComparison(
      runs: [run("one", lines(8)), run("other", lines(6))], options: options())
    let pair = try #require(comparison.pairs.first)
    #expect(pair.rows.map(\.metric.name) == ["loss", "perplexity", "bits-per-byte"])
    #expect(pair.rows.allSatisfy { $0.isBetter == true && comparison.isSignificant($0) })
    #expect(abs(pair.rows[0].difference.estimate + 0.5) < 1e-12)
    #expect(pair.mcNemar == nil && pair.differing.first?.gain == 0.5)
  }

  @Test func `what models wrote is compared by metrics of texts`() throws {
    func lines(_ texts: [String]) -> [String] {
      (0..<30).map { index in
        #"{"id":"r\#(index)","input":"ask \#(index)","reference":"the cat sat on mat \#(index)","#
          + #""loss":8,"tokens":4,"bytes":8,"generated":"\#(texts[index % texts.count]) \#(index)"}"#
      }
    }
    let one = try run("one", lines(["the cat sat", "a dog ran off"]))
    let other = try run("other", lines(["the cat sat on mat", "the cat sat on a mat"]))
    let comparison = try RunComparison(runs: [one, other], options: options())
    let pair = try #require(comparison.pairs.first)
    let names = pair.rows.map(\.metric.name)
    #expect(names == ["loss", "perplexity", "bits-per-byte", "bleu", "chrf", "rougeL"])
    for row in pair.rows.suffix(3) {
      #expect(row.isBetter == true && comparison.isSignificant(row), "\(row.metric.name)")
    }
    #expect(pair.differing.first?.baseline?.hasPrefix("a dog ran off") == true)
    #expect(pair.differing.first?.gain ?? 0 > 30)
    let asked = try RunComparison(runs: [one, other], options: options(["chrf", "loss"]))
    #expect(asked.pairs[0].rows.map(\.metric.name) == ["loss", "chrf"])
    #expect(throws: Diagnostic.self) {
      try RunComparison(runs: [one, other], options: options(["distinct1"]))
    }
    let classes = try run("classes", Self.lines(6, period: 3))
    #expect(throws: Diagnostic.self) {
      try RunComparison(runs: [classes, classes], options: options(["bleu"]))
    }
  }

  @Test func `facts of texts are compared, those without any left out of the means`() throws {
    /// Every third text states no fact.
    func lines(_ share: Double) -> [String] {
      (0..<30).map { index in
        let states = index % 3 != 0
        let (score, facts) = states ? ("\(share + Double(index % 5))", "4") : ("null", "null")
        let respond = states ? 100 : 0
        return #"{"id":"r\#(index)","input":"a","reference":"b","loss":8,"tokens":4,"bytes":8,"#
          + #""generated":"c","scores":{"factscore":\#(score),"factscore_init":\#(score),"#
          + #""factscore_facts":\#(facts),"factscore_respond":\#(respond)}}"#
      }
    }
    let names = ["factscore", "factscore_init", "factscore_respond", "factscore_facts"]
    let one = try run("one", lines(40))
    let other = try run("other", lines(60))
    let comparison = try RunComparison(runs: [one, other], options: options(["factscore"]))
    let rows = try #require(comparison.pairs.first).rows
    #expect(rows.map(\.metric.name) == names)
    let own = (0..<30).filter { $0 % 3 != 0 }
    let mean = own.reduce(0) { $0 + Double($1 % 5) } / 20
    #expect(abs(rows[0].baseline.estimate - (40 + mean)) < 1e-12)
    #expect(abs(rows[0].difference.estimate - 20) < 1e-12)
    #expect(rows[0].isBetter == true && comparison.isSignificant(rows[0]))
    #expect(rows[3].baseline.estimate == 4 && rows[3].difference.estimate == 0)
    #expect(abs(rows[2].baseline.estimate - 200.0 / 3) < 1e-12)
    // Of other metrics a lack stays a lack.
    let lacking = lines(40).map { $0.replacing("factscore\"", with: "embedding_similarity\"") }
    let broken = try run("broken", lacking)
    let error = #expect(throws: Diagnostic.self) {
      try RunComparison(runs: [broken, broken], options: options(["embedding_similarity"]))
    }
    #expect(error?.message.contains("hold no scores") == true, "\(error as Any)")
  }

  @Test func `options of metrics that are not compared are not looked at`() throws {
    let runs = try ["one", "two"].map { name in
      try written(
        name, evaluate: "[{bleu: {tokenize: char}}, {meteor: {wordnet: /no/such/folder}}]",
        scores: #""bleu":1"#)
    }
    let pair = try RunComparison(runs: runs, options: options(["bleu"])).pairs[0]
    #expect(pair.rows.map(\.metric.name) == ["bleu"])
    #expect(throws: (any Error).self) { try RunComparison(runs: runs, options: options()) }
  }

  @Test func `corrected intervals are corrected for differences as well`() throws {
    let one = try run("one", Self.lines(90, period: 4))
    let two = try run("two", Self.lines(90, period: 7))
    var corrected = options(["accuracy", "f1.macro"])
    corrected.generator = .numpy
    let plain = try RunComparison(runs: [one, two], options: corrected).pairs[0].rows
    corrected.interval = .bca
    let rows = try RunComparison(runs: [one, two], options: corrected).pairs[0].rows
    // scipy.stats.bootstrap (1.17.1) of 200 draws by default_rng(12345), of the difference of two runs.
    let expected = [
      (rows[0], -0.007399726116889185, 0.21111111111111108),
      (rows[1], 0.005137350636379156, 0.24407490961218065),
      (plain[0], -0.0002777777777777342, 0.21111111111111114),
      (plain[1], 0.00447640188529017, 0.24307925011936443),
    ]
    for (row, lower, upper) in expected {
      #expect(abs(row.difference.lower - lower) < 1e-12, "\(row.metric.name): \(row.difference)")
      #expect(abs(row.difference.upper - upper) < 1e-12, "\(row.metric.name): \(row.difference)")
    }
  }

  @Test func `a p-value equal to what it is held to marks nothing`() throws {
    let runs = try [2, 41].map { try run("run\($0)", Self.lines(40, period: $0)) }
    var options = options(["f1.macro"])
    options.trials = 19
    let comparison = try RunComparison(runs: runs, options: options)
    let row = comparison.pairs[0].rows[0]
    // 1 - 0.95 is 0.05000000000000004, which is more than 0.05.
    #expect(row.pValue == 0.05 && row.isBetter == true && !comparison.isSignificant(row))
    options.trials = 20
    let more = try RunComparison(runs: runs, options: options)
    #expect(more.isSignificant(more.pairs[0].rows[0]))
  }

  /// The lines of a classifier of three classes, with many equal scores.
  private static func ofThree(_ count: Int, seed: Int) -> [String] {
    let names = ["a", "b", "c"]
    return (0..<count).map { index in
      let truth = index * index % 7 % 3
      let said = (index * index % 7 + (index * seed % 11 < 4 ? 1 : 0)) % 3
      let high = 0.5 + 0.25 * Double(index * seed % 2)
      let scores = (0..<3).map { "\"\(names[$0])\":\($0 == said ? high : (1 - high) / 2)" }
      return #"{"id":"r\#(index)","reference":"\#(names[truth])","prediction":"\#(names[said])","#
        + #""scores":{\#(scores.joined(separator: ","))},"loss":\#(0.25 * Double(index * seed % 5))}"#
    }
  }

  @Test func `a seed's p-values stay what they were`() throws {
    let runs = try [3, 5].map { try run("run\($0)", Self.ofThree(90, seed: $0)) }
    // What walking all records for each of 499 swaps gave.
    let expected = [
      ("accuracy", 1.0),
      ("balanced-accuracy", 0.97),
      ("f1.macro", 0.998),
      ("f1.weighted", 0.924),
      ("mcc", 0.948),
      ("kappa", 0.936),
      ("auc.macro", 0.97),
      ("auc.weighted", 0.966),
      ("ap.macro", 0.978),
      ("ap.weighted", 0.982),
      ("kappa.linear", 0.93),
      ("brier", 0.874),
      ("log-loss", 0.87),
      ("ece", 0.998),
      ("auc.micro", 0.914),
      ("auc.ovo-macro", 0.95),
      ("loss", 0.002),
    ]
    var options = options(expected.map(\.0))
    options.trials = 499
    let rows = try RunComparison(runs: runs, options: options).pairs[0].rows
    for (name, pValue) in expected {
      #expect(rows.first { $0.metric.name == name }?.pValue == pValue, "\(name)")
    }
  }

  @Test func `a further run is compared as if it were the only one`() throws {
    let one = try run("one", Self.lines(60, period: 4))
    let bare = Self.lines(60, period: 5).map { $0.replacing(/"scores":\{[^}]*\},/, with: "") }
    let others =
      try [7, 5, 9].map { try run("run\($0)", Self.lines(60, period: $0)) } + [run("bare", bare)]
    let alone = try others.map {
      try RunComparison(runs: [one, $0], options: options()).pairs[0]
    }
    let together = try RunComparison(runs: [one] + others, options: options()).pairs
    #expect(together.map(\.leftOut.count) == [0, 0, 0, 1])
    for (pair, other) in zip(together, alone) {
      #expect(pair.rows.map(\.pValue) == other.rows.map(\.pValue))
      #expect(pair.rows.map(\.baseline) == other.rows.map(\.baseline))
      #expect(pair.rows.map(\.system) == other.rows.map(\.system))
      #expect(pair.rows.map(\.difference) == other.rows.map(\.difference))
      #expect(pair.leftOut.map(\.metrics) == other.leftOut.map(\.metrics))
      #expect(pair.leftOut.map(\.reason) == other.leftOut.map(\.reason))
    }
  }
}
