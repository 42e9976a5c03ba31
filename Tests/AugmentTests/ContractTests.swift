import Augment
import Records
import Stages
import TestSupport
import Testing

/// What every augmenter's children keep, whatever makes them.
@Suite struct `The contract of children` {
  private func record(
    _ text: String, _ children: [String], id: String = "a:1", label: String? = nil
  ) -> Record {
    var record = Record.text(text, id: id, label: label, side: .train)
    record.metadata["children"] = .array(children.map { .string($0) })
    return record
  }

  private func codes(
    _ text: String, _ children: [String], _ parameters: [String: String] = [:],
    label: String? = nil, beside others: [Record] = []
  ) throws -> [String] {
    try Family("listed", of: [record(text, children, label: label)] + others, parameters)
      .children.map { $0.refusal?.code ?? "kept" }
  }

  // MARK: - Without models

  @Test func `a child says something that neither its parent nor a sibling says`() throws {
    #expect(
      try codes(
        "The dog sleeps.",
        [
          "the  DOG sleeps.", "The cat sleeps.", "The Cat sleeps. ", "The dog sleeps!",
          "The dog sleeps.", "Ｔhe cat sleeps.",
        ]) == ["unchanged", "kept", "repeated", "kept", "unchanged", "repeated"])
  }

  @Test func `a child of which all but the metadata is its parent's is another`() throws {
    struct Titled: RecordStage {
      func outcome(of record: Record, _ context: StageContext) throws(StageError) -> Outcome {
        var child = record.child("titled.1", content: record.content)
        child.metadata["title"] = "A large house"
        return .derive(record, children: [Derived(child, note: [:])])
      }
    }
    var record = Record.text("The dog sleeps.")
    record.metadata["title"] = "A big house"
    let descriptor = try #require(
      [
        StageDescriptor("augment.titled", "Titles.", role: .augmenting, example: "augment.titled") {
          _ in Titled()
        }
      ].keepingContract(StubModels()).first)
    let stage = try #require(try descriptor.stage() as? any CollectionStage)
    let folder = try TemporaryFolder()
    let path = try folder.write(JSONValue.object(record.object).text + "\n", to: "a.jsonl")
    func outcome<Each: CollectionStage>(_ stage: Each) throws -> Outcome {
      let records = RecordCollection(path: path, count: 1, threads: 1)
      return try stage.outcome(
        of: record, at: 0, try stage.plan(records, .test()), .test())
    }
    guard case .derive(_, let children) = try outcome(stage) else {
      Issue.record("no child")
      return
    }
    #expect(children.count == 1 && children[0].refusal == nil)
  }

  @Test func `a child is in its parent's language, where both are sure`() throws {
    let english = "The dog sleeps on the mat and dreams of a long walk."
    let german = "Der Hund schläft auf der Matte und träumt von einem langen Spaziergang."
    let family = try Family(
      "listed",
      of: [
        record(english, [german, "The hound rests there.", "Ja.", "狗在垫子上睡觉，梦见散步。"]),
        record(german, ["Der Kater schläft auf dem Sofa."], id: "a:2"),
        record("OK 12", [german], id: "a:3"),
      ])
    #expect(
      family.children.map { $0.refusal?.code ?? "kept" }
        == ["language", "kept", "kept", "language", "kept", "kept"])
    #expect(
      family.reasons.map(\.detail) == [["from": "en", "to": "de"], ["from": "en", "to": "zh"]])
  }

  @Test func `records of their own are not compared with their parents, but with all else`() throws
  {
    let german = "Der Hund schläft auf der Matte und träumt von einem langen Spaziergang."
    let family = try Family(
      "own",
      of: [
        record(
          "The dog sleeps on the mat and dreams of a long walk.",
          [german, german, "What do ships carry through the wide strait today?"]),
        .text("What do ships carry through the wide strait today?", id: "t:1", side: .test),
      ])
    #expect(
      family.children.map { $0.refusal?.code ?? "kept" } == ["kept", "repeated", "near-evaluation"])
    for parameter in ["similarity", "label-model"] {
      #expect(throws: Diagnostics.self) { try Family.descriptor("own").stage([parameter: "zoo"]) }
    }
  }

  private let asked = [
    Record.text(
      "What is the fastest way to the old harbour from here?", id: "t:1", side: .test),
    Record.text("Which road leads to the light house?", id: "v:1", side: .validation),
    Record.text("What do ships carry through the wide strait?", id: "r:1", side: .train),
  ]

  @Test func `a child asks nothing that an evaluation record asks, or nearly so`() throws {
    let children = [
      "what is the fastest way to the old harbour, from here",
      "What is the fastest way to the old harbour from here now?",
      "What is the quickest way to the old harbour from here?",
      "Which road leads to the Light House",
      // Of its own side a child may be as near as it likes.
      "What do ships carry through the wide strait?",
    ]
    let family = try Family(
      "listed", of: [record("How do I get to the old harbour?", children)] + asked)
    #expect(
      family.children.map { $0.refusal?.code ?? "kept" }
        == ["near-evaluation", "near-evaluation", "kept", "near-evaluation", "kept"])
    #expect(
      family.reasons.map(\.detail) == [
        ["record": "t:1", "side": "test", "similarity": 1, "threshold": 0.8],
        ["record": "t:1", "side": "test", "similarity": 0.9, "threshold": 0.8],
        ["record": "v:1", "side": "validation", "similarity": 1, "threshold": 0.8],
      ])
    func codes(_ threshold: String) throws -> [String] {
      try self.codes(
        "How do I get to the old harbour?", children, ["near-duplicates": threshold],
        beside: asked)
    }
    #expect(try codes("0.95")[1] == "kept" && codes("0.95")[0] == "near-evaluation")
    #expect(
      try codes("none")
        == ["near-evaluation", "kept", "kept", "near-evaluation", "kept"])
    #expect(try codes("0.3")[2] == "near-evaluation")
    #expect(throws: Diagnostics.self) { try codes("0.1") }
  }

  @Test func `the real augmenters keep it too`() throws {
    // Of two words that change places there is one child, which the test side holds.
    let records = [
      Record.text("alpha beta", id: "a:1", side: .train),
      Record.text("Beta, alpha", id: "a:2", side: .test),
    ]
    let options = ["replace": "0", "insert": "0", "delete": "0", "copies": "3"]
    let family = try Family("eda", of: records, options)
    #expect(family.children.map(\.record.content) == [.text("beta alpha")])
    #expect(family.reasons.map(\.code) == ["near-evaluation"] && family.kept.isEmpty)
    let alone = try Family("eda", of: Array(records.prefix(1)), options)
    #expect(alone.kept.map(\.content) == [.text("beta alpha")])
  }

  // MARK: - With models

  @Test func `a child means what its parent means, and not quite the same`() throws {
    let children = [1, 30, 60, 80].map { "Make a turn \($0) here." }
    let family = try Family(
      "listed", of: [record("Make a turn 0 here.", children)], ["similarity": "compass"])
    #expect(
      family.children.map { $0.refusal?.code ?? "kept" }
        == ["similarity", "kept", "similarity", "similarity"])
    #expect(
      family.reasons.map(\.detail) == [
        ["cosine": 0.9998, "min": 0.7, "max": 0.999, "model": "compass"],
        ["cosine": 0.5, "min": 0.7, "max": 0.999, "model": "compass"],
        ["cosine": 0.1736, "min": 0.7, "max": 0.999, "model": "compass"],
      ])
  }

  @Test func `the sentences that changed are compared, and the least like of several counts`()
    throws
  {
    let parent = "Look there. Make a turn 0 here. Then take a turn 40."
    #expect(
      try codes(
        parent,
        [
          // The last sentence stays; it would say 40 degrees of both.
          "Look there. Make a turn 60 here. Then take a turn 40.",
          "Look there. Make a turn 30 here. Then take a turn 40.",
          // Behind the last sentence there is a new one.
          "Look there. Make a turn 0 here. Then take a turn 40. And a turn 80.",
        ], ["similarity": "compass"]) == ["similarity", "kept", "kept"])
  }

  @Test func `a child has its parent's label, where a classifier is named`() throws {
    let children = ["The cats sleep.", "The dogs rest.", "The cat and the dog sleep."]
    let family = try Family(
      "listed", of: [record("The cat sleeps.", children, label: "cat")], ["label-model": "zoo"])
    #expect(family.children.map { $0.refusal?.code ?? "kept" } == ["kept", "label", "kept"])
    #expect(
      family.reasons.map(\.detail) == [
        ["label": "cat", "found": "dog", "probability": 0.75, "model": "zoo"]
      ])
    // The first of what is wrong is told; a refused child is shown to no model behind that.
    #expect(
      try codes(
        "A cat, turn 0.", ["A dog, turn 90.", "A dog, turn 30."],
        ["label-model": "zoo", "similarity": "compass"], label: "cat") == ["similarity", "label"])
  }

  @Test func `labels that the classifier does not know are faults`() throws {
    let missing = #expect(throws: StageError.self) {
      try codes("A cat.", ["The cat."], ["label-model": "zoo"])
    }
    #expect(missing?.code == "label-missing")
    let unknown = #expect(throws: StageError.self) {
      try codes("A cat.", ["The cat."], ["label-model": "zoo"], label: "cats")
    }
    #expect(unknown?.code == "unknown-label" && unknown?.remedy == "did you mean 'cat'?")
  }

  @Test func `a preference, which is no text to classify, is a fault alone`() throws {
    /// Children that say a little more than their parents.
    struct Talkative: RecordStage {
      func outcome(of record: Record, _ context: StageContext) throws(StageError) -> Outcome {
        var content = record.content
        switch content {
        case .text(let text): content = .text("\(text) It is a cat.")
        case .preference(var pair):
          pair.prompt = Conversation([Message(.user, "Name another cat.")])
          content = .preference(pair)
        case .conversation: break
        }
        return .derive(
          record, children: [Derived(record.child("talk.1", content: content), note: [:])])
      }
    }
    let descriptor = try #require(
      [
        StageDescriptor("augment.talk", "Talks.", role: .augmenting, example: "augment.talk") { _ in
          Talkative()
        }
      ].keepingContract(StubModels()).first)
    let pair = Record(
      id: "p:1", source: Source(file: "test", line: 1),
      content: .preference(
        Preference(
          prompt: Conversation([Message(.user, "Name a cat.")]),
          chosen: Conversation([Message(.assistant, "Tom.")]),
          rejected: Conversation([Message(.assistant, "Rex.")]))),
      label: Label("cat"), schema: .preference)
    let records = [
      record("The cat sleeps.", [], label: "cat"), pair,
      record("The cat eats.", [], id: "a:2", label: "cat"),
    ]
    let folder = try TemporaryFolder()
    let lines = records.map { JSONValue.object($0.object).text + "\n" }.joined()
    let path = try folder.write(lines, to: "a.jsonl")
    func outcomes<Each: CollectionStage>(_ stage: Each) throws -> [Result<Outcome, any Error>] {
      let collection = RecordCollection(path: path, count: records.count, threads: 1)
      let plan = try stage.plan(collection, .test())
      return records.enumerated().map { index, record in
        Result { try stage.outcome(of: record, at: index, plan, .test()) }
      }
    }
    let stage = try #require(
      try descriptor.stage(["label-model": "zoo"]) as? any CollectionStage)
    let found = try outcomes(stage)
    let codes = found.map { result -> String in
      switch result {
      case .success(.derive(_, let children)): children[0].refusal?.code ?? "kept"
      case .success: "no child"
      case .failure(let error): (error as? StageError)?.code ?? "\(error)"
      }
    }
    #expect(codes == ["kept", "no-text", "kept"])
  }

  @Test func `children are the same on any number of threads, beside any others`() throws {
    let records = (0..<120).map { number in
      record(
        "Number \(number): make a turn 0, cat.",
        (0..<5).map { "Number \(number): the cat makes a turn \((number * 37 + $0 * 13) % 90)." },
        id: "a:\(number)", label: "cat")
    }
    let options = ["similarity": "compass", "label-model": "zoo"]
    func ids(_ records: [Record], threads: Int) throws -> Set<String> {
      Set(try Family("listed", of: records, options, threads: threads).kept.map(\.id))
    }
    let one = try ids(records, threads: 1)
    #expect(one.count > 50 && one.count < 550)
    #expect(try ids(records, threads: 4) == one)
    #expect(try ids(records.reversed(), threads: 2) == one)
    var each: Set<String> = []
    for record in records { each.formUnion(try ids([record], threads: 1)) }
    #expect(each == one)
  }

  @Test func `what is missing or wrong is told when the plan is made`() throws {
    let descriptor = try Family.descriptor("noise")
    for (name, model) in [("similarity", "encoder"), ("label-model", "classifier")] {
      let fault = #expect(throws: Diagnostic.self) { try descriptor.stage([name: "none/such"]) }
      #expect(fault?.path == "augment.noise.\(name)")
      #expect(fault?.message == "no \(model) 'none/such'")
    }
    for wrong in [["per-label": "0"], ["per-label": "min"], ["near-duplicates": "2"]] {
      #expect(throws: Diagnostics.self) { try descriptor.stage(wrong) }
    }
    // A stage that takes no number of copies has no budget.
    #expect(throws: Diagnostics.self) { try Family.descriptor("listed").stage(["per-label": "5"]) }
  }

  @Test func `no records, and evaluation records alone, have no children`() throws {
    #expect(try Family("listed", of: []).children.isEmpty)
    var test = record("A cat.", ["Cats."])
    test.side = .test
    #expect(try Family("noise", of: [test]).children.isEmpty)
  }
}
