import Clean
import Records
import Stages
import TestSupport
import Testing
import TextKit

/// What a stage decides about one text: the reason of a drop, or the text that goes on.
func verdict(
  _ stage: String, _ record: Record, _ parameters: [String: String] = [:]
) throws -> (reason: Reason?, record: Record?, note: JSONValue?) {
  let descriptor = try #require(cleanStages.first { $0.name == stage })
  let made = try #require(try descriptor.stage(parameters) as? any RecordStage)
  switch try made.outcome(of: record, .test()) {
  case .keep(let record, let note): return (nil, record, note)
  case .drop(let reason): return (reason, nil, nil)
  default: throw StageError("no-verdict", "neither kept nor dropped")
  }
}

/// The rows of a fixture.
func fixture(_ name: String) throws -> [JSONObject] {
  try FileReader.contents("\(Shared.project)/Tests/Fixtures/\(name)")
    .split(separator: UInt8(ascii: "\n")).compactMap { try JSONValue.parse($0).object }
}

@Suite struct `Words of English` {
  @Test func `are those of spaCy on texts that try every rule`() throws {
    let rows = try fixture("Clean/quality.jsonl")
    #expect(rows.count > 250)
    for row in rows {
      let words = EnglishWords(try #require(row["text"]?.string))
      let found = words.words.map { words.text.string($0.range) }
      #expect(found == row["words"]?.array?.compactMap(\.string))
    }
  }

  @Test(.enabled(if: Shared.exists)) func `are those of spaCy on the golden texts`() throws {
    let bytes = try Shared.contents("golden/data-pipelines/datatrove_text.json")
    let rows = try #require(try JSONValue.parse(bytes)["tokens"]?.array)
    #expect(rows.count == 20)
    for row in rows {
      let words = EnglishWords(try #require(row["in"]?.string))
      let found = words.words.map { words.text.string($0.range) }
      #expect(found == row["words"]?.array?.compactMap(\.string))
    }
  }
}

@Suite struct `Rules for web pages` {
  private static let names = ["gopher-quality", "gopher-repetition", "c4", "fineweb"]

  private func parameters(_ name: String) -> [String: String] {
    name == "fineweb" ? [:] : ["reading": "datatrove"]
  }

  @Test(arguments: names) func `judge as datatrove does`(name: String) throws {
    var reasons: Set<String> = []
    for row in try fixture("Clean/quality.jsonl") {
      let text = try #require(row["text"]?.string)
      let expected = try #require(row["verdicts"]?[name])
      let found = try verdict("clean.\(name)", .text(text), parameters(name))
      #expect(found.reason?.code == expected["reason"]?.string, "\(text)")
      if name == "c4" { #expect(found.record?.fields().first?.text == expected["text"]?.string) }
      reasons.insert(expected["reason"]?.string ?? "kept")
    }
    #expect(reasons.count > 2)
  }

  @Test(.enabled(if: Shared.exists), arguments: names)
  func `judge the golden pages as datatrove does`(name: String) throws {
    let rows = try Shared.objects("golden/data-pipelines/datatrove_filters.json")
    #expect(rows.count == 20)
    for row in rows {
      let text = try #require(row["text"]?.string)
      let key = name.replacing("-", with: "_")
      let expected = try #require(row[key])
      let found = try verdict("clean.\(name)", .text(text), parameters(name))
      #expect((found.reason == nil) == (expected["keep"] == true), "\(row["id"]?.text ?? "")")
      #expect(found.reason?.code == expected["reason"]?.string?.replacing("_", with: "-"))
    }
  }

  @Test func `a failed rule tells its value, its threshold and the text`() throws {
    let record = Record.instruction("Say it.", output: "four words of text")
    let reason = try verdict("clean.gopher-quality", record, ["fields": "output"]).reason
    #expect(
      reason
        == Reason(
          "gopher-short-doc", ["words": 4, "min-words": 50, "field": "messages[1].content"]))
  }

  @Test func `one stage asks all rules with one look for words`() throws {
    let sentence = "The people of the town have to be with the river that flows to the sea. "
    let page = (0..<6).map { "\(sentence)Number \($0) is another." }.joined(separator: "\n")
    let alone = try verdict("clean.c4", .text(page + "\nmenu")).record
    #expect(alone?.fields().first?.text == page)
    #expect(try verdict("clean.web-quality", .text("short")).reason?.code == "gopher-short-doc")
    let chosen = ["rules": "fineweb"]
    #expect(
      try verdict("clean.web-quality", .text("short."), chosen).reason?.code == "short-line-ratio")
  }
}

/// Departures of datatrove from what was published, which `reading: published` does not share.
@Suite struct `Rules as published` {
  private func code(_ stage: String, _ text: String, _ reading: String) throws -> String? {
    try verdict(stage, .text(text), ["reading": reading]).reason?.code
  }

  @Test func `a run of words that occurs once is no repetition`() throws {
    let text = "Every word of this sentence differs."
    #expect(try code("clean.gopher-repetition", text, "datatrove") == "top-2-gram")
    #expect(try code("clean.gopher-repetition", text, "published") == nil)
  }

  @Test func `punctuation is no word without a letter`() throws {
    let words = String(repeating: "the, and. ", count: 30)
    #expect(try code("clean.gopher-quality", words, "datatrove") == "gopher-below-alpha-threshold")
    #expect(try code("clean.gopher-quality", words, "published") == nil)
  }

  @Test func `a stop word may begin a sentence`() throws {
    let words = "The And " + (0..<60).map { "word\($0)" }.joined(separator: " ")
    #expect(try code("clean.gopher-quality", words, "datatrove") == "gopher-enough-stop-words")
    #expect(try code("clean.gopher-quality", words, "published") == nil)
  }

  @Test func `a full-width digit is no punctuation`() throws {
    let words = "the and " + String(repeating: "１ word ", count: 40)
    #expect(try code("clean.gopher-quality", words, "datatrove") == "gopher-short-doc")
    #expect(try code("clean.gopher-quality", words, "published") != "gopher-short-doc")
  }

  @Test func `a citation is no word of a line`() throws {
    let page = String(repeating: "One sentence stands here.\n", count: 5) + "Ends [1] [2]."
    let lines = try verdict("clean.c4", .text(page), ["reading": "published"]).record
    #expect(lines?.fields().first?.text.hasSuffix("here.") == true)
    let theirs = try verdict("clean.c4", .text(page), ["reading": "datatrove"]).record
    #expect(theirs?.fields().first?.text.hasSuffix("Ends  .") == true)
  }

  @Test func `a brace drops the page also from a line that goes`() throws {
    let page = String(repeating: "One sentence stands here.\n", count: 5) + "if (x) { y }"
    #expect(try code("clean.c4", page, "datatrove") == nil)
    #expect(try code("clean.c4", page, "published") == "curly-bracket")
  }
}
