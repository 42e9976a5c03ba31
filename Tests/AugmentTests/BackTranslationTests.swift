import Augment
import Records
import Stages
import Synchronization
import TestSupport
import Testing

/// A translator that is a function of the text and the key.
private struct Table: Translator {
  let name = "a table"
  var draws = true
  let change: @Sendable (String, UInt64?) -> String?

  var identity: JSONValue { "a table" }

  func files() throws(StageError) -> [String] { [] }

  func translate(_ texts: [String], draws: [UInt64]?) throws -> [String?] {
    texts.enumerated().map { change($0.element, draws?[$0.offset]) }
  }
}

/// A translator with several readings of a text, which counts what it is asked.
private final class Readings: Translator {
  let name = "readings"
  let ranks = true
  let change: @Sendable (String) -> [String]
  let asked = Mutex(0)

  init(_ change: @escaping @Sendable (String) -> [String]) { self.change = change }

  var identity: JSONValue { "readings" }

  func files() throws(StageError) -> [String] { [] }

  func translate(_ texts: [String], draws: [UInt64]?) throws -> [String?] {
    texts.map { change($0).first }
  }

  func readings(_ texts: [String], most: Int) throws -> [[String]] {
    asked.withLock { $0 += 1 }
    return texts.map { Array(change($0).prefix(most)) }
  }
}

struct BackTranslationTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// What becomes of texts; the way there leaves them, so that `change` is the round trip.
  private func outcomes(
    _ records: [Record], _ parameters: [String: String] = [:], threads: Int = 2, seed: UInt64 = 7,
    draws: Bool = true, by change: @escaping @Sendable (String, UInt64?) -> String?
  ) throws -> [Outcome] {
    let descriptor = augmentStages { request throws(Diagnostic) in
      request.from == "en" ? Table(draws: draws, change: change) : Table { text, _ in text }
    }[1]
    let stage = try #require(try descriptor.stage(parameters) as? any CollectionStage)
    return try stage.outcomes(
      of: records,
      StageContext(seed: seed, stage: "augment.back-translation", threads: threads))
  }

  private func record(_ text: String, _ name: String = "1", label: String? = nil) -> Record {
    Record(
      id: "a.jsonl:\(name)", source: Source(file: "a.jsonl", line: 1), content: .text(text),
      label: label.map { Label($0) }, schema: .text)
  }

  private func children(_ outcome: Outcome) -> [Record] {
    outcome.children.map(\.record)
  }

  private func reason(_ outcome: Outcome) -> String? {
    if case .keep(_, let note) = outcome { note?["no-child"]?.string } else { nil }
  }

  @Test func `sentences are translated one by one, and what stands between them stays`() throws {
    let text = "  The big dog sleeps. It has 3 legs!\n\n```\nbig = 1\n```\n- A big cat.  "
    let outcome = try outcomes([record(text)]) { text, _ in
      #expect(!text.contains("\n") && text.first != " " && text.last != " ")
      // White space around a translation is the translator's own.
      return " " + text.replacing("big", with: "very large") + " \n"
    }[0]
    let child = try #require(children(outcome).first)
    #expect(
      child.content
        == .text(
          "  The very large dog sleeps. It has 3 legs!\n\n```\nbig = 1\n```\n- A very large cat.  ")
    )
    #expect(child.id == "a.jsonl:1/back-translation.1" && child.parent == "a.jsonl:1")
    #expect(child.augmentedBy == "augment.back-translation")
  }

  @Test(arguments: [
    ("The dog sleeps on the mat.", "the dog sleeps, on the Mat!", "unchanged"),
    ("He said \"print {name} today\" twice.", "He said \"print {Name} now\" twice.", "locked"),
    (
      "He said \u{201C}see `a.b` now\u{201D} to me.", "He said \u{201C}see a.b\u{201D} to me.",
      "locked"
    ),
    ("He paid 1,200 euros for the car.", "He paid 1,300 euros for a car.", "numbers"),
    ("He paid 1,200 euros for the car.", "He has paid for the car.", "numbers"),
    ("Write to me at a@b.org about the car.", "Write me at a@c.org about a car.", "locked"),
    ("See https://a.org/x for the manual.", "Look at a.org for the whole manual.", "locked"),
    ("Print {name} in the first line.", "Print {Name} on the first line.", "locked"),
    ("The cardiology ward is upstairs today.", "The heart ward is upstairs today.", "locked"),
    ("The dog sleeps on the mat.", "It sleeps.", "length"),
    ("The dog sleeps on the mat.", "Der Hund schläft auf der Matte.", "language"),
    ("The dog sleeps on the mat.", "A hound is resting over there.", "similarity"),
  ])
  func `a child that does not keep its parent's words is refused`(
    text: String, other: String, fault: String
  ) throws {
    let outcome = try outcomes([record(text, label: "cardiology")]) { _, _ in other }[0]
    #expect(children(outcome).isEmpty && reason(outcome) == fault)
  }

  @Test func `numbers may be written as the other language does`() throws {
    let text = "He paid 1,200.50 euros for the car."
    let outcome = try outcomes([record(text)]) { _, _ in "He paid 1.200,50 euros for that car." }[0]
    #expect(children(outcome).count == 1)
  }

  @Test func `what is refused is drawn anew, and copies differ`() throws {
    let words = ["dog", "hound", "puppy", "DOG"]
    let change: @Sendable (String, UInt64?) -> String? = { text, key in
      // The likeliest translation says what the text says.
      key.map { text.replacing("dog", with: words[Int($0 % 4)]) } ?? text
    }
    let records = (0..<50).map { record("The dog sleeps on the mat in hall \($0).", "\($0)") }
    let one = try outcomes(records, ["tries": "20"], by: change)
    #expect(one.allSatisfy { children($0).count == 1 })
    let two = try outcomes(records, ["copies": "2", "tries": "20"], by: change)
    for outcome in two {
      let texts = children(outcome).map(\.content)
      #expect(texts.count == 2 && texts[0] != texts[1])
    }
    let again = try outcomes(records, ["copies": "2", "tries": "20"], threads: 4, by: change)
    #expect(two.map(children) == again.map(children))
    // A record's draws are its own, whatever stands beside it.
    let alone = try outcomes([records[17]], ["copies": "2", "tries": "20"], by: change)
    #expect(children(alone[0]) == children(two[17]))
  }

  @Test func `what is drawn depends on the seed`() throws {
    let change: @Sendable (String, UInt64?) -> String? = { text, key in
      key.map { text.replacing("dog", with: ["hound", "puppy", "poodle"][Int($0 % 3)]) } ?? text
    }
    let records = (0..<40).map { record("The dog sleeps on the mat in hall \($0).", "\($0)") }
    func texts(_ seed: UInt64) throws -> [[String]] {
      try outcomes(records, seed: seed, by: change).map { children($0).flatMap { $0.texts() } }
    }
    let first = try texts(7)
    #expect(first == (try texts(7)) && first.allSatisfy { $0.count == 1 })
    let other = try texts(8)
    #expect(zip(first, other).filter { $0 != $1 }.count > 10)
  }

  @Test func `a sentence of which nothing comes back does not vanish`() throws {
    let outcome = try outcomes([record("The big dog sleeps on the mat today.\nso")]) { text, _ in
      text == "So." ? "." : text.replacing("big", with: "large")
    }[0]
    #expect(children(outcome).isEmpty && reason(outcome) == "unfinished")
  }

  @Test func `quotations are translated, whole sentences of them too`() throws {
    let outcome = try outcomes([record("\u{201C}The big dog sleeps here.\u{201D} \"Is it big?\"")])
    {
      text, _ in text.replacing("big", with: "large")
    }[0]
    #expect(
      children(outcome).map(\.content) == [
        .text("\u{201C}The large dog sleeps here.\u{201D} \"Is it large?\"")
      ])
  }

  @Test func `a turn that stays what it was does not refuse a conversation`() throws {
    let turns = [
      Message(.user, "Hi!"), Message(.assistant, "Hello."),
      Message(.user, "The big dog sleeps on the mat."), Message(.assistant, "Good."),
    ]
    let record = Record(
      id: "a.jsonl:1", source: Source(file: "a.jsonl", line: 1),
      content: .conversation(Conversation(turns)), schema: .messages)
    let child = try #require(
      children(
        try outcomes([record]) { text, _ in
          text == "Hi!" ? "hi" : text.replacing("big", with: "large")
        }[0]
      ).first)
    guard case .conversation(let changed) = child.content else {
      Issue.record("no conversation")
      return
    }
    #expect(
      changed.messages.map(\.content) == [
        "Hi!", "Hello.", "The large dog sleeps on the mat.", "Good.",
      ])
    let same = try outcomes([record]) { text, _ in text == "Hi!" ? "hi" : text }[0]
    #expect(reason(same) == "unchanged")
  }

  /// What becomes of texts by readings of the way back.
  private func outcomes(
    _ records: [Record], _ parameters: [String: String] = [:], readings: Readings
  ) throws -> [Outcome] {
    let descriptor = augmentStages { request throws(Diagnostic) -> any Translator in
      if request.from == "en" { return Table { text, _ in text } }
      return readings
    }[1]
    let stage = try #require(try descriptor.stage(parameters) as? any CollectionStage)
    return try stage.outcomes(
      of: records, StageContext(seed: 7, stage: "augment.back-translation", threads: 2))
  }

  @Test func `the first reading that keeps the contract is the child`() throws {
    let readings = Readings { text in
      let words =
        text.contains("cat") ? ["cat"] : ["dog", "very old and weary animal", "hound", "puppy"]
      return words.map { text.replacing(text.contains("cat") ? "cat" : "dog", with: $0) }
    }
    let records = ["The dog sleeps.", "The dog sleeps. A cat too.", "The cat sleeps."].map {
      record($0)
    }
    let found = try outcomes(records, ["readings": "4"], readings: readings)
    // A sentence with fewer readings has its last one beside those of others.
    #expect(
      found.map { children($0).flatMap { $0.texts() } }
        == [["The hound sleeps."], ["The hound sleeps. A cat too."], []])
    #expect(reason(found[2]) == "unchanged")
    #expect(readings.asked.withLock { $0 } == 1)
  }

  @Test func `with one reading, and by request, refused records are tried again`() throws {
    for (parameters, times) in [
      (["readings": "1"], 3), (["tries": "5"], 5), (["readings": "2"], 1), ([:], 1),
    ] {
      let readings = Readings { [$0, $0] }
      let found = try outcomes([record("The dog sleeps.")], parameters, readings: readings)
      #expect(reason(found[0]) == "unchanged")
      // One reading is what the translator would write anyway.
      let asked = readings.asked.withLock { $0 }
      #expect(asked == times, "\(parameters): asked \(asked) times")
    }
  }

  @Test func `a text of which one sentence has no reading has no child`() throws {
    let readings = Readings { text in
      text.contains("cat") ? [] : [text.replacing("dog", with: "hound")]
    }
    let found = try outcomes([record("The dog sleeps. A cat too.")], readings: readings)
    #expect(reason(found[0]) == "unfinished")
  }

  @Test func `a translator that cannot draw is asked once`() throws {
    let asked = Mutex(0)
    let outcome = try outcomes([record("One dog.")], ["copies": "3", "tries": "9"], draws: false) {
      text, key in
      asked.withLock { $0 += 1 }
      #expect(key == nil)
      return text
    }[0]
    #expect(reason(outcome) == "unchanged" && asked.withLock { $0 } == 1)
  }

  @Test func `the models of a lock file are what was written, or a path in full`() throws {
    let descriptor = augmentStages { _ throws(Diagnostic) in Table { text, _ in text } }[1]
    let model = try #require(
      descriptor.parameters.first { $0.name == "model" } as? Parameter<ModelName?>)
    func encoded(_ written: String) throws -> JSONValue {
      let place = Place(file: "p.yaml")
      let entry = ConfigurationNode.Entry(
        key: "model", place: place,
        node: ConfigurationNode(.scalar(written, quoted: false), place: place, base: folder.path))
      var diagnostics = Diagnostics()
      let values = ParameterValues.read(
        descriptor.parameters,
        from: ConfigurationNode(.map([entry]), place: place, base: folder.path),
        owner: descriptor.name, into: &diagnostics)
      return try #require(values)[model]?.encoded ?? .null
    }
    try folder.write("{}", to: "models/en-de/config.json")
    #expect(try encoded("models/en-de") == .string("\(folder.path)/models/en-de"))
    #expect(try encoded("Helsinki-NLP/opus-mt-en-de") == "Helsinki-NLP/opus-mt-en-de")
    #expect(try encoded("llama-3") == "llama-3")
  }

  @Test func `limits are for endpoints, and hold for both ways together`() throws {
    let place = Place(file: "p.yaml")
    func node(_ value: ConfigurationNode.Value) -> ConfigurationNode {
      ConfigurationNode(value, place: place, base: "/")
    }
    func entry(_ key: String, _ value: ConfigurationNode) -> ConfigurationNode.Entry {
      ConfigurationNode.Entry(key: key, place: place, node: value)
    }
    let limits = node(.map([entry("max-requests", node(.scalar("7", quoted: false)))]))
    func make(_ provider: @escaping TranslatorProvider) throws {
      let descriptor = augmentStages(translators: provider)[1]
      var diagnostics = Diagnostics()
      let values = ParameterValues.read(
        descriptor.parameters, from: node(.map([entry("limits", limits)])),
        owner: descriptor.name, into: &diagnostics)
      _ = try descriptor.make(try #require(values))
    }
    let accounts = Mutex<[EndpointAccount]>([])
    let error = #expect(throws: Diagnostic.self) {
      try make { request throws(Diagnostic) in
        accounts.withLock { $0.append(request.account) }
        return Table { text, _ in text }
      }
    }
    #expect(error?.message.contains("a table is none") == true)
    let found = accounts.withLock { $0 }
    #expect(found.count == 2 && found[0] === found[1] && found[0].limits.requests == 7)
  }

  @Test func `children and evaluation sides have no children`() throws {
    var child = record("The dog sleeps on the mat.", "2")
    child.augmentedBy = "augment.synonyms"
    var test = record("The dog sleeps on the mat.", "3")
    test.side = .test
    let outcomes = try outcomes([child, test, record("")]) { text, _ in
      text.replacing("dog", with: "hound")
    }
    #expect(outcomes.allSatisfy { children($0).isEmpty && reason($0) == nil })
  }

  @Test func `a sentence that comes to no end is told`() throws {
    let outcome = try outcomes([record("One dog. Two dogs.")]) { text, _ in
      text.hasPrefix("Two") ? nil : text
    }[0]
    #expect(reason(outcome) == "unfinished")
  }
}
