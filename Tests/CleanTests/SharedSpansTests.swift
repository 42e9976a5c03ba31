import Clean
import Records
import Stages
import TestSupport
import Testing

@Suite struct `Spans that records share` {
  private func run(
    _ texts: [String], _ parameters: [String: String] = [:]
  ) throws -> CollectionOutcome {
    let records = texts.enumerated().map { Record.text($1, id: "\($0)") }
    return try CollectionOutcome("clean.shared-spans", records, parameters)
  }

  private static let footer = "Ask your doctor before you start."

  @Test func `a line that more records hold is removed, with the evidence`() throws {
    let texts = (0..<3).map { "Line \($0) has words of its own.\n\(Self.footer)" }
    let outcome = try run(texts, ["max-records": "2"])
    #expect(outcome.texts == (0..<3).map { "Line \($0) has words of its own.\n" })
    let note = try #require(outcome.notes["1"])
    #expect(note["spans"] == 1)
    #expect(note["max-records"] == 2)
    #expect(
      note["removed"]?.array?.first
        == ["field": "text", "text": .string(Self.footer), "records": 3])
  }

  @Test func `a line counts once a record, and as many records as allowed keep it`() throws {
    let texts = ["\(Self.footer)\n\(Self.footer)\nown words", "other words\n\(Self.footer)"]
    #expect(try run(texts, ["max-records": "2"]).texts == texts)
  }

  @Test func `case and punctuation do not matter, short lines are left alone`() throws {
    let texts = ["ASK your doctor, before you start!\nYes.", "\(Self.footer)\nYes.\nmore"]
    let outcome = try run(texts, ["max-records": "1"])
    #expect(outcome.texts == ["Yes.", "Yes.\nmore"])
  }

  @Test func `a record of which nothing is left is dropped`() throws {
    let outcome = try run([Self.footer, "\(Self.footer)\nmore words"], ["max-records": "1"])
    #expect(outcome.dropped["0"]?.code == "shared-spans")
    #expect(outcome.texts == ["more words"])
  }

  @Test func `the first place may be spared`() throws {
    let texts = (0..<3).map { "own \($0)\n\(Self.footer)" }
    let outcome = try run(texts, ["max-records": "1", "keep-first": "true"])
    #expect(outcome.texts == [texts[0], "own 1\n", "own 2\n"])
  }

  @Test func `sentences, paragraphs and runs of words are found too`() throws {
    let sentences = (0..<3).map { "Number \($0) is here now. \(Self.footer) End of \($0) it is." }
    let outcome = try run(sentences, ["unit": "sentences", "max-records": "2"])
    #expect(outcome.texts[0] == "Number 0 is here now. End of 0 it is.")
    let paragraphs = (0..<3).map { "Para \($0)\nsecond line\n\nOne\ntwo three four\n\nEnd \($0)" }
    let divided = try run(paragraphs, ["unit": "paragraphs", "max-records": "2"])
    #expect(divided.texts[1] == "Para 1\nsecond line\n\nEnd 1")
    let runs = (0..<3).map { "x\($0) a b c d e f y\($0)" }
    let cut = try run(runs, ["unit": "words", "words": "4", "max-records": "2"])
    #expect(cut.texts[2] == "x2  y2")
    #expect(cut.notes["2"]?["spans"] == 3)
  }

  @Test func `turns are chosen by fields`() throws {
    let records = (0..<3).map {
      Record.instruction(
        "Question \($0)\n\(Self.footer)", output: "Answer \($0)\n\(Self.footer)", id: "\($0)")
    }
    let outcome = try CollectionOutcome(
      "clean.shared-spans", records, ["fields": "output", "max-records": "2"])
    #expect(outcome.texts.prefix(2) == ["Question 0\n\(Self.footer)", "Answer 0\n"])
  }
}
