import Evaluate
import Foundation
import Records
import Stages
import Synchronization
import TestSupport
import Testing
import Train

/// What models write is scored, after training and while it goes on.
struct WritingTests {
  private let workshop: Workshop

  init() throws { workshop = try Workshop(Workshop.instructions(60)) }

  private func scoring(
    _ metrics: [String], _ changes: [(String, String)] = []
  ) throws -> TextScoring {
    var diagnostics = Diagnostics()
    let place = Place(file: "test")
    let entries = changes.map { key, text in
      ConfigurationNode.Entry(
        key: key, place: place,
        node: ConfigurationNode(.scalar(text, quoted: false), place: place, base: "/"))
    }
    let values = ParameterValues.read(
      WritingOptions.parameters, from: ConfigurationNode(.map(entries), place: place, base: "/"),
      owner: "generate", into: &diagnostics)
    return TextScoring(
      metrics: try TextMetrics(named: metrics),
      writing: WritingOptions(try #require(values, "\(diagnostics)")), fingerprint: "\(changes)")
  }

  private func lines(_ predictions: Predictions, _ records: RecordCollection) throws -> [JSONValue]
  {
    let path = "\(workshop.folder.path)/predictions.jsonl"
    try predictions.write(records, to: path)
    return try FileReader.contents(path).split(separator: UInt8(ascii: "\n")).map {
      try JSONValue.parse(Array($0))
    }
  }

  @Test func `a causal model is asked what stands before the answer, and scored`() throws {
    let json = causal(["epochs": 12, "dropout": 0])
    let result = try workshop.run("run", json).result
    let predictor = try Predictor(model: result.modelFolder, options: options(json))
    let scoring = try scoring(["bleu", "exact-match", "distinct"], [("batch-size", "5")])
    let found = try predictor.predict(workshop.test, scoring: scoring)
    let written = try #require(found.written)
    #expect(written.scores.map(\.name) == ["bleu", "exact_match", "distinct1", "distinct2"])
    let lines = try lines(found, workshop.test)
    let right = lines.count { $0["generated"] == $0["reference"] }
    #expect(right >= 8, "\(lines.map(\.text))")
    #expect(abs(written.scores[1].score - 100 * Double(right) / 12) < 1e-9)
    #expect(lines.allSatisfy { $0["input"]?.string?.hasPrefix("w") == true })
    #expect(
      lines.allSatisfy {
        ($0["scores"]?["exact_match"] == 100) == ($0["generated"] == $0["reference"])
      })
    // Losses stand beside, and are those of a model that was not asked to write.
    let silent = try predictor.predict(workshop.test)
    #expect(silent.written == nil)
    #expect(lines[0]["loss"]?.double != nil && lines[0]["tokens"]?.int == 5)
    let single = try self.scoring(["bleu"], [("batch-size", "1")])
    #expect(try predictor.predict(workshop.test, scoring: single).written?.texts == written.texts)
  }

  @Test func `how it writes is followed: length, stops, draws by a seed`() throws {
    let json = causal(["epochs": 12, "dropout": 0])
    let result = try workshop.run("run", json).result
    let predictor = try Predictor(model: result.modelFolder, options: options(json))
    func texts(_ changes: [(String, String)], seed: UInt64 = 1) throws -> [String] {
      try predictor.predict(workshop.test, scoring: scoring(["bleu"], changes), seed: seed)
        .written?.texts ?? []
    }
    let greedy = try texts([])
    #expect(try texts([("temperature", "0")]) == greedy)
    #expect(
      try texts([("max-new-tokens", "2")])
        == greedy.map { $0.split(separator: " ").prefix(2).joined(separator: " ") })
    let drawn = try texts([("temperature", "50")])
    #expect(drawn != greedy)
    #expect(try texts([("temperature", "50"), ("batch-size", "3")]) == drawn)
    #expect(try texts([("temperature", "50")], seed: 2) != drawn)
    let stop = try #require(greedy[0].split(separator: " ").last).description
    #expect(try texts([("stop", stop)])[0].contains(stop) == false)
  }

  @Test func `training keeps the model that writes best, and goes on with the same bytes`() throws {
    let json = causal([
      "epochs": 6, "save-steps": 3, "best-metric": "bleu", "keep-checkpoints": 20,
      "early-stopping": ["metric": "exact-match", "patience": 6],
    ])
    let root = workshop.folder.path
    var context = workshop.context("whole")
    context.scoring = try scoring([], [("validation-records", "7")])
    func session(_ run: String) throws -> TrainingSession {
      context.folder = "\(root)/\(run)"
      return try TrainingSession(
        options: options(json), train: workshop.train, validation: workshop.validation, context)
    }
    var copies: [String] = []
    let result = try session("whole").run { event in
      guard case .saved(let step, _) = event else { return }
      try? FileManager.default.copyItem(atPath: "\(root)/whole", toPath: "\(root)/killed-\(step)")
      copies.append("killed-\(step)")
    }
    #expect(result.bestMetric == "bleu")
    let rows = try #require(result.json["validation"]?.array)
    #expect(rows.count == 6 && rows.allSatisfy { $0["bleu"]?.double != nil })
    #expect(rows.allSatisfy { $0["exact_match"]?.double != nil && $0["perplexity"]?.double != nil })
    let best = rows.compactMap { $0["bleu"]?.double }.max()
    #expect(result.bestValue == best && best.map { $0 > 0 } == true)
    let files = ["model/model.safetensors", "trainer_state.json"]
    let expected = try contents("\(root)/whole", files)
    #expect(copies.count > 5)
    for copy in copies {
      _ = try session(copy).run()
      #expect(try contents("\(root)/\(copy)", files) == expected, "\(copy)")
    }
  }

  /// A classifier that fails when it is asked for the second time, as one elsewhere may.
  private final class Flaky: TextClassifier {
    let name = "flaky"
    let labels = ["no", "yes"]
    private let asked = Mutex(0)
    private let fails: Bool

    init(fails: Bool) { self.fails = fails }

    func fingerprint() -> String { name }

    func probabilities(of texts: [ClassifiedText]) throws -> [[Float]] {
      let count = asked.withLock { asked -> Int in
        asked += 1
        return asked
      }
      if fails, count == 2 { throw TextModelError("nobody answers") }
      return texts.map { text in
        let yes = Float(text.text.utf8.count % 7) / 10
        return [1 - yes, yes]
      }
    }
  }

  @Test func `an epoch is not lost where the judge of its answers fails`() throws {
    let json = causal(["epochs": 3, "best-metric": "toxicity"])
    func session(_ run: String, fails: Bool) throws -> TrainingSession {
      var settings = TextMetricSettings()
      settings.classifiers["toxicity"] = ClassifierScore(
        name: "toxicity", classifier: Flaky(fails: fails), label: 1)
      var context = workshop.context(run)
      context.scoring = TextScoring(metrics: TextMetrics(), settings: settings)
      return try TrainingSession(
        options: options(json), train: workshop.train, validation: workshop.validation, context)
    }
    let whole = try session("whole", fails: false).run()
    let error = #expect(throws: TextModelError.self) { try session("failed", fails: true).run() }
    #expect(error?.message == "nobody answers")
    var steps: [Int] = []
    let again = try session("failed", fails: false).run { event in
      if case .stepped(let report) = event { steps.append(report.step) }
    }
    // Two epochs of five steps were done, the second of which nobody had looked at.
    #expect(whole.steps == 15 && steps == Array(11...15))
    #expect(again.json["validation"] == whole.json["validation"])
    let files = ["model/model.safetensors", "trainer_state.json"]
    #expect(
      try contents("\(workshop.folder.path)/failed", files)
        == contents("\(workshop.folder.path)/whole", files))
  }

  @Test func `early stopping waits for what the model writes`() throws {
    let json = causal([
      "epochs": 9, "learning-rate": 0, "early-stopping": ["metric": "bleu", "patience": 2],
    ])
    let result = try workshop.run("run", json).result
    #expect(result.stoppedEarly && result.steps < result.plannedSteps)
  }

  @Test func `keywords are the record's, and their lack is told`() throws {
    let keyed = Workshop.instructions(60).map { record in
      var record = record
      record.metadata["keywords"] = ["w1", "w2"]
      return record
    }
    let workshop = try Workshop(keyed)
    let json = causal(["max-steps": 1])
    let result = try workshop.run("run", json).result
    let predictor = try Predictor(model: result.modelFolder, options: options(json))
    let scoring = try scoring(["keywords.any"])
    let found = try predictor.predict(workshop.test, scoring: scoring)
    #expect(try lines(found, workshop.test)[0]["keywords"] == ["w1", "w2"])
    let error = #expect(throws: StageError.self) {
      try predictor.predict(self.workshop.test, scoring: scoring)
    }
    #expect(error?.description.contains("keywords") == true)
  }

  @Test(arguments: [[], [1, 2], ["a": "b"], ["w1", 2]] as [JSONValue])
  func `what are no keywords matters only to metrics of keywords`(value: JSONValue) throws {
    let records = Workshop.instructions(60).map { record in
      var record = record
      record.metadata["keywords"] = value
      return record
    }
    let workshop = try Workshop(records)
    let json = causal(["max-steps": 1, "best-metric": "bleu"])
    let result = try workshop.run("run", json).result
    let predictor = try Predictor(model: result.modelFolder, options: options(json))
    let found = try predictor.predict(workshop.test, scoring: scoring(["bleu"]))
    #expect(try lines(found, workshop.test)[0]["keywords"] == nil)
    let error = #expect(throws: StageError.self) {
      try predictor.predict(workshop.test, scoring: scoring(["keywords.any"]))
    }
    #expect(error?.description.contains("holds no keywords") == true)
  }

  @Test func `a plain text asks nothing`() throws {
    let json = causal(["max-steps": 1])
    let result = try workshop.run("run", json).result
    let plain = try Workshop((0..<20).map { .text("w1 w\($0)", id: "test:\($0)") })
    let error = #expect(throws: StageError.self) {
      try Predictor(model: result.modelFolder, options: options(json))
        .predict(plain.test, scoring: scoring(["bleu"]))
    }
    #expect(error?.description.contains("asks nothing") == true)
  }
}
