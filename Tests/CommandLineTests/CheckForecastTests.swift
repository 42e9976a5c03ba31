import Records
import Stages
import TestSupport
import Testing

/// What `anneal check` says of the memory and time of a training.
struct CheckForecastTests {
  @Test func `memory and steps are those of the run`() throws {
    let folder = try TemporaryFolder()
    let file = try TinyRun.write(to: folder)
    let temporary = "\(folder.path)/temporary"
    try Folders.make(temporary)
    let check = try Binary.run(
      ["check", file, "--threads", "2", "--json"], in: folder, environment: ["TMPDIR": temporary])
    #expect(check.status == 0, "\(check.errors)")
    #expect(try Folders.list(temporary).isEmpty)
    let estimate = try #require(try JSONValue.parse(check.output)["estimate"])
    let out = "\(folder.path)/run"
    try Binary.succeed(["run", file, "--out", out, "--threads", "2"], in: folder)
    func json(_ name: String) throws -> JSONValue {
      try JSONValue.parse(FileReader.contents("\(out)/\(name)"))
    }
    #expect(estimate["time"]?["steps"] == (try json("trainer_state.json"))["max_steps"])
    let peak = try #require(try json("timings.json")["training"]?["peak_memory_bytes"]?.double)
    let foretold = try #require(estimate["memory"]?["peak_bytes"]?.double)
    #expect(abs(foretold / peak - 1) < 0.2, "\(foretold) of \(peak)")
    let parts = ["weights", "optimizer", "copies", "gradients_and_activations", "program"]
    let sum = parts.reduce(0) { $0 + (estimate["memory"]?[$1]?.int ?? 0) }
    #expect(sum == estimate["memory"]?["peak_bytes"]?.int)
    let seconds = try #require(estimate["time"]?["processor_seconds"]?.double)
    #expect(seconds > 0)
  }

  @Test func `people read it in lines, unless they want none`() throws {
    let folder = try TemporaryFolder()
    let file = try TinyRun.write(to: folder, records: 60)
    let check = try Binary.succeed(["check", file], in: folder)
    for part in ["memory about", "program and files", "time about", "steps of", "nothing is wrong"]
    {
      #expect(check.output.contains(part), "\(check.output)")
    }
    let silent = try Binary.succeed(["check", file, "--no-estimate"], in: folder)
    #expect(!silent.output.contains("memory about") && silent.output.contains("nothing is wrong"))
    let data = try folder.write(
      "stages:\n  - ingest: {path: data.jsonl, on-error: quarantine}\n", to: "data.yaml")
    #expect(!(try Binary.succeed(["check", data], in: folder)).output.contains("memory about"))
  }

  @Test func `of many records a sample is read`() throws {
    let folder = try TemporaryFolder()
    let file = try TinyRun.write(to: folder, records: 5000)
    let set = ["--set", "train.max-steps=7", "--set", "clean.duplicates.method=exact"]
    let check = try Binary.succeed(["check", file, "--json"] + set, in: folder)
    let estimate = try JSONValue.parse(check.output)["estimate"]
    #expect(estimate?["records"] == 5000 && estimate?["time"]?["steps"] == 7)
    #expect(abs((estimate?["sampled_records"]?.int ?? 0) - 2500) <= 2)
    // A list of ids that the sample lacks is no fault of the run's.
    let list = try folder.write("data.jsonl:2\ndata.jsonl:4\n", to: "test.txt")
    let listed = try Binary.succeed(
      ["check", file, "--json", "--set", "split.test-ids=\(list)"] + set, in: folder)
    #expect(try JSONValue.parse(listed.output)["estimate"]?["records"] == 5000)
  }

  @Test func `what cannot be foretold is no fault, and says why`() throws {
    let folder = try TemporaryFolder()
    let file = try TinyRun.write(to: folder, records: 60)
    let check = try Binary.succeed(
      ["check", file, "--set", "train.method=auto"], in: folder)
    #expect(check.output.contains("memory and time are not foretold: what a search takes"))
    try folder.write("{\"text\": \"no class\"}\n", to: "data.jsonl")
    let unlabelled = try Binary.succeed(["check", file], in: folder)
    #expect(unlabelled.output.contains("memory and time are not foretold"))
    #expect(unlabelled.output.contains("nothing is wrong"))
  }
}
