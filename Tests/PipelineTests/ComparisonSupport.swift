import Evaluate
import Pipeline
import Records
import Stages
import TestSupport
import Testing

/// A suite that writes the predictions of runs and compares them.
protocol ComparesRuns {
  /// Where the runs lie.
  var folder: TemporaryFolder { get }
}

extension ComparesRuns {
  /// The lines of a classifier that errs on every `period`-th record.
  static func lines(_ count: Int, period: Int, sure: Double = 0.75) -> [String] {
    (0..<count).map { index in
      let truth = index % 2 == 0 ? "no" : "yes"
      let other = index % 2 == 0 ? "yes" : "no"
      let said = index % period == 0 ? other : truth
      let yes = said == "yes" ? sure : 1 - sure
      return #"{"id":"r\#(index)","input":"text \#(index)","reference":"\#(truth)","#
        + #""prediction":"\#(said)","scores":{"no":\#(1 - yes),"yes":\#(yes)},"loss":0.5}"#
    }
  }

  func run(_ name: String, _ lines: [String]) throws -> String {
    try Folders.make("\(folder.path)/\(name)")
    try folder.write(lines.joined(separator: "\n") + "\n", to: "\(name)/predictions.jsonl")
    return "\(folder.path)/\(name)"
  }

  func options(_ metrics: [String] = []) -> ComparisonOptions {
    var options = ComparisonOptions()
    (options.metrics, options.trials, options.resamples) = (metrics, 999, 200)
    return options
  }

  /// What is wrong with predictions, held against fitting ones or others.
  func fault(_ lines: [String], against other: [String]? = nil) throws -> String {
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

  /// Lines of language models.
  static func texts(_ count: Int, loss: Double, _ rest: String) -> [String] {
    (0..<count).map { index in
      #"{"id":"r\#(index)","input":"","reference":"abc","loss":\#(loss + Double(index % 3))\#(rest)}"#
    }
  }

  /// A run of 12 records that was scored by some metrics; `scores` stand in all its lines.
  func written(
    _ name: String, evaluate: String, scores: String, _ change: (Int, String) -> String = { $1 }
  ) throws -> String {
    let lines = Self.texts(12, loss: 2, #","tokens":3,"generated":"ab","scores":{\#(scores)}"#)
    let run = try run(name, lines.enumerated().map { change($0.offset, $0.element) })
    try folder.write("evaluate: \(evaluate)\n", to: "\(name)/pipeline.lock.yaml")
    return run
  }
}
