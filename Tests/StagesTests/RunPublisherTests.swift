import Records
import Stages
import TestSupport
import Testing

struct RunPublisherTests {
  private let run: TestRun

  init() throws { run = try TestRun() }

  /// Leaves files in the run folder.
  private struct Leave: CollectionStage {
    let files: [String: String]

    func plan(_ records: RecordCollection, _ context: StageContext) throws {
      for (name, text) in files {
        try AtomicFile.write(text.utf8, to: "\(context.artifacts)/\(name)")
      }
    }
    func outcome(
      of record: Record, at index: Int, _ plan: Void, _ context: StageContext
    ) throws(StageError) -> Outcome { .keep(record) }
  }

  private func leave(_ stages: [String: String]...) throws -> [StageStep] {
    var steps = [try run.source(["a"])]
    for (index, files) in stages.enumerated() {
      // The files are no parameter, so the version stands for them in the fingerprint.
      let version = files.sorted { $0.key < $1.key }.map { "\($0.key)\($0.value)" }.joined()
      steps.append(
        try run.step(
          "fit.\(index)", Leave(files: files),
          version: Int(truncatingIfNeeded: StableHash.hash(version))))
    }
    return steps
  }

  private func published() throws -> [String: String] {
    try run.files().filter { name, _ in
      !name.hasPrefix("cache/") && !name.hasPrefix("data/") && name != "ledger.jsonl"
        && name != "stages.json"
    }
  }

  @Test func `what stages leave is put in place, folders as a whole`() throws {
    _ = try run.everything(
      leave(["tokenizer/a.json": "1", "tokenizer/deep/b": "2", "note.txt": "3"], ["other/c": "4"]))
    #expect(
      try published()
        == ["tokenizer/a.json": "1", "tokenizer/deep/b": "2", "note.txt": "3", "other/c": "4"])
    #expect(
      try JSONValue.parse(run.text("stages.json"))["artifacts"] == [
        "note.txt", "tokenizer", "other",
      ])
  }

  @Test func `two stages may fill one folder, the later file stays`() throws {
    _ = try run.everything(leave(["both/a": "1", "both/b": "1"], ["both/b": "2", "both/c": "2"]))
    #expect(try published() == ["both/a": "1", "both/b": "2", "both/c": "2"])
  }

  @Test func `a second run leaves nothing of the first's files, and all of others'`() throws {
    _ = try run.everything(leave(["tokenizer/a": "1", "tokenizer/merges": "1", "old.txt": "1"]))
    try AtomicFile.write("mine".utf8, to: "\(run.path)/model/weights")
    _ = try run.everything(leave(["tokenizer/a": "2"]))
    #expect(try published() == ["tokenizer/a": "2", "model/weights": "mine"])
    _ = try run.everything(leave())
    #expect(try published() == ["model/weights": "mine"])
  }

  @Test func `records without a side are for training, and every side has a file`() throws {
    let steps = [try run.source(["a", "b"])]
    let results = try run.run(steps)
    let sides = try RunPublisher(folder: run.path, results: results, threads: 2).publish()
    #expect(sides == [.train: 2])
    #expect(try run.text("data/validation.jsonl") == "" && run.text("data/test.jsonl") == "")
    #expect(RunPublisher.data(.test, in: "r") == "r/data/test.jsonl")
  }

  @Test func `an empty input gives empty files and a balance of nothing`() throws {
    let files = try run.everything([
      try run.source([]), try run.step("clean.same", MergeStage()),
    ])
    #expect(files["ledger.jsonl"] == "" && files["data/train.jsonl"] == "")
    #expect(try JSONValue.parse(run.text("stages.json"))["total"]?["in"] == 0)
  }

  @Test func `a ledger that lost a line is told, and nothing is published`() throws {
    let results = try run.run([try run.source(["a", "~", "~"])])
    let path = "\(results[0].folder)/ledger.jsonl"
    let lines = try FileReader.contents(path).split(separator: 10)
    try AtomicFile.write(Array(lines[0]) + [10], to: path)
    #expect {
      try RunPublisher(folder: run.path, results: results, threads: 2).publish()
    } throws: { error in
      "\(error)"
        == "the ledger has 2 lines for 3 records (delete the folder '\(run.path)/cache' and run again)"
    }
    #expect(!Folders.exists("\(run.path)/ledger.jsonl"))
    #expect(!Folders.exists("\(run.path)/data/train.jsonl"))
  }
}
