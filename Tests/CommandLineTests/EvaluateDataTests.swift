import Foundation
import Stages
import TestSupport
import Testing

@Suite struct `Data to score a run on` {
  @Test func `that holds a record at fault is an error, unless it is to be left out and said`()
    throws
  {
    let folder = try TemporaryFolder()
    let file = try TinyRun.write(to: folder, records: 60)
    let out = "\(folder.path)/run"
    _ = try Binary.succeed(["run", file, "--out", out, "--max-steps", "2"], in: folder)
    let good = #"{"text": "The hot soup and the cold wind.", "label": "food"}"#
    func evaluate(_ lines: [String], _ more: [String] = []) throws -> Binary.Result {
      let data = try folder.write(lines.map { "\($0)\n" }.joined(), to: "new.jsonl")
      return try Binary.run(
        ["evaluate", out, "--data", data, "--metrics", "accuracy"] + more, in: folder)
    }
    // The run itself puts such records aside.
    for bad in [
      #"{"text": "no label"#, #"{"body": "of another name"}"#, #"{"text": "a", "n": NaN}"#,
    ] {
      let result = try evaluate([good, bad])
      #expect(result.status == 2 && result.errors.contains("new.jsonl:2"), "\(result.errors)")
    }
    let unseen = try evaluate([good, #"{"text": "a tall tree", "label": "plants"}"#])
    #expect(unseen.status == 2 && unseen.errors.contains("'plants'"), "\(unseen.errors)")
    let quarantine = ["--set", "ingest.on-error=quarantine"]
    let left = try evaluate([good, "{", good, ""], quarantine)
    #expect(left.status == 0, "\(left.errors)")
    #expect(left.errors.contains("1 of 4 records is left out: invalid-json 1"), "\(left.errors)")
    let none = try evaluate(["{"], quarantine)
    #expect(none.status == 2)
    #expect(
      none.errors.contains("no records to score: 1 of 1 record is left out"), "\(none.errors)")
  }
}
