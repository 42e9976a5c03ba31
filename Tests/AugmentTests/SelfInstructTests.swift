import Augment
import Records
import Stages
import TestSupport
import Testing

/// New tasks and their answers, by a model that is a function.
struct SelfInstructTests {
  private static let verbs = [
    "Describe", "Compare", "Sort", "Praise", "Question", "Shorten", "Rhyme", "Explain", "Judge",
    "Plan", "Count", "Defend", "Imagine", "Teach", "Translate", "Summarise",
  ]
  private static let things = [
    "winter mornings", "old bridges", "slow trains", "loud neighbours", "cold soup", "green tea",
    "tall towers", "lost keys", "small gardens", "early birds", "heavy rain", "night shifts",
    "long letters", "dry summers", "tidy desks", "honest mistakes",
  ]

  /// Tasks of which no two are alike by more than half.
  private static func task(_ number: Int) -> String {
    let thing = things[(number / verbs.count + number) % things.count]
    return "\(verbs[number % verbs.count]) \(thing) q\(number) z\(number)"
  }

  private static func seeds(_ count: Int) -> [Record] {
    (0..<count).map { number in
      Record.instruction(
        "\(task(number)) h\(number)", output: "Answer \(number).", id: "s.jsonl:\(number + 1)")
    }
  }

  /// A model that lists eight new tasks, and answers each.
  private static func model() -> ScriptedChat {
    ScriptedChat { asked, seed in
      guard asked.contains("Task 1:") else { return " It is done: \(asked) " }
      return (0..<8).map { number in
        let key = Int(seed % 100_000) * 8 + number
        return "Task \(number + 9): \(verbs[key % 16]) x\(key) y\(key) w\(key) v\(key)"
      }.joined(separator: "\n")
    }
  }

  /// A model that lists what is given, first of all, and answers all tasks alike.
  private static func model(listing tasks: [String], answer: String? = "Done.") -> ScriptedChat {
    ScriptedChat { asked, _ in
      guard asked.contains("Task 1:") else { return answer }
      return tasks.enumerated().map { "Task \($0 + 9): \($1)" }.joined(separator: "\n")
    }
  }

  /// The tasks that a prompt shows.
  private static func shown(_ prompt: String) -> [String] {
    prompt.split(separator: "\n").filter { $0.hasPrefix("Task ") }.map { line in
      String(line.drop { $0 != ":" }.dropFirst(2))
    }
  }

  @Test func `as many as wanted are made, each with its answer, below a record that was shown`()
    throws
  {
    let seeds = Self.seeds(20)
    let chat = Self.model()
    let run = try ChatRun("self-instruct", seeds, ["count": "30"], by: chat)
    let children = run.children.joined()
    #expect(children.count == 30 && Set(children.map(\.id)).count == 30)
    for (parent, (children, notes)) in zip(seeds, zip(run.children, run.notes)) {
      for (number, (child, note)) in zip(children, notes).enumerated() {
        #expect(child.id == "\(parent.id)/self-instruct.\(number + 1)" && child.parent == parent.id)
        #expect(child.augmentedBy == "augment.self-instruct" && child.schema == .alpaca)
        let task = try #require(child.turns.first?.dropFirst(6))
        #expect(child.turns == ["user: \(task)", "assistant: It is done: \(task)"])
        let shown = try #require(note["shown"]?.array).compactMap(\.string)
        #expect(shown.count == 8 && Set(shown).count == 8 && shown.contains(parent.id))
      }
    }
    // Four prompts are enough for thirty tasks of eight each, and each task is answered once.
    #expect(chat.questions.count == 4 + 30)
  }

  @Test func `a prompt shows eight tasks, six of records and two that were made`() throws {
    let seeds = Self.seeds(20)
    let chat = Self.model()
    _ = try ChatRun("self-instruct", seeds, ["count": "100"], by: chat)
    let prompts = chat.questions.filter { $0.contains("Task 1:") }.map(Self.shown)
    #expect(prompts.count == 13)
    let texts = Set(seeds.map { $0.texts()[0] })
    for (number, shown) in prompts.enumerated() {
      #expect(shown.count == 8 && Set(shown).count == 8)
      // A wave of eight prompts shows what was made before it.
      #expect(shown.count { texts.contains($0) } == (number < 8 ? 8 : 6))
    }
    #expect(Set(prompts.map { Set($0) }).count == 13)
    // Those that were made are not always the last.
    #expect(prompts.dropFirst(8).contains { $0.prefix(6).contains { !texts.contains($0) } })
  }

  @Test func `the same are made on any number of threads, others with another seed`() throws {
    let seeds = Self.seeds(20)
    func run(threads: Int, seed: UInt64 = 7) throws -> ChatRun {
      try ChatRun(
        "self-instruct", seeds, ["count": "40"], by: Self.model(), seed: seed, threads: threads)
    }
    let one = try run(threads: 1)
    let four = try run(threads: 4)
    #expect(one.children == four.children && one.notes == four.notes)
    #expect(try run(threads: 1, seed: 8).children != one.children)
  }

  @Test(arguments: [
    ("Draw", "length"), ("Explain this", "length"), ("Draw a plan of the house.", "banned-word"),
    ("Describe what the PICTURE shows.", "banned-word"),
    ("Say how people go to work.", "banned-word"), ("(Optional) say a word.", "punctuation"),
    ("\u{201C}Quote\u{201D} a line of verse.", "punctuation"),
    ("Écris un mot sur la pluie.", "non-ascii"),
    ("Praise slow trains in a rhyme.", "similar"),
  ])
  func `what is no new task is refused`(task: String, fault: String) throws {
    let seed = Record.instruction("Praise slow trains in one rhyme.", output: "Ah.", id: "a:1")
    let run = try ChatRun(
      "self-instruct", [seed], ["count": "1", "tries": "1"], by: Self.model(listing: [task]))
    #expect(run.children[0].isEmpty && run.refused == [fault: 1])
    #expect(run.notes[0].first?["no-child"]?.string == fault)
  }

  @Test(arguments: [
    "Explain this briefly", "Mapping rivers is fun; why?", "Tell me what a profile is.",
    "42 is the answer: to what?", "Say how drawings age.",
  ])
  func `what only looks so is taken`(task: String) throws {
    let run = try ChatRun(
      "self-instruct", Self.seeds(3), ["count": "1"], by: Self.model(listing: [task]))
    #expect(run.children.joined().map { $0.turns[0] } == ["user: \(task)"])
    #expect(run.refused.isEmpty)
  }

  @Test func `the border of novelty is 0.7 and lies outside`() throws {
    let seed = Record.instruction(
      "one two three four five six seven a b c", output: "Ah.", id: "a:1")
    // Seven words of ten and ten are 0.7; six are 0.6.
    func run(_ task: String, _ novelty: String = "0.7") throws -> ChatRun {
      try ChatRun(
        "self-instruct", [seed], ["count": "1", "tries": "1", "novelty": novelty],
        by: Self.model(listing: [task]))
    }
    #expect(try run("one two three four five six seven k l m").refused == ["similar": 1])
    #expect(try run("one two three four five six k l m n").children[0].count == 1)
    #expect(try run("one two three four five six seven k l m", "0.71").children[0].count == 1)
  }

  @Test func `new tasks are compared with each other, and a task of 150 words is one`() throws {
    let long = (0..<150).map { "a\($0)" }.joined(separator: " ")
    let tasks = [
      "Plan a garden for dry summers.", "Plan a garden for dry summers!", long, "\(long) more",
    ]
    let run = try ChatRun(
      "self-instruct", Self.seeds(9), ["count": "4", "tries": "1"], by: Self.model(listing: tasks))
    let made = Set(run.children.joined().map { $0.turns[0] })
    #expect(made == ["user: Plan a garden for dry summers.", "user: \(long)"])
    #expect(run.refused == ["similar": 1, "length": 1])
  }

  @Test func `evaluation records are not shown, and nothing like them is made`() throws {
    var seeds = Self.seeds(12)
    for place in seeds.indices { seeds[place].side = place < 9 ? .train : .test }
    let chat = Self.model(listing: [seeds[10].texts()[0], "Plan a garden for dry summers."])
    let run = try ChatRun("self-instruct", seeds, ["count": "2", "tries": "1"], by: chat)
    #expect(run.refused == ["similar": 1] && run.children.joined().count == 1)
    #expect(run.children.joined().allSatisfy { $0.side == .train })
    let held = Set(seeds[9...].map { $0.texts()[0] })
    #expect(chat.questions.flatMap(Self.shown).allSatisfy { !held.contains($0) })
  }

  @Test func `derived records are neither shown nor repeated`() throws {
    var seeds = Self.seeds(3)
    seeds[2].augmentedBy = "augment.paraphrase"
    let chat = Self.model(listing: [seeds[2].texts()[0]])
    let run = try ChatRun("self-instruct", seeds, ["count": "1", "tries": "1"], by: chat)
    #expect(run.refused == ["similar": 1])
    #expect(chat.questions.map { Self.shown($0).count } == [2])
  }

  @Test(arguments: [
    (nil, "unfinished"), ("  \n", "empty"),
    ("I'm sorry, but as an AI I cannot do that.", "declined"),
  ])
  func `a task without an answer is none`(answer: String?, fault: String) throws {
    let chat = Self.model(listing: ["Plan a garden for dry summers."], answer: answer)
    let run = try ChatRun("self-instruct", Self.seeds(3), ["count": "1", "tries": "2"], by: chat)
    // The second prompt is answered with the same task, which by then is known.
    #expect(run.refused == [fault: 1, "similar": 1] && run.children.joined().isEmpty)
  }

  @Test func `an answer that lists nothing, or is cut, ends after so many prompts`() throws {
    for (answer, fault) in [("I would rather not.", "no-tasks"), (nil, "unfinished")] {
      let chat = ScriptedChat { _, _ in answer }
      let run = try ChatRun("self-instruct", Self.seeds(3), ["count": "9", "tries": "3"], by: chat)
      #expect(run.refused == [fault: 6] && chat.questions.count == 6)
    }
  }

  @Test func `lists are read as models write them`() throws {
    let answer = """
      Here are 3 new tasks:

      **Task 9:** Say which of these is a fruit:
        apple, 3.5 stones, moss
      10. Name a river that flows north:
      11) Why does bread rise?
      # Task 12: **
      """
    let chat = ScriptedChat { asked, _ in asked.contains("Task 1:") ? answer : "Done." }
    let run = try ChatRun("self-instruct", Self.seeds(3), ["count": "3", "tries": "1"], by: chat)
    #expect(
      Set(run.children.joined().map { $0.turns[0] }) == [
        "user: Say which of these is a fruit: apple, 3.5 stones, moss",
        "user: Name a river that flows north", "user: Why does bread rise?",
      ])
    #expect(run.refused.isEmpty)
  }

  @Test func `Chinese tasks are told apart by characters`() throws {
    let seed = Record.instruction("写一首关于雨的诗。", output: "雨。", id: "a:1")
    let answer = "任务9：写一首关于雪的诗。\n10、为什么面包会发酵？\nTask 11: 说出三种水果的名字。"
    let chat = ScriptedChat { asked, _ in asked.contains("Task 1:") ? answer : "好。" }
    let run = try ChatRun(
      "self-instruct", [seed], ["count": "3", "tries": "1", "language": "zh"], by: chat)
    #expect(run.children[0].map { $0.turns[0] } == ["user: 为什么面包会发酵？", "user: 说出三种水果的名字。"])
    #expect(run.refused == ["similar": 1])
    // English knows no such words, so that they would all be alike or none.
    let english = try ChatRun("self-instruct", [seed], ["count": "3", "tries": "1"], by: chat)
    #expect(english.refused == ["non-ascii": 3])
  }

  @Test func `a new record need not be in its host's language, nor have its label`() throws {
    let seed = Record.instruction(
      "Praise the long evenings of early summer in one sentence.",
      output: "The light stays so long that nobody wants to go home before the stars are out.",
      id: "a:1")
    let chat = Self.model(
      listing: ["Translate into German: the cat sleeps on the sofa all day."],
      answer: "Die Katze schläft den ganzen Tag auf dem Sofa und träumt von großen Fischen.")
    let run = try ChatRun("self-instruct", [seed], ["count": "1"], by: chat, isContracted: true)
    #expect(run.children[0].count == 1 && run.ended.isEmpty)
    let own = try ChatRun.descriptor("self-instruct", chat)
    let names = [own].keepingContract(StubModels())[0].parameters.map(\.name)
    #expect(names.contains("near-duplicates"))
    #expect(!names.contains("similarity") && !names.contains("label-model"))
  }

  @Test func `a new record has its host's system turn, and nothing that tells of the host alone`()
    throws
  {
    var seed = Record(
      id: "a:1", source: Source(file: "a", line: 1),
      content: .conversation(
        Conversation([
          Message(.system, "You are a pirate."), Message(.user, "Praise the sea.", input: "1 line"),
          Message(.assistant, "Arr."), Message(.user, "More."), Message(.assistant, "Arr, arr."),
        ])), label: Label("good"), schema: .messages)
    seed.metadata = ["category": "praise"]
    let chat = Self.model(listing: ["Plan a garden for dry summers."])
    let run = try ChatRun("self-instruct", [seed], ["count": "1"], by: chat)
    let child = try #require(run.children[0].first)
    #expect(
      child.turns == [
        "system: You are a pirate.", "user: Plan a garden for dry summers.", "assistant: Done.",
      ])
    #expect(child.label == nil && child.metadata == [:])
    // The form has a place for an input, which is there and empty.
    #expect(child.fields(.all).first { $0.path == "messages[1].input" }?.text == "")
    #expect(Self.shown(chat.questions[0]) == ["Praise the sea. 1 line"])
    #expect(
      chat.conversations[1].messages.map(\.content) == [
        "You are a pirate.", "Plan a garden for dry summers.",
      ])
  }

  @Test func `without a task to show there is a fault that says so`() throws {
    var held = Self.seeds(1)
    held[0].side = .test
    for records in [[], [Record.text("A text.")], held] {
      let error = #expect(throws: StageError.self) {
        _ = try ChatRun("self-instruct", records, by: Self.model())
      }
      #expect(error?.code == "no-seeds" && error?.remedy != nil)
    }
  }
}
