import Foundation
import Records
import Stages
import TestSupport
import Testing

struct RunnerOutcomeTests {
  private let run: TestRun

  init() throws { run = try TestRun() }

  @Test func `the same bytes come of 1 and 4 threads and of batches of any size`() throws {
    let expected = try run.everything(try Everything.steps(run), threads: 1)
    #expect(expected.count == 37, "\(expected.keys.sorted())")
    for (threads, batch) in [(1, 100), (4, 1 << 21), (4, 1), (4, 3000), (8, 777)] {
      try Folders.remove(run.path)
      let steps = try Everything.steps(run)
      let found = try run.everything(steps, threads: threads, batchSize: batch)
      #expect(found == expected, "\(threads) threads, batches of \(batch)")
    }
  }

  @Test func `stages in one walk write what they write one by one`() throws {
    let together = try run.everything(try Everything.steps(run))
    try Folders.remove(run.path)
    let steps = try Everything.steps(run)
    for count in 1..<steps.count { try run.run(Array(steps.prefix(count))) }
    #expect(try run.everything(steps) == together)
  }

  @Test func `where a later stage of a walk fails, those before it come to their end`() throws {
    let fails = EachStage { record, _ throws(StageError) in
      guard record.text == "b" else { return .keep(record) }
      throw StageError("bad", "is no good")
    }
    let same = EachStage { record, _ in .keep(record.with(text: record.text + "!")) }
    let source = try run.source(["a", "b", "c"])
    func steps(_ middle: any Stage) throws -> [StageStep] {
      [
        source, try run.step("clean.first", EachStage { record, _ in .keep(record) }),
        try run.step("clean.middle", middle, onError: .fail), try run.step("clean.last", same),
      ]
    }
    for batch in [1, 1 << 21] {
      try? Folders.remove(run.path)
      #expect(throws: StageError.self) { try run.run(try steps(fails), batchSize: batch) }
      let results = try run.run(try steps(same), batchSize: batch)
      #expect(results.map(\.cached) == [true, true, false, false])
      #expect(results.last?.counts.kept == 3)
    }
  }

  /// Reads lines, and then a file that is broken.
  private struct BreakingSource: SourceStage {
    let lines: LineSource

    func readUnits(_ visit: (SourceUnit) throws -> Void) throws {
      try lines.readUnits(visit)
      throw StageError("broken-file", "ends too soon")
    }

    func outcome(of unit: SourceUnit, _ context: StageContext) throws(StageError) -> Outcome {
      // The reading comes to its end meanwhile.
      if unit.source.line == 1 { Thread.sleep(forTimeInterval: 0.1) }
      return try lines.outcome(of: unit, context)
    }
  }

  @Test(arguments: [1, 2, 8])
  func `the fault of the first record is told, however far the reading has come`(
    _ threads: Int
  ) throws {
    let text = ["!"] + (0..<50).map { "line \($0)" }
    let path = try run.folder.write(text.joined(separator: "\n"), to: "in.txt")
    let source = try run.step(
      "ingest", BreakingSource(lines: LineSource(path: path)), role: .source, onError: .fail)
    let error = #expect(throws: StageError.self) {
      try run.run([source], threads: threads, batchSize: 50)
    }
    #expect(error?.code == "faulty")
  }

  @Test func `every record that came in or was made has one fate`() throws {
    _ = try run.everything(try Everything.steps(run, count: 1000))
    let ledger = try run.objects("ledger.jsonl")
    let ids = ledger.compactMap { $0["id"]?.string }
    #expect(ids.count == ledger.count && Set(ids).count == ids.count)
    let stages = try JSONValue.parse(run.text("stages.json"))
    let total = try #require(stages["total"]?.object)
    #expect(total["in"] == 1000)
    func sum(_ value: JSONValue?) -> Int {
      value?.int ?? value?.object?.members.reduce(0) { $0 + ($1.value.int ?? 0) } ?? 0
    }
    let ends = ["kept", "dropped", "merged", "quarantined", "expanded"].map { sum(total[$0]) }
    #expect(sum(total["in"]) + sum(total["made"]) == ends.reduce(0, +))
    #expect(ledger.count == sum(total["in"]) + sum(total["made"]))
    for (fate, count) in zip(["kept", "dropped", "merged", "quarantined", "expanded"], ends) {
      #expect(count > 0, "\(fate)")
      #expect(ledger.count { $0["fate"]?.string == fate } == count, "\(fate)")
    }
    let data = try Side.allCases.flatMap { try run.objects("data/\($0.rawValue).jsonl") }
    #expect(data.count == ends[0])
    let kept = ledger.filter { $0["fate"] == "kept" }.compactMap { $0["id"]?.string }
    #expect(Set(kept) == Set(try data.map { try Record(object: $0).id }))
    for stage in try #require(stages["stages"]?.array) {
      let incoming = sum(stage["in"]) + sum(stage["made"])
      let outgoing = ["kept", "dropped", "merged", "quarantined", "expanded"]
      #expect(incoming == outgoing.reduce(0) { $0 + sum(stage[$1]) })
    }
  }

  @Test func `each outcome is told in the ledger`() throws {
    let source = try run.source(["a", "b", "a", "x|y", "#", "!z", "~s"])
    let expand = EachStage { record, _ in
      record.text.contains("|")
        ? .expand([
          record.child("p.0", content: .text("x")), record.child("p.1", content: .text("b")),
        ])
        : .keep(record.with(text: record.text + "!"), note: "louder")
    }
    _ = try run.everything([
      source, try run.step("clean.parts", expand), try run.step("clean.same", MergeStage()),
      try run.step(
        "clean.b",
        EachStage { record, _ in
          record.text == "b!" ? .drop(Reason("is-b", ["length": 2])) : .keep(record)
        }),
    ])
    let lines = Dictionary(
      try run.objects("ledger.jsonl").map { ($0["id"]?.string ?? "", JSONValue.object($0).text) },
      uniquingKeysWith: { _, _ in "twice" })
    let event =
      #""events":[{"stage":"clean.parts","changes":[{"field":"text","at":1,"from":"","to":"!"}],"#
      + #""note":"louder"}],"#
    func place(_ line: Int) -> String { #""source":{"file":"in.txt","line":\#(line)},"# }
    #expect(
      lines == [
        "in.txt:1": #"{"id":"in.txt:1","# + place(1) + event + #""fate":"kept","side":"train"}"#,
        "in.txt:2": #"{"id":"in.txt:2","# + place(2) + event
          + #""fate":"dropped","stage":"clean.b","reason":"is-b","detail":{"length":2}}"#,
        "in.txt:3": #"{"id":"in.txt:3","# + place(3) + event
          + #""fate":"merged","stage":"clean.same","reason":"same-text","detail":{"index":2},"#
          + #""into":"in.txt:1"}"#,
        "in.txt:4": #"{"id":"in.txt:4","# + place(4)
          + #""events":[],"fate":"expanded","stage":"clean.parts","reason":"expanded","#
          + #""into":["in.txt:4/p.0","in.txt:4/p.1"]}"#,
        "in.txt:4/p.0": #"{"id":"in.txt:4/p.0","# + place(4) + #""parent":"in.txt:4","#
          + #""events":[{"stage":"clean.parts","made_from":"in.txt:4"}],"fate":"kept","side":"train"}"#,
        "in.txt:4/p.1": #"{"id":"in.txt:4/p.1","# + place(4) + #""parent":"in.txt:4","#
          + #""events":[{"stage":"clean.parts","made_from":"in.txt:4"}],"fate":"kept","side":"train"}"#,
        "in.txt:5": #"{"id":"in.txt:5","# + place(5)
          + #""events":[],"fate":"quarantined","stage":"ingest","reason":"broken","#
          + #""message":"cannot be read"}"#,
        "in.txt:6": #"{"id":"in.txt:6","# + place(6)
          + #""events":[],"fate":"quarantined","stage":"ingest","reason":"faulty","#
          + #""message":"begins with '!'","field":"text"}"#,
        "in.txt:7": #"{"id":"in.txt:7","# + place(7)
          + #""events":[],"fate":"dropped","stage":"ingest","reason":"skipped"}"#,
      ])
    #expect(try run.text("merged/count.txt") == "4\n")
  }

  @Test func `quarantined records are kept with the reason, raw where they never were records`()
    throws
  {
    let odd = EachStage { record, _ throws(StageError) in
      if record.text == "b" { throw StageError("bad", "is b", field: "text", remedy: "drop it") }
      return record.text == "c" ? .quarantine(Reason("odd", ["n": 1])) : .keep(record)
    }
    _ = try run.everything([
      try run.source(["a", "!x", "b", "#", "c"]), try run.step("clean.odd", odd),
    ])
    let lines = try run.objects("quarantine.jsonl").map { JSONValue.object($0).text }
    let anneal = { (line: Int) in
      #""anneal":{"id":"in.txt:\#(line)","schema":"text","source":{"file":"in.txt","line":\#(line)}}"#
    }
    #expect(
      lines == [
        #"{"file":"in.txt","line":2,"stage":"ingest","reason":"faulty","message":"begins with '!'","#
          + #""field":"text","raw":"!x"}"#,
        #"{"file":"in.txt","line":4,"stage":"ingest","reason":"broken","message":"cannot be read"}"#,
        #"{"file":"in.txt","line":3,"stage":"clean.odd","reason":"bad","message":"is b","#
          + #""field":"text","remedy":"drop it","record":{"text":"b",\#(anneal(3))}}"#,
        #"{"file":"in.txt","line":5,"stage":"clean.odd","reason":"odd","detail":{"n":1},"#
          + #""record":{"text":"c",\#(anneal(5))}}"#,
      ])
    _ = try run.everything([try run.source(["a"])])
    #expect(!Folders.exists("\(run.path)/quarantine.jsonl"))
  }

  @Test func `records come back that end for a reason named in rescue, and only these`() throws {
    let odd = EachStage { record, _ throws(StageError) in
      switch record.text {
      case "a": return .drop(Reason("is-a", ["length": 1]))
      case "b": return .drop(Reason("is-b"))
      case "c": throw StageError("bad", "is c")
      case "d": throw StageError("worse", "is d")
      case "e": return .quarantine(Reason("odd"))
      default: return .keep(record.with(text: "\(record.text)!"))
      }
    }
    _ = try run.everything([
      try run.source(["a", "b", "c", "d", "e", "f", "f"]),
      try run.step("clean.odd", odd, rescue: ["is-a", "bad", "odd"]),
      try run.step("clean.same", MergeStage(), rescue: ["same-text"]),
    ])
    let data = try run.objects("data/train.jsonl").compactMap { $0["text"]?.string }
    #expect(data == ["a", "c", "e", "f!", "f!"])
    let ledger = try run.objects("ledger.jsonl")
    let ended = ledger.filter { $0["fate"] != "kept" }.compactMap { $0["reason"]?.string }
    #expect(ended == ["is-b", "worse"])
    let notes = ledger.compactMap { $0["events"]?.array?.last?["note"]?.text }
    #expect(
      notes == [
        #"{"rescued":"is-a","detail":{"length":1}}"#, #"{"rescued":"bad"}"#,
        #"{"rescued":"odd"}"#, #"{"rescued":"same-text","detail":{"index":4}}"#,
      ])
  }

  @Test func `a fault stops the run with its place where the pipeline does not go on`() throws {
    let bad = EachStage { record, _ throws(StageError) in
      guard record.text >= "b" else { return .keep(record) }
      throw StageError("bad", "is no good", field: "text", remedy: "mend it")
    }
    let source = try run.source(["a", "b", "c"])
    #expect {
      try run.run([source, try run.step("clean.bad", bad, onError: .fail)])
    } throws: {
      "\($0)" == "in.txt:2: field 'text': is no good (mend it)"
    }
    let broken = try run.step(
      "ingest", LineSource(path: try run.folder.write("a\n#\n", to: "in.txt")), role: .source,
      onError: .fail)
    #expect {
      try run.run([broken])
    } throws: {
      "\($0)" == "in.txt:2: cannot be read"
    }
  }
}
