import Evaluate
import Pipeline
import Records
import Stages
import TestSupport
import Testing

@Suite struct `Runs held against each other` {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// The lines of a classifier that errs on every `period`-th record.
  private static func lines(_ count: Int, period: Int, sure: Double = 0.75) -> [String] {
    (0..<count).map { index in
      let truth = index % 2 == 0 ? "no" : "yes"
      let other = index % 2 == 0 ? "yes" : "no"
      let said = index % period == 0 ? other : truth
      let yes = said == "yes" ? sure : 1 - sure
      return #"{"id":"r\#(index)","input":"text \#(index)","reference":"\#(truth)","#
        + #""prediction":"\#(said)","scores":{"no":\#(1 - yes),"yes":\#(yes)},"loss":0.5}"#
    }
  }

  private func run(_ name: String, _ lines: [String]) throws -> String {
    try Folders.make("\(folder.path)/\(name)")
    try folder.write(lines.joined(separator: "\n") + "\n", to: "\(name)/predictions.jsonl")
    return "\(folder.path)/\(name)"
  }

  private func options(_ metrics: [String] = []) -> ComparisonOptions {
    var options = ComparisonOptions()
    (options.metrics, options.trials, options.resamples) = (metrics, 999, 200)
    return options
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

  private func fault(_ lines: [String], against other: [String]? = nil) throws -> String {
    let good = try run("good", other ?? Self.lines(6, period: 3))
    let bad = try run("bad", lines)
    do {
      _ = try RunComparison(runs: [good, bad], options: options())
      return "none"
    } catch {
      #expect(error is any InputFault, "\(error)")
      return "\(error)"
    }
  }

  @Test func `runs of different records are refused, and the records named`() throws {
    var lines = Self.lines(8, period: 3)
    lines.removeSubrange(0..<4)
    let fault = try fault(lines)
    #expect(fault.contains("'\(folder.path)/good' has 6"))
    #expect(fault.contains("only the first has r0, r1, r2 and 1 more"))
    #expect(fault.contains("only the second has r6, r7"))
  }

  @Test func `another truth of a record is refused`() throws {
    var lines = Self.lines(6, period: 3)
    lines[2] = lines[2].replacing(#""reference":"no""#, with: #""reference":"yes""#)
    #expect(try fault(lines).contains("record r2 has another reference"))
  }

  @Test(arguments: [
    (#""reference":"no""#, #""reference":"perhaps""#, "none of the model's classes (no, yes)"),
    (#""scores":{"no":0.25"#, #""scores":{"no":null"#, "class 'no' of record r3 is not a number"),
    (#""scores":{"no":0.25"#, #""scores":{"no":NaN"#, "is not a number (NaN or Infinity)"),
    (#""loss":0.5"#, #""loss":null"#, "the loss of record r3 is not a number"),
    (#""id":"r3""#, #""id":"r2""#, "record r2 stands there twice"),
    (#""scores":{"no":0.25,"#, #""scores":{"#, "record r3 has 1 scores, earlier ones 2"),
    (#""reference""#, #""refernce""#, "record r3 has no reference"),
  ])
  func `a line that is no prediction names its place`(
    old: String, new: String, message: String
  ) throws {
    var lines = Self.lines(6, period: 5)
    lines[3] = lines[3].replacing(#""reference":"yes""#, with: #""reference":"no""#)
      .replacing(old, with: new)
    let fault = try fault(lines)
    #expect(fault.contains("predictions.jsonl:4") && fault.contains(message), "\(fault)")
  }

  @Test func `a file that was cut off says so, as does one that is not there`() throws {
    var lines = Self.lines(6, period: 3)
    lines[5].removeLast(20)
    let cut = try fault(lines)
    #expect(cut.contains("predictions.jsonl:6") && cut.contains("the file was cut off"), "\(cut)")
    var middle = Self.lines(6, period: 3)
    middle[2].removeLast(20)
    #expect(try !fault(middle).contains("cut off while"))
    #expect(throws: Diagnostic.self) {
      try RunComparison(runs: ["\(folder.path)/none", "\(folder.path)/none"], options: options())
    }
  }

  @Test func `a metric that predictions do not allow is refused`() throws {
    let one = try run("one", Self.lines(6, period: 3))
    #expect(throws: MetricError.self) {
      try RunComparison(runs: [one, one], options: options(["perplexity"]))
    }
    #expect(throws: MetricError.isTable(name: "confusion")) {
      try RunComparison(runs: [one, one], options: options(["confusion"]))
    }
  }
}
