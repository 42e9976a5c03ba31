import Records
import Stages
import TestSupport
import Testing

/// What the ledger says of a changed record.
struct LedgerEventTests {
  private let run: TestRun

  init() throws { run = try TestRun() }

  /// The events of a record that a stage changes.
  private func events(
    of text: String, _ change: @escaping @Sendable (inout Record) -> Void
  ) throws -> String {
    let stage = EachStage { record, _ in
      var record = record
      change(&record)
      return .keep(record)
    }
    try Folders.remove(run.path)
    _ = try run.everything([try run.source([text]), try run.step("clean.x", stage)])
    let events = try #require(try run.objects("ledger.jsonl").first?["events"])
    return events.text
  }

  @Test(arguments: [
    ("abc", "abc", nil), ("abc", "aXc", #""at":1,"from":"b","to":"X""#),
    ("abc", "abcd", #""at":3,"from":"","to":"d""#), ("abc", "", #""at":0,"from":"abc","to":"""#),
    ("aaa", "aa", #""at":2,"from":"a","to":"""#), ("abab", "ab", #""at":2,"from":"ab","to":"""#),
    ("日本", "日木", #""at":1,"from":"本","to":"木""#), ("é", "è", #""at":0,"from":"é","to":"è""#),
    ("x😀y", "x😁y", #""at":1,"from":"😀","to":"😁""#), ("aéz", "aãz", #""at":1,"from":"é","to":"ã""#),
    ("caf\u{E9}", "cafe\u{301}", #""at":3,"from":""# + "\u{E9}" + #"","to":""# + "e\u{301}\""),
    // The last bytes are alike, the characters are not.
    ("\u{E9}", "\u{129}", #""at":0,"from":"é","to":"ĩ""#),
  ])
  func `a changed text is told from the first to the last character that differs`(
    _ old: String, _ new: String, _ expected: String?
  ) throws {
    let found = try events(of: old) { $0 = $0.with(text: new) }
    let change = expected.map { #"{"stage":"clean.x","changes":[{"field":"text",\#($0)}]}"# }
    #expect(Array(found.utf8) == Array("[\(change ?? "")]".utf8), "\(found)")
  }

  @Test func `long changes are cut, and nothing that did not change is shown`() throws {
    let long = String(repeating: "é", count: 200)
    let found = try events(of: "start end") { $0 = $0.with(text: "start \(long)end") }
    let cut = String(repeating: "é", count: 160) + "…"
    #expect(found.contains(#""at":6,"from":"","to":"\#(cut)""#))
  }

  @Test func `label, side, metadata and another kind of content are told`() throws {
    #expect(
      try events(of: "a") {
        $0.label = Label("l")
        $0.side = .test
        $0.metadata = ["k": 1, "m": "x"]
      } == #"[{"stage":"clean.x","side":"test","metadata":["k","m"],"label":"l"}]"#)
    #expect(
      try events(of: "a") {
        $0.content = .conversation(Conversation([Message(.user, "a")]))
      } == #"[{"stage":"clean.x","changes":[{"field":"content"}]}]"#)
  }

  @Test func `events of several stages stand in order, and data files have none`() throws {
    let mark = { (mark: String) in
      EachStage { record, _ in .keep(record.with(text: record.text + mark)) }
    }
    _ = try run.everything([
      try run.source(["a"]), try run.step("clean.one", mark("1")),
      try run.step("clean.none", EachStage { record, _ in .keep(record) }),
      try run.step("clean.two", mark("2")),
    ])
    let events = try #require(try run.objects("ledger.jsonl").first?["events"]?.array)
    #expect(events.map { $0["stage"] } == ["clean.one", "clean.two"])
    #expect(
      try run.text("data/train.jsonl")
        == #"{"text":"a12","anneal":{"id":"in.txt:1","schema":"text","#
        + #""source":{"file":"in.txt","line":1}}}"# + "\n")
    let counts = try JSONValue.parse(run.text("stages.json"))["stages"]?.array?.map {
      $0["changed"]
    }
    #expect(counts == [0, 1, 0, 1])
  }
}
