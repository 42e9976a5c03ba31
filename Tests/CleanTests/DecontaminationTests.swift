import Clean
import Records
import Stages
import TestSupport
import Testing

@Suite struct `Decontamination` {
  private static let question =
    "Natalia sold clips to forty eight of her friends in April and then half as many in May"
  private static let answer =
    "She sold twenty four clips in May and seventy two clips altogether in April and May"

  private func run(
    _ records: [Record], _ items: [JSONObject], _ parameters: [String: String] = [:]
  ) throws -> CollectionOutcome {
    let folder = try TemporaryFolder()
    let lines = items.map { JSONValue.object($0).text + "\n" }.joined()
    let path = try folder.write(lines, to: "exam.jsonl")
    return try CollectionOutcome(
      "clean.decontamination", records, parameters.merging(["against": path]) { $1 })
  }

  private var items: [JSONObject] {
    [["id": "q7", "question": .string(Self.question), "answer": .string(Self.answer)]]
  }

  @Test func `a record that holds a question is dropped with the evidence`() throws {
    let text = "Homework: " + Self.question.uppercased() + "?"
    let outcome = try run([.text(text, id: "a"), .text("Natalia sold clips", id: "b")], items)
    let detail = try #require(outcome.dropped["a"]?.detail)
    #expect(outcome.dropped["a"]?.code == "contaminated")
    #expect(detail["benchmark"] == "exam.jsonl")
    #expect(detail["item"] == "q7")
    #expect(detail["part"] == "query")
    #expect(detail["words"] == 13)
    #expect(detail["ngram"]?.string?.hasPrefix("NATALIA SOLD CLIPS TO") == true)
    #expect(outcome.kept.map(\.id) == ["b"])
  }

  @Test func `an answer gives a record away too, unless questions alone are looked for`() throws {
    let records = [Record.instruction("What did she do", output: Self.answer, id: "a")]
    let outcome = try run(records, items)
    #expect(outcome.dropped["a"]?.detail["part"] == "answer")
    #expect(outcome.dropped["a"]?.detail["fields"] == ["messages[1].content"])
    #expect(try run(records, items, ["parts": "query"]).dropped.isEmpty)
  }

  @Test func `a short answer proves nothing alone, only behind the end of its question`() throws {
    let items: [JSONObject] = [["question": .string(Self.question), "answer": "72 clips"]]
    let end = "in April and then half as many in May"
    let records = [
      Record.text("72 clips", id: "alone"),
      Record.instruction("She sold some " + end, output: "72 clips", id: "behind"),
    ]
    let outcome = try run(records, items, ["ngram": "8", "parts": "answer"])
    #expect(outcome.kept.map(\.id) == ["alone"])
    #expect(outcome.dropped["behind"]?.detail["part"] == "overlap")
    #expect(
      outcome.dropped["behind"]?.detail["fields"] == ["messages[0].content", "messages[1].content"])
  }

  @Test func `questions shorter than a run count as a whole, down to a number of words`() throws {
    let items: [JSONObject] = [["question": "What is the capital of the state of Texas"]]
    let records = [
      Record.text("Tell me: what is the capital of the state of Texas?", id: "whole"),
      Record.text("What is the capital of the state", id: "part"),
    ]
    #expect(try run(records, items).dropped.map(\.key) == ["whole"])
    #expect(throws: StageError.self) { try run(records, items, ["min-words": "10"]) }
  }

  @Test func `a benchmark's manner of asking is no evidence`() throws {
    let manner = "Which one of the following statements about the heart is true or false today"
    let items: [JSONObject] = (0..<12).map {
      ["question": .string("\(manner) number\($0) x\($0) y\($0)")]
    }
    let records = [Record.text(manner, id: "a"), .text("\(manner) number3 x3 y3", id: "b")]
    #expect(try run(records, items).dropped.map(\.key) == ["b"])
    #expect(try run(records, items, ["common": "20"]).dropped.count == 2)
  }

  @Test func `members can be named, and texts and lists are read as well`() throws {
    let folder = try TemporaryFolder()
    let text = try folder.write("\(Self.question)\n\n\(Self.answer)\n", to: "exam.txt")
    let list = try folder.write("[{\"stem\": \"\(Self.question)\"}]", to: "exam.json")
    let record = Record.text("so \(Self.answer)", id: "a")
    let byText = try CollectionOutcome("clean.decontamination", [record], ["against": text])
    #expect(byText.dropped["a"]?.detail["item"] == "3")
    let asked = Record.text("so \(Self.question)", id: "a")
    let options = ["against": list, "query": "stem"]
    #expect(try CollectionOutcome("clean.decontamination", [asked], options).dropped.count == 1)
    #expect(throws: StageError.self) {
      try CollectionOutcome("clean.decontamination", [asked], ["against": list])
    }
  }

  @Test func `a packed or missing benchmark is an error with a remedy`() throws {
    let folder = try TemporaryFolder()
    try AtomicFile.write([0x1F, 0x8B, 8, 0], to: "\(folder.path)/exam.jsonl.gz")
    let error = #expect(throws: StageError.self) {
      try CollectionOutcome(
        "clean.decontamination", [.text("x")], ["against": "\(folder.path)/exam.jsonl.gz"])
    }
    #expect(error?.remedy?.contains("gunzip") == true)
    #expect(throws: FileError.self) {
      try CollectionOutcome("clean.decontamination", [.text("x")], ["against": "/nowhere.jsonl"])
    }
  }
}
