import Stages
import TestSupport
import Testing

@Suite struct `Proving a split` {
  @Test func `a split is proven from its files, and a leak is found`() throws {
    let folder = try TemporaryFolder()
    try folder.write(TinyRun.lines(120), to: "data.jsonl")
    let path = try folder.write(
      "name: split\nstages:\n  - ingest: {path: data.jsonl, on-error: quarantine}\n  - split: {}\n",
      to: "split.yaml")
    let run = "\(folder.path)/run"
    try Binary.succeed(["run", path, "--out", run], in: folder)
    let command = ["split", "--verify", "\(run)/split.certificate.json"]
    let proof = try Binary.succeed(command + [run], in: folder)
    #expect(proof.output.hasPrefix("nothing leaks: "))

    // A training record put among the test records too.
    let test = "\(run)/data/test.jsonl"
    let train = String(
      decoding: try FileReader.contents("\(run)/data/train.jsonl"), as: UTF8.self)
    let line = try #require(train.split(separator: "\n").first)
    let leaked = line.replacing("\"side\":\"train\"", with: "\"side\":\"test\"")
    try AtomicFile.write(try FileReader.contents(test) + Array("\(leaked)\n".utf8), to: test)
    let found = try Binary.run(command + ["\(run)/data"], in: folder)
    #expect(found.status == 1)
    #expect(found.errors.contains("leaks"))
  }
}
