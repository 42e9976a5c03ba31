import Records
import Stages
import TestSupport
import Testing

struct RunnerRoleTests {
  private let run: TestRun

  init() throws { run = try TestRun() }

  private static let sides = EachStage { record, _ in
    var record = record
    record.side = record.text == "t" ? .test : record.text == "v" ? .validation : .train
    return .keep(record)
  }

  private static func copies(_ name: String) -> EachStage {
    EachStage { record, _ in
      .derive(
        record,
        children: [Derived(record.child(name, content: .text(record.text + name)), note: "copied")])
    }
  }

  private func records(_ result: StageResult) throws -> [Record] {
    try RecordCollection(path: result.records, count: result.counts.kept, threads: 2).map { $0 }
  }

  @Test func `augmenters see originals of the training side alone`() throws {
    let results = try run.run([
      try run.source(["a", "t", "v", "b"]), try run.step("split", Self.sides, role: .splitting),
      try run.step("augment.one", Self.copies("1"), role: .augmenting),
      try run.step("augment.two", Self.copies("2"), role: .augmenting),
    ])
    let records = try records(results[3])
    #expect(records.map(\.text) == ["a", "a2", "a1", "t", "v", "b", "b2", "b1"])
    #expect(records.filter { $0.side != .train }.allSatisfy { $0.augmentedBy == nil })
    #expect(
      records.map(\.augmentedBy)
        == [nil, "augment.two", "augment.one", nil, nil, nil, "augment.two", "augment.one"])
    #expect(records[1].parent == records[0].id && records[1].side == .train)
    #expect(results[3].counts.incoming == 6 && results[3].counts.made == 2)
  }

  @Test func `without a split every original is augmented, and cleaners see all`() throws {
    let results = try run.run([
      try run.source(["a", "t"]),
      try run.step("augment.one", Self.copies("1"), role: .augmenting),
      try run.step("clean.more", Self.copies("2")),
    ])
    #expect(
      try records(results[2]).map(\.text) == ["a", "a2", "a1", "a12", "t", "t2", "t1", "t12"])
  }

  /// Derives a child that goes on and one that is refused.
  private static let choosy = EachStage { record, _ in
    let children = ["good", "bad"].map { name in
      var child = record.child(name, content: .text("\(record.text) \(name)"))
      child.augmentedBy = "augment.choosy"
      return Derived(
        child, note: ["edit": .string(name)],
        refusal: name == "bad" ? Reason("too-bad", ["badness": 0.5, "most": 0.25]) : nil)
    }
    return .derive(record, children: children)
  }

  @Test func `a refused child is in the ledger and in the counts, and nowhere else`() throws {
    let augment = try run.step("augment.choosy", Self.choosy, role: .augmenting)
    let source = try run.source(["a", "b"])
    _ = try run.everything([source, augment])
    let results = try StageRunner.results(in: run.path)
    #expect(try records(results[1]).map(\.text) == ["a", "a good", "b", "b good"])
    let counts = results[1].counts
    #expect(counts.incoming == 2 && counts.made == 4 && counts.kept == 4)
    #expect(counts.dropped == ["too-bad": 2] && counts.balances)
    let total = try JSONValue.parse(run.text("stages.json"))["total"]
    #expect(total?["dropped"] == ["too-bad": 2])
    let lines = try run.objects("ledger.jsonl")
    let line = try #require(lines.first { $0["id"] == "in.txt:1/bad" })
    #expect(
      line == [
        "id": "in.txt:1/bad", "source": line["source"] ?? .null, "parent": "in.txt:1",
        "augmented_by": "augment.choosy",
        "events": [
          ["stage": "augment.choosy", "made_from": "in.txt:1", "note": ["edit": "bad"]]
        ],
        "fate": "dropped", "stage": "augment.choosy", "reason": "too-bad",
        "detail": ["badness": 0.5, "most": 0.25],
      ])
    #expect(lines.count == 6)
  }

  @Test func `'rescue' lets refused children go on`() throws {
    let results = try run.run([
      try run.source(["a"]),
      try run.step("augment.choosy", Self.choosy, role: .augmenting, rescue: ["too-bad"]),
    ])
    #expect(try records(results[1]).map(\.text) == ["a", "a good", "a bad"])
    #expect(results[1].counts.dropped.isEmpty && results[1].counts.made == 2)
  }

  @Test func `an augmenter that names itself keeps that name`() throws {
    let named = EachStage { record, _ in
      var child = record.child("1", content: .text("x"))
      child.augmentedBy = "own"
      return .derive(record, children: [Derived(child, note: [:])])
    }
    let results = try run.run([
      try run.source(["a"]), try run.step("augment.named", named, role: .augmenting),
    ])
    #expect(try records(results[1]).map(\.augmentedBy) == [nil, "own"])
  }

  @Test func `a second source adds its records behind those of the first`() throws {
    let first = try run.source(["a", "~", "b"])
    let other = try run.step(
      "ingest#2", LineSource(path: try run.folder.write("c\n!\n", to: "more.txt")), role: .source)
    _ = try run.everything([first, other])
    let results = try StageRunner.results(in: run.path)
    #expect(try records(results[1]).map(\.id) == ["in.txt:1", "in.txt:3", "ingest#2:more.txt:1"])
    let total = try JSONValue.parse(run.text("stages.json"))["total"]
    #expect(total?["in"] == 5 && total?["kept"] == 3)
    #expect(try run.objects("ledger.jsonl").count == 5)
  }

  @Test func `a collection stage walks its records as often as it likes, in order`() throws {
    struct Walk: CollectionStage {
      func plan(_ records: RecordCollection, _ context: StageContext) throws -> [[String]] {
        var batched: [String] = []
        try records.forEachBatch { batched += $0.map(\.id) }
        #expect(records.count == 5)
        return [
          batched, try records.map { $0.id }, try records.training.map { $0.id },
          try records.training.map { $0.id },
        ]
      }
      func outcome(
        of record: Record, at index: Int, _ plan: [[String]], _ context: StageContext
      ) throws(StageError) -> Outcome {
        let position = JSONValue.integer(plan[0].firstIndex(of: record.id) ?? -1)
        let walks = plan.map { JSONValue.array($0.map { .string($0) }) }
        return .keep(
          record, note: ["index": .integer(index), "at": position, "walks": .array(walks)])
      }
    }
    _ = try run.everything(
      [
        try run.source(["a", "t", "b", "v", "c"]),
        try run.step("split", Self.sides, role: .splitting), try run.step("fit", Walk()),
      ], batchSize: 100)
    let all = (1...5).map { JSONValue.string("in.txt:\($0)") }
    let training: [JSONValue] = [all[0], all[2], all[4]]
    for (index, line) in try run.objects("ledger.jsonl").enumerated() {
      let note = line["events"]?.array?.last?["note"]
      #expect(note?["index"]?.int == index && note?["at"]?.int == index)
      #expect(note?["walks"] == [.array(all), .array(all), .array(training), .array(training)])
    }
  }

  @Test func `random numbers of a record depend on seed and stage, not on its neighbours`() throws {
    func draws(_ lines: [String], seed: UInt64, label: String) throws -> [String] {
      let draw = EachStage { record, context in
        var random = context.random(for: record.id)
        return .keep(record.with(text: "\(random.next())"))
      }
      let steps = [try run.source(lines), try run.step(label, draw)]
      return try records(try run.run(steps, seed: seed)[1]).map(\.text)
    }
    let base = try draws(["a", "b", "c"], seed: 1, label: "clean.x")
    #expect(try draws(["a", "b"], seed: 1, label: "clean.x") == Array(base.prefix(2)))
    #expect(try draws(["a", "b", "c"], seed: 2, label: "clean.x") != base)
    #expect(try draws(["a", "b", "c"], seed: 1, label: "clean.x#2") != base)
    #expect(Set(base).count == 3)
  }

  @Test func `a stage that breaks the rules of ids is stopped`() async {
    await #expect(processExitsWith: .failure) {
      let tests = try RunnerRoleTests()
      let rename = EachStage { record, _ in
        var record = record
        record.id += "x"
        return .keep(record)
      }
      try tests.run.run([try tests.run.source(["a"]), try tests.run.step("clean.x", rename)])
    }
    await #expect(processExitsWith: .failure) {
      let tests = try RunnerRoleTests()
      let twin = EachStage { record, _ in .expand([record]) }
      try tests.run.run([try tests.run.source(["a"]), try tests.run.step("clean.x", twin)])
    }
  }
}
