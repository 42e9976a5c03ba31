import Evaluate
import Records
import Stages
import TestSupport
import Testing
import Train

/// What a model has written is kept as it comes.
struct AnswerJournalTests {
  private let workshop: Workshop
  private let predictor: Predictor
  private let scoring: TextScoring
  private let path: String

  init() throws {
    workshop = try Workshop(Workshop.instructions(60))
    let json = causal(["epochs": 2, "dropout": 0])
    let model = try workshop.run("run", json).result.modelFolder
    predictor = try Predictor(model: model, options: options(json))
    scoring = TextScoring(metrics: try TextMetrics(named: ["bleu"]))
    path = "\(workshop.folder.path)/cache/answers.jsonl"
  }

  private func texts(_ fingerprint: String = "model 1") throws -> [String]? {
    let journal = AnswerJournal(path: path, fingerprint: fingerprint)
    return try predictor.predict(workshop.test, scoring: scoring, seed: 3, journal: journal)
      .written?.texts
  }

  private func lines() throws -> [String] {
    String(decoding: try FileReader.contents(path), as: UTF8.self)
      .split(separator: "\n").map(String.init)
  }

  /// Replaces what the first batch holds, to tell an answer that is read from one that is written.
  private func mark(_ lines: [String]) throws -> String {
    let line = try JSONValue.parse(Array(lines[1].utf8))
    let marked: JSONValue = [
      "batch": line["batch"] ?? .null,
      "texts": .array((line["texts"]?.array ?? []).map { _ in "kept" }),
    ]
    return marked.text
  }

  @Test func `answers of an earlier run are not written again`() throws {
    let whole = try #require(try texts())
    let lines = try lines()
    // Twelve questions are one batch.
    #expect(lines.count == 2 && whole.count == 12)
    #expect(
      whole == (try predictor.predict(workshop.test, scoring: scoring, seed: 3).written?.texts))
    try AtomicFile.write("\(lines[0])\n\(mark(lines))\n".utf8, to: path)
    #expect(try texts() == whole.map { _ in "kept" })
  }

  @Test func `a line that a kill cut short is written again`() throws {
    let whole = try texts()
    let lines = try lines()
    for cut in [1, lines[1].utf8.count / 2, lines[1].utf8.count] {
      // The last is whole, but nothing says so.
      let torn = "\(lines[0])\n" + String(decoding: lines[1].utf8.prefix(cut), as: UTF8.self)
      try AtomicFile.write(torn.utf8, to: path)
      #expect(try texts() == whole)
      #expect(try self.lines() == lines, "cut at \(cut)")
    }
    try AtomicFile.write("{\"answ".utf8, to: path)
    #expect(try texts() == whole)
    #expect(try self.lines() == lines)
  }

  @Test func `answers of another model, or to other questions, are not taken`() throws {
    let whole = try texts()
    let lines = try lines()
    let marked = "\(lines[0])\n\(try mark(lines))\n"
    try AtomicFile.write(marked.utf8, to: path)
    #expect(try texts("model 2") == whole)
    #expect(try self.lines()[1] == lines[1] && self.lines()[0] != lines[0])
    try AtomicFile.write(marked.utf8, to: path)
    let journal = AnswerJournal(path: path, fingerprint: "model 1")
    let other = try predictor.predict(
      workshop.validation, scoring: scoring, seed: 3, journal: journal)
    #expect(other.written?.texts.contains("kept") == false)
  }

  @Test func `a batch of a wrong size ends what is taken`() throws {
    let whole = try texts()
    let lines = try lines()
    for wrong in [#"{"batch":0,"texts":["kept"]}"#, #"{"batch":7,"texts":[]}"#, "[]", "7"] {
      try AtomicFile.write("\(lines[0])\n\(wrong)\n\(lines[1])\n".utf8, to: path)
      #expect(try texts() == whole)
      #expect(try self.lines() == lines)
    }
  }
}
