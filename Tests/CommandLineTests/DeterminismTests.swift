import Records
import Stages
import TestSupport
import Testing

@Suite(.serialized) struct `Runs are repeatable` {
  private static let names =
    ["ledger.jsonl", "quarantine.jsonl", "split.certificate.json", "stages.json"]
    + ["train", "validation", "test"].map { "data/\($0).jsonl" }
    + ["tokenizer/tokenizer.json"]

  @Test func `data, tokenizer and certificate are the same on 1 and 4 threads`() throws {
    let folder = try TemporaryFolder()
    let file = try TinyRun.write(to: folder)
    for threads in ["1", "4"] {
      try Binary.succeed(
        [
          "run", file, "--out", "\(folder.path)/\(threads)", "--threads", threads, "--max-steps",
          "1",
        ],
        in: folder)
    }
    for name in Self.names {
      let one = try ContentHash.ofFile("\(folder.path)/1/\(name)")
      let four = try ContentHash.ofFile("\(folder.path)/4/\(name)")
      #expect(one == four, "\(name) differs")
    }
  }

  @Test func `five shards put together are the same as one run`() throws {
    let folder = try TemporaryFolder()
    let file = try TinyRun.write(to: folder)
    let whole = "\(folder.path)/whole"
    let merged = "\(folder.path)/merged"
    try Binary.succeed(["run", file, "--out", whole, "--max-steps", "1"], in: folder)
    let shards = (1...5).map { "\(folder.path)/shard-\($0)" }
    for (index, shard) in shards.enumerated() {
      try Binary.succeed(["run", file, "--out", shard, "--shard", "\(index + 1)/5"], in: folder)
    }
    let result = try Binary.succeed(
      ["run", file, "--out", merged, "--max-steps", "1", "--merge"] + shards, in: folder)
    #expect(result.errors.contains("reused"))
    for name in Self.names {
      let expected = try ContentHash.ofFile("\(whole)/\(name)")
      #expect(try ContentHash.ofFile("\(merged)/\(name)") == expected, "\(name) differs")
    }
    let wrong = try Binary.run(["run", file, "--shard", "6/5"], in: folder)
    #expect(wrong.status == 2 && wrong.errors.contains("the second of five is 2/5"))
  }

  @Test func `a second run reuses everything and says so`() throws {
    let folder = try TemporaryFolder()
    let file = try TinyRun.write(to: folder)
    let arguments = ["run", file, "--out", "\(folder.path)/run"]
    try Binary.succeed(arguments, in: folder)
    let hashes = try TinyRun.hashes("\(folder.path)/run")
    let second = try Binary.succeed(arguments, in: folder)
    #expect(second.errors.contains("everything was there already"))
    #expect(try TinyRun.hashes("\(folder.path)/run") == hashes)
  }

  @Test func `every record has one line and one fate in the ledger`() throws {
    let folder = try TemporaryFolder()
    let file = try TinyRun.write(to: folder)
    try Binary.succeed(
      ["run", file, "--out", "\(folder.path)/run", "--max-steps", "1"], in: folder)
    var fates: [String: String] = [:]
    try LineBatches("\(folder.path)/run/ledger.jsonl").forEach { lines in
      for line in lines {
        let object = try #require(try JSONValue.parse(line).object)
        let id = try #require(object["id"]?.string)
        #expect(fates[id] == nil, "\(id) stands twice in the ledger")
        fates[id] = try #require(object["fate"]?.string)
      }
    }
    let stages = try JSONValue.parse(FileReader.contents("\(folder.path)/run/stages.json"))
    let total = try StageCounts(object: #require(stages["total"]?.object))
    #expect(total.balances, "\(total)")
    #expect(fates.count == total.incoming + total.made)
    #expect(fates.values.count { $0 == "kept" } == total.kept)
    #expect(fates.values.count { $0 == "quarantined" } == 1)
  }
}
