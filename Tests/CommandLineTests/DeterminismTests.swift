import Records
import Stages
import TestSupport
import Testing

@Suite(.serialized) struct `Runs are repeatable` {
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
    let names =
      ["ledger.jsonl", "quarantine.jsonl", "split.certificate.json", "stages.json"]
      + ["train", "validation", "test"].map { "data/\($0).jsonl" }
      + ["tokenizer/tokenizer.json"]
    for name in names {
      let one = try ContentHash.ofFile("\(folder.path)/1/\(name)")
      let four = try ContentHash.ofFile("\(folder.path)/4/\(name)")
      #expect(one == four, "\(name) differs")
    }
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
