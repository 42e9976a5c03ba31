import Clean
import Records
import Stages
import TestSupport
import Testing

/// What stages make of some texts, so that none changes its results and keeps its version: a run
/// would take up what an earlier build left.
///
/// Where a hash is another, raise the stage's version and write both here.
@Suite struct `Versions of stages` {
  private static let texts = [
    "The Ligne n\u{304}o 1 isn\u{2019}t  far.  It isn\u{2019}t far.\r\n\r\n\r\nYes \u{201C}no\u{201D} ①２ ﬁ.",
    "<p>Fish &amp; <b>chips</b><br>now &lt;3</p>\n`<i>code</i>`", "sÃ³ cafÃ© â€œqâ€\u{9D} &eacute;",
    "# Title\n\n**Bold** *em* [link](http://a.b/c) ![i](x.png) x**2\n\n| a | b |\n|---|---|\n| 1 | 2 |",
    "We use cookies to improve your experience on this site.\nPrivacy Policy | Terms of Use\nText.",
    "See https://a.b/c?d=e, www.test.com/x and example.com/y or main.py/z.",
    "Text \\section{A} % comment\n% full line\n\\% kept", "/* Copyright 2020 */ code",
    "#!/bin/sh\n# License: MIT\n\necho 1", "，。、„”“«»１」「《》´∶：？！ ◆●■ a|b ♡",
    "Write to ann@example.org or +49 30 901820, 192.168.3.17, 4111 1111 1111 1111.",
    "今天天气真好。今天天气真好。", "Ich gehe heute mit meinem Hund in den Park und esse ein Eis.",
    String(repeating: "the same words again and again. ", count: 40), "shit happens", "",
    (0..<60).map { "Line \($0) tells of the \($0 * 7 % 11) things that people have done." }
      .joined(separator: "\n"),
  ]

  private static let records: [Record] =
    texts.enumerated().map { .text($1, id: "text\($0)") } + [
      .instruction(
        "What is it?", output: "I'm sorry, but as an AI language model I cannot", id: "a"),
      .instruction("Add 2 and 2.", input: "2 2", output: "Add 2 and 2.", id: "b"),
      .instruction("Name a city.", output: "Paris is a city in France.", id: "c"),
      .instruction("Write code.", output: "```python\nprint(1)", id: "d"),
      .instruction("Wie heißt du?", output: "My name is Anna and I live in a small town.", id: "e"),
      .instruction(
        "Tell me of dogs.", output: "Dogs are loyal animals, and their owners of", id: "f"),
    ]

  /// The version and the hash of each stage's results.
  private static let known: [String: String] = [
    "clean.c4": "2 88827c6c49ba",
    "clean.characters": "1 cddd07bd76f2",
    "clean.comments": "3 e38161078a28",
    "clean.copyright": "2 22409701abb7",
    "clean.fineweb": "2 66f1a36b15b9",
    "clean.flagged-words": "1 1a11dc62e5f5",
    "clean.gopher-quality": "2 e00101f72f0e",
    "clean.gopher-repetition": "2 7c9e3269fb60",
    "clean.html": "1 4f4c20496d7b",
    "clean.instructions": "3 4e25feb1340a",
    "clean.language": "2 334f18249a75",
    "clean.length": "1 9f3851f1ff29",
    "clean.lines": "3 4bb3c99f0e3e",
    "clean.links": "2 a48fbe5ff85c",
    "clean.markdown": "3 8f05ba853c4e",
    "clean.mojibake": "1 e27ce6f40c22",
    "clean.perplexity": "2 1e26dd147e32",
    "clean.pii": "2 a191e7e94dc1",
    "clean.punctuation": "1 b03454f6e51a",
    "clean.ratios": "1 62d70ea4df73",
    "clean.repeated-sentences": "3 48bef5323558",
    "clean.unicode": "1 2b23deaa7c75",
    "clean.web-quality": "2 f61d7b544171",
    "clean.whitespace": "3 89b30dec248f",
    "clean.words": "1 b308bfbd5cf0",
  ]

  /// Parameters of stages that need some, or do nothing without.
  private static let parameters: [String: [String: String]] = [
    "clean.words": ["max-characters": "9"], "clean.lines": ["min-words": "2", "repeated": "2"],
    "clean.length": ["min-words": "4"], "clean.language": ["languages": "[en, de]"],
    "clean.ratios": ["min-alphanumeric": "0.6", "max-word-repetition": "0.5"],
    "clean.perplexity": ["max-perplexity": "60"],
  ]

  /// Stages that compare records with others, of which there are none here.
  private static let others = [
    "clean.decontamination", "clean.duplicates", "clean.shared-spans",
  ]

  @Test(arguments: cleanStages.map(\.name).filter { !others.contains($0) })
  func `rise with what they make of texts`(_ name: String) throws {
    let descriptor = try #require(cleanStages.first { $0.name == name })
    let stage = try descriptor.stage(Self.parameters[name, default: [:]])
    let results = try results(of: stage)
    let hash = String(ContentHash.of(results.joined(separator: "\n")).prefix(12))
    #expect(
      "\(descriptor.version) \(hash)" == Self.known[name], "\(name): \(results)")
  }

  private func results(of stage: any Stage) throws -> [String] {
    if let stage = stage as? any RecordStage {
      return try Self.records.map { Self.line(try stage.outcome(of: $0, .test())) }
    }
    let folder = try TemporaryFolder()
    let lines = Self.records.map { JSONValue.object($0.object).text + "\n" }.joined()
    let path = try folder.write(lines, to: "records.jsonl")
    let collection = RecordCollection(path: path, count: Self.records.count, threads: 2)
    let collecting = try #require(stage as? any CollectionStage)
    return try results(of: collecting, collection)
  }

  private func results(
    of stage: some CollectionStage, _ records: RecordCollection
  ) throws -> [String] {
    let plan = try stage.plan(records, .test())
    return try records.map { $0 }.enumerated().map { index, record in
      Self.line(try stage.outcome(of: record, at: index, plan, .test()))
    }
  }

  private static func line(_ outcome: Outcome) -> String {
    switch outcome {
    case .keep(let record, let note):
      "keep \(JSONValue.object(record.object).text) \(note?.text ?? "")"
    case .drop(let reason): "drop \(reason.code) \(JSONValue.object(reason.detail).text)"
    case .merge(let other, let reason):
      "merge \(other) \(reason.code) \(JSONValue.object(reason.detail).text)"
    default: "other"
    }
  }
}
