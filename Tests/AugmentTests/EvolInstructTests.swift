import Augment
import Records
import Stages
import TestSupport
import Testing

/// Evolved instructions and their answers, by a model that is a function.
struct EvolInstructTests {
  /// A model that evolves the instruction between the headings of our prompts, and answers anything else.
  private static func model(
    _ evolve: @escaping @Sendable (String, UInt64) -> String?,
    answer: @escaping @Sendable (String) -> String? = { "The answer to \($0)." }
  ) -> ScriptedChat {
    ScriptedChat { asked, seed in
      guard let given = given(asked) else { return answer(asked) }
      return evolve(given, seed)
    }
  }

  /// The instruction that a prompt holds; nil for what is no prompt of ours.
  private static func given(_ prompt: String) -> String? {
    let lines = prompt.split(separator: "\n", omittingEmptySubsequences: false)
    guard let first = lines.firstIndex(of: "#Given Prompt#:") else { return nil }
    return lines[(first + 1)...].dropLast(2).joined(separator: "\n")
  }

  private func records(_ count: Int) -> [Record] {
    (0..<count).map {
      .instruction("Name a river of country \($0).", output: "The Main.", id: "a:\($0 + 1)")
    }
  }

  @Test func `generation by generation a record's instruction becomes another, and is answered`()
    throws
  {
    let chat = Self.model { given, _ in " \(given.dropLast()) and say why." }
    let run = try ChatRun("evol-instruct", records(1), ["generations": "3"], by: chat)
    var expected = "Name a river of country 0."
    for (number, child) in try #require(run.children.first).enumerated() {
      expected = "\(expected.dropLast()) and say why."
      #expect(child.turns == ["user: \(expected)", "assistant: The answer to \(expected)."])
      #expect(child.id == "a:1/evol-instruct.\(number + 1)" && child.parent == "a:1")
      #expect(child.augmentedBy == "augment.evol-instruct")
      let note = run.notes[0][number]
      #expect(note["generation"]?.int == number + 1)
      #expect(note["from"]?.string == (number == 0 ? "a:1" : "a:1/evol-instruct.\(number)"))
    }
    #expect(run.children[0].count == 3 && chat.questions.count == 6)
  }

  @Test func `operations are drawn for the record, each about as often`() throws {
    let chat = Self.model { given, _ in "\(given.dropLast()) and say why." }
    let records = records(200)
    let run = try ChatRun("evol-instruct", records, by: chat)
    let drawn = run.notes.compactMap { $0.first?["operation"]?.string }
    #expect(drawn.count == 200)
    for name in ["constraints", "deepen", "concretize", "reasoning", "breadth"] {
      #expect((20...60).contains(drawn.count { $0 == name }), "\(name)")
    }
    // What is asked for is what was drawn.
    let asked = chat.questions.filter { Self.given($0) != nil }
    let parts = [
      "constraints": "one more constraint", "deepen": "more of that matter",
      "concretize": "more particular", "reasoning": "several steps", "breadth": "create prompts",
    ]
    for (prompt, name) in zip(asked, drawn) {
      #expect(prompt.contains(try #require(parts[name])), "\(name): \(prompt)")
    }
    // The same for a record alone, on other threads; others with another seed.
    let alone = try ChatRun("evol-instruct", [records[150]], by: chat, threads: 1)
    #expect(alone.notes[0] == run.notes[150] && alone.children[0] == run.children[150])
    let other = try ChatRun("evol-instruct", records, by: chat, seed: 8)
    #expect(other.notes != run.notes)
  }

  @Test func `only the operations that are named are done`() throws {
    let chat = Self.model { given, _ in "\(given.dropLast()) and say why." }
    let run = try ChatRun(
      "evol-instruct", records(30), ["operations": "[deepen, breadth]"], by: chat)
    let drawn = Set(run.notes.compactMap { $0.first?["operation"]?.string })
    #expect(drawn == ["deepen", "breadth"])
    let descriptor = try ChatRun.descriptor("evol-instruct", chat)
    #expect(throws: Diagnostics.self) {
      _ = try descriptor.stage(["model": "m", "operations": "deepn"])
    }
  }

  @Test(arguments: [
    ("name a river, of country 0", "unchanged"), ("...", "empty"),
    ("#Rewritten Prompt#: Name two rivers.", "prompt-words"),
    ("Name a river that the Given Prompt does not name.", "prompt-words"),
    ("Nenne zwei Flüsse, die durch das Land fließen, und sage, warum sie so heißen.", "language"),
    (nil, "unfinished"),
  ])
  func `an evolution that failed is refused, and nothing is asked about it`(
    evolved: String?, fault: String
  ) throws {
    let chat = Self.model { _, _ in evolved }
    let long = Record.instruction(
      "Name a river of country 0.", output: "The Main.", id: "a:1")
    let sure = Record.instruction(
      "Please name one of the rivers that flow through this country and say what it is like.",
      output: "The Main.", id: "a:1")
    let run = try ChatRun("evol-instruct", [fault == "language" ? sure : long], by: chat)
    #expect(run.refused == [fault: 1] && run.children[0].isEmpty)
    #expect(run.notes[0].first?["no-child"]?.string == fault && chat.questions.count == 1)
  }

  /// An apology of so many words.
  private static func apology(_ words: Int) -> String {
    (["Sorry,"] + Array(repeating: "word", count: words - 1)).joined(separator: " ")
  }

  /// Answers, and why they are refused.
  private static let answers: [(String?, String?)] = [
    (nil, "unfinished"), ("", "empty"), ("... and so on, of course: it is!", nil),
    ("This is what it is: that of the other!", "empty"), ("No.", nil), ("42", nil),
    ("Sorry, I cannot say.", "sorry"), (apology(79), "sorry"), (apology(80), nil),
    ("The sorrystone is a rock.", nil), ("主河。", nil),
  ]

  @Test(arguments: answers)
  func `an evolution that cannot be answered is refused`(answer: String?, fault: String?) throws {
    let chat = Self.model(
      { given, _ in "\(given.dropLast()) and say why." }, answer: { _ in answer })
    let run = try ChatRun("evol-instruct", records(1), by: chat)
    #expect(run.children[0].count == (fault == nil ? 1 : 0))
    #expect(run.refused == (fault.map { [$0: 1] } ?? [:]))
  }

  @Test func `after a failure the next generation evolves what came out well before`() throws {
    let chat = Self.model { given, _ in
      given.hasSuffix("why.") ? nil : "\(given.dropLast()) and say why."
    }
    let run = try ChatRun("evol-instruct", records(1), ["generations": "4"], by: chat)
    #expect(run.children[0].count == 1 && run.refused == ["unfinished": 3])
    let given = chat.questions.compactMap(Self.given)
    #expect(given.count == 4 && Set(given.dropFirst()).count == 1)
    // A generation that says what an earlier one said is none.
    let circle = Self.model { given, _ in
      given.hasSuffix("why.") ? "Name a river of country 0" : "\(given.dropLast()) and say why."
    }
    let around = try ChatRun("evol-instruct", records(1), ["generations": "2"], by: circle)
    #expect(around.children[0].count == 1 && around.refused == ["unchanged": 1])
  }

  @Test func `the words of the prompt may stand where the parent has them`() throws {
    let record = Record.instruction(
      "Improve the given prompt: say hi.", output: "Say hello.", id: "a:1")
    let chat = Self.model { given, _ in "\(given) Keep it short." }
    #expect(try ChatRun("evol-instruct", [record], by: chat).children[0].count == 1)
  }

  @Test func `one question and its answer are evolved, under what the system says`() throws {
    func record(_ messages: [Message], _ name: String, side: Side? = nil) -> Record {
      Record(
        id: "a:\(name)", source: Source(file: "a", line: 1),
        content: .conversation(Conversation(messages)), label: Label("good"), side: side,
        schema: .messages, metadata: ["rating": 5])
    }
    let single = [
      Message(.system, "Be brief."), Message(.user, "Sort these.", input: "b a"),
      Message(.assistant, "a b"),
    ]
    let other = [Message(.user, "Praise the sea."), Message(.assistant, "It is wide.")]
    let chat = Self.model { given, _ in "\(given) c" }
    var child = record(single, "2")
    child.augmentedBy = "augment.paraphrase"
    let records = [
      record(single, "1"), child, record(other, "3", side: .test),
      record(single + [Message(.user, "More."), Message(.assistant, "c")], "4"),
      .text("A text.", id: "a:5"),
    ]
    let run = try ChatRun("evol-instruct", records, ["operations": "deepen"], by: chat)
    #expect(run.children.map(\.count) == [1, 0, 0, 0, 0])
    let made = try #require(run.children[0].first)
    #expect(made.turns[1] == "user: Sort these.\n\nb a c" && made.turns[0] == "system: Be brief.")
    #expect(made.label == nil && made.metadata == [:])
    #expect(chat.conversations[1].messages[0].content == "Be brief.")
  }

  @Test func `what asks as an evaluation record does ends, in any language of its answer`() throws {
    var records = [
      Record.instruction(
        "Say in French that the weather is fine.", output: "Le temps est vraiment très beau.",
        id: "a:1"),
      Record.instruction(
        "Say in German that the weather is bad.", output: "Das Wetter ist schlecht.", id: "a:2"),
    ]
    (records[0].side, records[1].side) = (.train, .test)
    let german = "Das Wetter ist heute leider wirklich sehr schlecht, sagt die Nachbarin."
    func run(_ evolved: String) throws -> ChatRun {
      try ChatRun(
        "evol-instruct", records, by: Self.model({ _, _ in evolved }, answer: { _ in german }),
        isContracted: true)
    }
    #expect(try run("Say in GERMAN that the weather is bad!").ended == ["near-evaluation"])
    let other = try run("Say in German that the weather is fine, and name a reason.")
    #expect(other.ended.isEmpty && other.children[0].count == 1)
  }

  @Test func `prompts of files are asked with in place of ours`() throws {
    let folder = try TemporaryFolder()
    let depth = try folder.write("Tiefer, {method} {instruction}", to: "depth.txt")
    let breadth = try folder.write("Breiter: {instruction}", to: "breadth.txt")
    let chat = ScriptedChat { _, _ in nil }
    _ = try ChatRun(
      "evol-instruct", records(40), ["prompt": depth, "breadth-prompt": breadth], by: chat)
    let starts = Set(chat.questions.map { $0.prefix(6) })
    #expect(starts == ["Tiefer", "Breite"])
    let descriptor = try ChatRun.descriptor("evol-instruct", chat)
    let error = #expect(throws: Diagnostic.self) {
      _ = try descriptor.stage(["model": "m", "prompt": breadth])
    }
    #expect(error?.message.contains("no place for '{method}'") == true)
  }
}
