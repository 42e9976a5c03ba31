import Records
import Stages
import TestSupport
import Testing

struct ShardTests {
  private let run: TestRun

  init() throws { run = try TestRun() }

  /// Runs each shard in a folder of its own; the folders, last shard first.
  private func shards(_ steps: [StageStep], of count: Int, seed: UInt64 = 42) throws -> [String] {
    var folders: [String] = []
    for number in (1...count).reversed() {
      let folder = "\(run.folder.path)/\(number)-of-\(count)"
      let results = try StageRunner(
        folder: folder, seed: seed, threads: 2, shard: Shard(number, of: count)
      ).run(Array(steps.prefix(steps.shardable)))
      #expect(results.count == steps.shardable)
      folders.append(folder)
    }
    return folders
  }

  @Test func `shards put together are the same bytes as one run`() throws {
    let steps = try Everything.steps(run)
    #expect(steps.shardable == 2)
    let expected = try run.everything(steps)
    for count in [1, 2, 5] {
      try Folders.remove(run.path)
      let folders = try shards(steps, of: count)
      try StageRunner(folder: run.path, seed: 42, threads: 2).merge(steps, shards: folders)
      let results = try run.run(steps)
      #expect(results.map(\.cached) == [true, true, false, false, false, false])
      let found = try run.everything(steps)
      #expect(found == expected, "\(count) shards")
    }
  }

  @Test func `records of one line have names of their own, in shards too`() throws {
    let steps = [
      try run.source(["a", "+b", "+~c", "+#d", "e", "+f"]),
      try run.step("clean.same", EachStage { record, _ in .keep(record) }),
    ]
    let folders = try shards(steps, of: 2)
    try StageRunner(folder: run.path, seed: 42, threads: 2).merge(steps, shards: folders)
    let files = try run.everything(steps)
    try Folders.remove(run.path)
    #expect(try run.everything(steps) == files)
    let ids = try run.objects("ledger.jsonl").compactMap { $0["id"]?.string }
    #expect(
      ids.sorted()
        == ["in.txt:1", "in.txt:1#2", "in.txt:1#3", "in.txt:1#4", "in.txt:2", "in.txt:2#2"])
  }

  @Test func `more shards than raw records are no fault`() throws {
    let steps = [
      try run.source(["a", "#", "b"]),
      try run.step("clean.same", EachStage { record, _ in .keep(record) }),
    ]
    let folders = try shards(steps, of: 5)
    try StageRunner(folder: run.path, seed: 42, threads: 2).merge(steps, shards: folders)
    let files = try run.everything(steps)
    try Folders.remove(run.path)
    #expect(try run.everything(steps) == files)
  }

  @Test func `a shard that is missing, of another seed or damaged is a fault`() throws {
    let steps = try Everything.steps(run)
    let folders = try shards(steps, of: 3)
    let runner = StageRunner(folder: run.path, seed: 42, threads: 2)
    #expect { try runner.merge(steps, shards: Array(folders.dropLast())) } throws: {
      "\($0)".contains("shard 1/2")
    }
    #expect {
      try runner.merge(steps, shards: [folders[0], folders[1], folders[1]])
    } throws: {
      "\($0)".contains("run it with --shard 1/3")
    }
    let other = StageRunner(folder: run.path, seed: 43, threads: 2)
    #expect(throws: Diagnostics.self) { try other.merge(steps, shards: folders) }
    let cache = "\(folders[1])/cache"
    let name = try #require(try Folders.list(cache).first { $0.contains("01-ingest") })
    let path = "\(cache)/\(name)/units"
    let bytes = try FileReader.contents(path)
    try AtomicFile.write(bytes.reversed(), to: path)
    let error = #expect(throws: StageError.self) { try runner.merge(steps, shards: folders) }
    #expect(error?.code == "damaged-shard")
  }

  @Test(arguments: ["0/2", "3/2", "1", "1/", "a/b", "1/2/3", "-1/2", ""])
  func `what is no shard is none`(text: String) {
    #expect(Shard(text) == nil)
  }
}
