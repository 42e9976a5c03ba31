import Pipeline
import Records
import Stages
import TestSupport
import Testing

@Suite struct `The ledger of a run answers questions` {
  private let folder: TemporaryFolder
  private var run: String { "\(folder.path)/run" }

  /// Six texts of one to six words, one of them twice, one line that is no JSON.
  init() throws {
    folder = try TemporaryFolder()
    var lines = (1...6).map { count in
      "{\"text\": \"\((0..<count).map { "word\($0)" }.joined(separator: " "))\"}"
    }
    lines.insert("no json", at: 2)
    lines.append("{\"text\": \"word0 word1 word2 word3 word4 word5\"}")
    try folder.write(lines.joined(separator: "\n") + "\n", to: "data.jsonl")
    try execute(minimum: 4, into: run)
  }

  private func execute(minimum: Int, into run: String) throws {
    let text = """
      stages:
        - ingest: {path: data.jsonl, on-error: quarantine}
        - clean.length: {min-words: \(minimum)}
        - clean.duplicates
      """
    let plan = try Planner.plan(PipelineFile(text: text, path: "p", base: folder.path))
    _ = try PipelineRun(plan: plan, folder: run, threads: 2, observer: Silent()).execute()
  }

  @Test func `records are counted by what became of them`() throws {
    func counts(_ table: LedgerTable) -> [String: Int] {
      Dictionary(table.rows.map { ($0.group, $0.count) }, uniquingKeysWith: { $1 })
    }
    let reasons = try LedgerTable(run: run, by: .reason)
    #expect(
      counts(reasons) == [
        "clean.length: min-words": 3, "kept": 3, "clean.duplicates: exact-duplicate": 1,
        "ingest: invalid-json": 1,
      ])
    #expect(reasons.total == 8)
    let sample = try #require(reasons.rows.first { $0.group.contains("min-words") }?.samples.first)
    #expect(sample["id"] == "data.jsonl:1" && sample["detail"] != nil)
    #expect(
      try counts(LedgerTable(run: run, by: .fate)) == [
        "kept": 3, "dropped": 3, "merged": 1, "quarantined": 1,
      ])
    let filtered = try LedgerTable(
      run: run, by: .source, filter: LedgerFilter(reason: "min-words"), samples: 2)
    #expect(counts(filtered) == ["data.jsonl": 3] && filtered.rows[0].samples.count == 2)
  }

  @Test func `a name that no record has is answered with those there are`() throws {
    #expect {
      try LedgerTable(run: run, by: .reason, filter: LedgerFilter(reason: "min-word"))
    } throws: {
      "\($0)".contains("did you mean 'min-words'?")
    }
    #expect { try LedgerTable(run: folder.path, by: .fate) } throws: {
      "\($0)".contains("no ledger")
    }
  }

  @Test func `what another threshold would change is answered without the data`() throws {
    let before = try FileReader.contents("\(run)/ledger.jsonl")
    try Folders.remove("\(folder.path)/data.jsonl")
    let looser = try WhatIf(run: run, settings: ["clean.length.min-words=2"], threads: 2)
    #expect(looser.gained == ["data.jsonl:2", "data.jsonl:4"] && looser.lostCount == 0)
    #expect(looser.stages.map(\.label) == ["clean.length"])
    #expect(looser.stages[0].before.kept == 4 && looser.stages[0].after.kept == 6)
    let stricter = try WhatIf(run: run, settings: ["clean.length.min-words=6"], threads: 2)
    #expect(stricter.lostCount == 2 && stricter.gained.isEmpty)
    #expect(try FileReader.contents("\(run)/ledger.jsonl") == before)
    #expect {
      try WhatIf(run: run, settings: ["clean.length.min-words=4"], threads: 2)
    } throws: {
      "\($0)".contains("is what the run did")
    }
    #expect { try WhatIf(run: run, settings: ["ingest.limit=2"], threads: 2) } throws: {
      "\($0)".contains("read the data again")
    }
  }

  @Test func `a run equals its what-if, and the two are compared record by record`() throws {
    let answer = try WhatIf(run: run, settings: ["clean.length.min-words=2"], threads: 2)
    let other = "\(folder.path)/other"
    try execute(minimum: 2, into: other)
    let difference = try LedgerDifference(before: run, after: other)
    #expect(difference.rows.count == 1)
    let row = difference.rows[0]
    #expect(row.change.before == "dropped by clean.length: min-words")
    #expect(row.change.after == "kept on the train side")
    #expect(row.samples == answer.gained && row.count == answer.gainedCount)
    #expect(difference.same == 6 && difference.trailsDiffer == 0)
  }

  @Test func `records of one rule come back, and the plan says so`() throws {
    let rescue = try Rescue(run: run, rule: "min-words", stage: nil)
    #expect(rescue.stage == "clean.length" && rescue.count == 3)
    _ = try PipelineRun(plan: rescue.plan, folder: run, threads: 2, observer: Silent()).execute()
    let table = try LedgerTable(run: run, by: .fate)
    #expect(table.rows.map(\.count) == [6, 1, 1])
    let lock = String(
      decoding: try FileReader.contents("\(run)/pipeline.lock.yaml"), as: UTF8.self)
    #expect(lock.contains("rescue: [min-words]"))
    let story = try Explanation(run: run, id: "data.jsonl:1").text
    #expect(
      story.contains("clean.length let it go on in spite of min-words")
        && story.contains("kept on the train side"))
    #expect { try Rescue(run: run, rule: "min-words", stage: nil) } throws: {
      "\($0)".contains("no record has the reason")
    }
    #expect { try Rescue(run: run, rule: "invalid-json", stage: nil) } throws: {
      "\($0)".contains("cannot let records go on")
    }
  }

  @Test func `windows were read and not made, and the place names their part`() throws {
    let words = (0..<40).map { "w\($0)" }.joined(separator: " ")
    try folder.write(words, to: "book.txt")
    let text = """
      stages:
        - ingest: {path: book.txt, split: window, window: 60, overlap: 20}
        - clean.length: {min-words: 1}
      """
    let plan = try Planner.plan(PipelineFile(text: text, path: "p", base: folder.path))
    let run = "\(folder.path)/windows"
    _ = try PipelineRun(plan: plan, folder: run, threads: 2, observer: Silent()).execute()
    let story = try Explanation(run: run, id: "book.txt:1#2").text
    #expect(story.contains("read from book.txt, record 1, part 2"), "\(story)")
    #expect(story.contains("repeats text of other windows of book.txt"), "\(story)")
    #expect(!story.contains("made from"), "\(story)")
    #expect(try LedgerTable(run: run, by: .maker).rows.isEmpty)
  }
}
