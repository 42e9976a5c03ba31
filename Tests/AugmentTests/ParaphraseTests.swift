import Augment
import Records
import Stages
import TestSupport
import Testing

/// Texts in other words, by a model that is a function.
struct ParaphraseTests {
  private func record(_ text: String, _ name: String = "1", label: String? = nil) -> Record {
    .text(text, id: "a.jsonl:\(name)", label: label)
  }

  /// The text that a prompt is about.
  private static func text(of prompt: String) -> String {
    String(prompt[(prompt.range(ofLast: "Text:\n") ?? prompt.startIndex)...])
  }

  @Test func `a child says its parent's text in other words, and has its label`() throws {
    let chat = ScriptedChat { _, _ in " \"The hound is asleep on the mat.\"\n" }
    let run = try ChatRun(
      "paraphrase", [record("The dog sleeps on the mat.", label: "animals")], by: chat)
    let child = try #require(run.children[0].first)
    #expect(child.content == .text("The hound is asleep on the mat."))
    #expect(child.id == "a.jsonl:1/paraphrase.1" && child.parent == "a.jsonl:1")
    #expect(child.augmentedBy == "augment.paraphrase" && child.label == Label("animals"))
    let note = try #require(run.notes[0].first)
    #expect(note["model"] == "a script" && note["try"] == 1 && note["refused"] == nil)
    #expect(try #require(note["similarity"]?.double) > 20)
    #expect(chat.questions.map(Self.text) == ["The dog sleeps on the mat."])
  }

  @Test(arguments: [
    ("The dog sleeps on the mat.", "the dog sleeps, on the Mat!", "unchanged"),
    ("He paid 1,200 euros for the car.", "The car cost him 1,300 euros.", "numbers"),
    ("See https://a.org/x for the manual.", "The manual is found at a.org for you.", "locked"),
    ("Print {name} in the first line.", "The first line shall show {Name}.", "locked"),
    ("The cardiology ward is upstairs today.", "Today the heart ward is upstairs.", "locked"),
    ("The dog sleeps on the mat.", "Asleep.", "length"),
    ("The dog sleeps on the mat.", "Der Hund schläft auf der Matte.", "language"),
    ("The dog sleeps on the mat.", "We buy fresh milk every day now.", "similarity"),
    ("The dog sleeps on the mat.", "Sure:\n\nThe hound is asleep on the mat.", "lines"),
    ("The dog sleeps on the mat.", nil, "unfinished"),
  ])
  func `what does not keep the contract is refused, counted and asked for again`(
    text: String, answer: String?, fault: String
  ) throws {
    let chat = ScriptedChat { _, _ in answer }
    let run = try ChatRun("paraphrase", [record(text, label: "cardiology")], by: chat)
    #expect(run.children[0].isEmpty)
    #expect(run.notes[0].first?["no-child"]?.string == fault)
    #expect(run.refused == [fault: 3] && chat.questions.count == 3)
  }

  @Test func `copies differ from their parent and from each other, by seeds of their own`() throws {
    let words = ["hound", "puppy", "poodle", "dog"]
    let chat = ScriptedChat { prompt, seed in
      Self.text(of: prompt).replacing("dog", with: words[Int(seed % 4)])
        .replacing("sleeps", with: "is asleep")
    }
    let records = (0..<60).map { record("The dog sleeps on the mat in hall \($0).", "\($0)") }
    let one = try ChatRun("paraphrase", records, ["copies": "3", "tries": "20"], by: chat)
    for children in one.children {
      #expect(children.count == 3 && Set(children.map { $0.texts() }).count == 3)
    }
    #expect(try #require(one.refused["repeated"]) > 20)
    let again = try ChatRun(
      "paraphrase", records, ["copies": "3", "tries": "20"], by: chat, threads: 4)
    #expect(one.children == again.children && one.notes == again.notes)
    // A record's children are its own, whatever stands beside it.
    let alone = try ChatRun("paraphrase", [records[17]], ["copies": "3", "tries": "20"], by: chat)
    #expect(alone.children[0] == one.children[17])
    let other = try ChatRun(
      "paraphrase", records, ["copies": "3", "tries": "20"], by: chat, seed: 8)
    #expect(zip(one.children, other.children).filter { $0 != $1 }.count > 20)
  }

  @Test func `what must stay is told to the model`() throws {
    let chat = ScriptedChat { _, _ in nil }
    _ = try ChatRun(
      "paraphrase",
      [record("See `run()` at https://a.org for cardiology.", label: "cardiology")],
      ["tries": "1"], by: chat)
    let asked = try #require(chat.questions.first)
    #expect(asked.contains("these words: "))
    for part in ["`run()`", "cardiology", "https://a.org"] {
      #expect(asked.components(of: part) >= 2, "\(part) in \(asked)")
    }
  }

  @Test func `of a conversation the user's turns change, never the answers`() throws {
    let turns = [
      Message(.system, "Be brief."), Message(.user, "Hi!"), Message(.assistant, "Hello."),
      Message(.user, "The dog sleeps on the mat."), Message(.assistant, "Good."),
    ]
    let record = Record(
      id: "a.jsonl:1", source: Source(file: "a.jsonl", line: 1),
      content: .conversation(Conversation(turns)), schema: .messages)
    let chat = ScriptedChat { prompt, _ in
      Self.text(of: prompt) == "Hi!" ? "hi" : "The hound is asleep on the mat."
    }
    let child = try #require(try ChatRun("paraphrase", [record], by: chat).children[0].first)
    #expect(
      child.turns == [
        "system: Be brief.", "user: Hi!", "assistant: Hello.",
        "user: The hound is asleep on the mat.", "assistant: Good.",
      ])
  }

  @Test func `children, evaluation sides and empty texts are not asked about`() throws {
    var child = record("The dog sleeps on the mat.", "2")
    child.augmentedBy = "augment.synonyms"
    var test = record("The dog sleeps on the mat.", "3")
    test.side = .test
    let chat = ScriptedChat { _, _ in "The hound is asleep on the mat." }
    let run = try ChatRun("paraphrase", [child, test, record("")], by: chat)
    #expect(run.children.allSatisfy(\.isEmpty) && run.notes.allSatisfy(\.isEmpty))
    #expect(chat.questions.isEmpty)
    #expect(try ChatRun("paraphrase", [], by: chat).outcomes.isEmpty)
  }

  @Test func `what is like an evaluation record ends, and a budget by label is kept`() throws {
    var test = record("The hound is asleep on THE mat!", "2", label: "animals")
    test.side = .validation
    var train = record("The dog sleeps on the mat.", label: "animals")
    train.side = .train
    let chat = ScriptedChat { _, _ in "The hound is asleep on the mat." }
    let run = try ChatRun("paraphrase", [train, test], by: chat, isContracted: true)
    #expect(run.ended == ["near-evaluation"])
    // Two labels, of which one is short by two: nothing is asked about the other.
    let records = (0..<6).map { number in
      record("The dog sleeps on mat \(number).", "\(number)", label: number < 4 ? "most" : "rare")
    }
    let words = ScriptedChat { prompt, _ in
      Self.text(of: prompt).replacing("The dog sleeps", with: "A hound is asleep")
    }
    let balanced = try ChatRun(
      "paraphrase", records, ["per-label": "max", "copies": "1"], by: words, isContracted: true)
    #expect(balanced.children.map(\.count) == [0, 0, 0, 0, 1, 1] && words.questions.count == 2)
  }

  @Test func `a file's prompt is asked with in place of ours`() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("Sag es anders ({{kurz}}): {text}", to: "prompt.txt")
    let chat = ScriptedChat { _, _ in "The hound is asleep on the mat." }
    _ = try ChatRun(
      "paraphrase", [record("The dog sleeps on the mat.")], ["prompt": path], by: chat)
    #expect(chat.questions == ["Sag es anders ({kurz}): The dog sleeps on the mat."])
  }

  @Test(arguments: [
    ("Say {txt} again.", "a place for '{txt}', which nothing fills"),
    ("Say it again.", "no place for '{text}'"),
    (nil, "no/such.txt"),
  ])
  func `a prompt that cannot be asked with is a fault of the file`(
    words: String?, part: String
  ) throws {
    let folder = try TemporaryFolder()
    let path = try words.map { try folder.write($0, to: "prompt.txt") } ?? "/no/such.txt"
    let descriptor = try ChatRun.descriptor("paraphrase", ScriptedChat { _, _ in nil })
    let error = #expect(throws: Diagnostic.self) {
      _ = try descriptor.stage(["model": "tiny", "prompt": path])
    }
    #expect(error?.description.contains(part) == true, "\(String(describing: error))")
  }

  @Test(arguments: ["paraphrase", "self-instruct", "evol-instruct"])
  func `a model must be named, and what parameters say must make sense`(name: String) throws {
    let descriptor = try ChatRun.descriptor(name, ScriptedChat { _, _ in nil })
    let wrong: [[String: String]] = [
      [:], ["model": ""], ["model": "m", "temperature": "0"], ["model": "m", "top-p": "0"],
      ["model": "m", "max-tokens": "0"], ["model": "m", "at-once": "0"],
    ]
    for values in wrong {
      #expect(throws: (any Error).self, "\(values)") { _ = try descriptor.stage(values) }
    }
    _ = try descriptor.stage(["model": "m", "top-p": "1", "max-tokens": "9", "version": "2"])
  }
}

extension String {
  /// The place behind the last occurrence of a text.
  fileprivate func range(ofLast text: String) -> Index? {
    indices.last { self[$0...].hasPrefix(text) }.map { index($0, offsetBy: text.count) }
  }

  /// How often a text occurs.
  fileprivate func components(of text: String) -> Int {
    indices.count { self[$0...].hasPrefix(text) }
  }
}
