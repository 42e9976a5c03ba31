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
    #expect(steps.shardable == 3)
    let expected = try run.everything(steps)
    for count in [1, 2, 5] {
      try Folders.remove(run.path)
      let folders = try shards(steps, of: count)
      try StageRunner(folder: run.path, seed: 42, threads: 2).merge(steps, shards: folders)
      let results = try run.run(steps)
      #expect(results.map(\.cached) == [true, true, true, false, false, false, false])
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

  @Test func `many records, and large ones, are put together in their order`() throws {
    let lines = (0..<2500).map { index in
      switch index % 7 {
      case 2: "~skipped \(index)"
      case 5: "#broken \(index)"
      default: "\(index) " + String(repeating: "x", count: index % 100 == 0 ? 100_000 : 10)
      }
    }
    let steps = [
      try run.source(lines),
      try run.step("clean.same", EachStage { record, _ in .keep(record) }),
    ]
    let expected = try run.everything(steps)
    try Folders.remove(run.path)
    let folders = try shards(steps, of: 3)
    try StageRunner(folder: run.path, seed: 42, threads: 2).merge(steps, shards: folders)
    #expect(try run.run(steps).map(\.cached) == [true, true])
    // Said in one word: the files are megabytes.
    let isSame = try run.everything(steps) == expected
    #expect(isSame)
  }

  @Test func `two raw records at one place are refused by the shard that reads both`() throws {
    struct Twice: SourceStage {
      func dependencies() throws(StageError) -> [String] { [] }
      func readUnits(_ visit: (SourceUnit) throws -> Void) throws {
        for line in [1, 2, 1, 3] {
          try visit(SourceUnit(source: Source(file: "in", line: line), payload: .bytes([])))
        }
      }
      func outcome(of unit: SourceUnit, _ context: StageContext) throws(StageError) -> Outcome {
        .drop(Reason("none"))
      }
    }
    let steps = [try run.step("ingest", Twice(), role: .source)]
    #expect(try run.run(steps).count == 1)
    #expect(try shards(steps, of: 3).count == 3)
    let runner = StageRunner(
      folder: "\(run.folder.path)/even", seed: 42, threads: 2, shard: Shard(1, of: 2))
    let error = #expect(throws: StageError.self) { try runner.run(steps) }
    #expect(error?.code == "repeated-place")
    #expect(error?.source == Source(file: "in", line: 1))
  }

  @Test func `a line that tells no place names its file`() throws {
    let steps = [try run.source(["a", "~", "b", "~"])]
    let folders = try shards(steps, of: 2)
    let stage = try #require(try StageRunner.results(in: folders[0]).first)
    let bytes = try FileReader.contents(stage.ledger)
    let text = String(decoding: bytes, as: UTF8.self).replacing("\"line\":", with: "\"lime\":")
    try AtomicFile.write(text.utf8, to: stage.ledger)
    let runner = StageRunner(folder: run.path, seed: 42, threads: 2)
    let error = #expect(throws: StageError.self) { try runner.merge(steps, shards: folders) }
    #expect(error?.code == "damaged-shard")
    #expect(error?.source == Source(file: stage.ledger, line: 1))
  }

  @Test func `a damaged record of a shard is told with its file and line`() throws {
    let parts = EachStage { record, _ in
      switch record.text {
      case "a": .drop(Reason("named"))
      case "c":
        .expand([record.child("p", content: .text("C")), record.child("q", content: .text("D"))])
      default: .keep(record)
      }
    }
    let steps = [try run.source(["a", "b", "c", "e"]), try run.step("clean.parts", parts)]
    let folders = try shards(steps, of: 1)
    let stage = try #require(try StageRunner.results(in: folders[0]).last)
    let text = String(decoding: try FileReader.contents(stage.records), as: UTF8.self)
    // The folder, one that ended, one that went on, one that ended; then the two that it became.
    var lines = text.split(separator: "\n").map(String.init)
    #expect(lines[5].hasPrefix("+{\"text\":\"D\""))
    lines[5] = lines[5].replacing("\"id\":", with: "\"ix\":")
    try AtomicFile.write((lines.joined(separator: "\n") + "\n").utf8, to: stage.records)
    let runner = StageRunner(folder: run.path, seed: 42, threads: 2)
    let error = #expect(throws: StageError.self) { try runner.merge(steps, shards: folders) }
    #expect(error?.code == "damaged-cache")
    #expect(error?.source == Source(file: stage.records, line: 6))
  }

  @Test(arguments: ["0/2", "3/2", "1", "1/", "a/b", "1/2/3", "-1/2", ""])
  func `what is no shard is none`(text: String) {
    #expect(Shard(text) == nil)
  }
}
