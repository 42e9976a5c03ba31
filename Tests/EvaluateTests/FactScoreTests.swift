import Evaluate
import Foundation
import Records
import Stages
import Synchronization
import Testing

/// A judge that answers by a function of the fields, and remembers what it was asked.
private final class Scripted: Judge {
  let name: String
  let labels: [String]
  let fields: [String]
  var fingerprint: String { name }
  private let say: @Sendable ([String: String]) -> String
  let asked = Mutex<[[String: String]]>([])

  init(
    _ name: String, _ fields: [String], labels: [String] = [],
    _ say: @escaping @Sendable ([String: String]) -> String
  ) {
    (self.name, self.fields, self.labels, self.say) = (name, fields, labels, say)
  }

  func answers(_ questions: [[String: String]]) -> [String] {
    asked.withLock { $0 += questions }
    return questions.map(say)
  }

  func label(in answer: String) throws(TextModelError) -> Int {
    guard let label = labels.firstIndex(of: answer) else { throw TextModelError("no label") }
    return label
  }
}

@Suite struct `Facts of texts` {
  /// Words are facts; a text of the word `none` states none.
  private let splitter = Scripted("split", ["text"], labels: ["none"]) { fields in
    let text = fields["text"] ?? ""
    if text == "none" { return text }
    return text.split(separator: " ").map { "- \($0)" }.joined(separator: "\n")
  }

  /// A fact is supported that the context holds.
  private let verifier = Scripted("check", ["fact", "context"], labels: ["True", "False"]) {
    fields in
    fields["context"]?.contains(fields["fact"] ?? "?") == true ? "True" : "False"
  }

  private func material(_ texts: [String], _ contexts: [String?]?) -> TextMaterial {
    TextMaterial(
      TextCorpus(hypotheses: texts, references: texts), contexts: contexts,
      topics: texts.map { _ in "Topic" })
  }

  @Test func `is the share of supported facts, less where they are few`() throws {
    let score = FactScore(splitter: splitter, verifier: verifier, gamma: 3)
    let found = try score.measure(
      material(["a b c d", "a x", "none", ""], ["a b c", "a", "a", "a"]))
    #expect(
      found.map(\.name) == [
        "factscore", "factscore_init", "factscore_respond", "factscore_facts",
      ])
    let penalty = exp(1 - 3.0 / 2)
    let expected = [100 * (0.75 + 0.5 * penalty) / 2, 62.5, 50, 3]
    #expect(zip(found, expected).allSatisfy { abs($0.score - $1) < 1e-9 }, "\(found.map(\.score))")
    let records = try #require(found[0].measurement?.recordScores)
    #expect(records[0] == 75 && records[2].isNaN && records[3].isNaN)
    #expect(found[0].details?.key == "facts")
    #expect(found[0].details?.values[1].array?.last == ["fact": "x", "supported": false])
    #expect(found[0].details?.values[2] == [])
    // An empty text is nothing to ask about.
    #expect(splitter.asked.withLock { $0.count } == 3)
    #expect(verifier.asked.withLock { $0.allSatisfy { $0["topic"] == "Topic" } })
  }

  @Test func `exactly gamma facts are few, as in the reference implementation`() throws {
    let score = FactScore(splitter: splitter, verifier: verifier, gamma: 2)
    #expect(try score.measure(material(["a b"], ["a b"]))[0].score == 100)
    #expect(try score.measure(material(["a"], ["a"]))[0].score == 100 * exp(-1))
    let none = FactScore(splitter: splitter, verifier: verifier, gamma: 0)
    #expect(try none.measure(material(["a"], ["a"]))[0].score == 100)
  }

  @Test func `asks of each sentence where the prompt is of sentences`() throws {
    let bySentence = Scripted("split", ["sentence"]) { "- \($0["sentence"] ?? "")" }
    let score = FactScore(splitter: bySentence, verifier: verifier)
    _ = try score.measure(material(["One is. Two is! 三是。四是。"], ["x"]))
    #expect(
      bySentence.asked.withLock { $0.compactMap { $0["sentence"] } }
        == ["One is.", "Two is!", "三是。", "四是。"])
  }

  @Test func `tells a text without a list, a record without a context, an unknown label`() throws {
    let chatty = Scripted("chatty", ["text"]) { _ in "Sure! Here you go." }
    let error = #expect(throws: TextModelError.self) {
      try FactScore(splitter: chatty, verifier: self.verifier).measure(self.material(["a"], ["a"]))
    }
    #expect(error?.description.contains("lists no fact") == true, "\(error as Any)")
    let lack = #expect(throws: TextModelError.self) {
      try FactScore(splitter: self.splitter, verifier: self.verifier)
        .measure(self.material(["a", "b"], ["a", nil]))
    }
    #expect(lack?.description.contains("record 2 has none") == true, "\(lack as Any)")
  }

  @Test func `looks facts up, the nearest passage last`() throws {
    let index = try PassageIndex([
      .init(title: "Topic", text: "the cat sat"), .init(title: "Other", text: "a zebra ran"),
      .init(title: "topic", text: "one zebra and its stripes"), .init(title: "Topic", text: "end"),
    ])
    let score = FactScore(
      splitter: splitter, verifier: verifier, gamma: 0, knowledge: index, passages: 2)
    #expect(try score.measure(material(["zebra"], nil))[0].score == 100)
    let context = try #require(verifier.asked.withLock { $0.last?["context"] })
    #expect(context.hasSuffix("Title: topic\nText: one zebra and its stripes"), "\(context)")
    #expect(!context.contains("Other"))
    #expect(try index.best(1, for: "zebra ran", title: "Nowhere")[0].title == "Other")
  }

  @Test func `ranks passages as rank_bm25`() throws {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    let file = folder.appending(path: "Fixtures/Evaluate/bm25.json")
    let root = try JSONValue.parse([UInt8](Data(contentsOf: file)))
    let texts = (root["passages"]?.array ?? []).compactMap(\.string)
    let index = try PassageIndex(texts.map { .init(title: "", text: $0) })
    let queries = root["queries"]?.array ?? []
    #expect(queries.count == 6 && texts.count == 12)
    for query in queries {
      let expected = (query["scores"]?.array ?? []).compactMap(\.double)
      let found = index.scores(for: query["query"]?.string ?? "")
      #expect(expected.count == found.count)
      #expect(zip(found, expected).allSatisfy { abs($0 - $1) < 1e-12 }, "\(query.text) \(found)")
    }
  }
}
