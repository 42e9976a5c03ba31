import Records
import Stages
import TestSupport
import Testing

/// Runs that hold weights near those of the model that they begin with.
@Suite(.serialized) struct `What holds a run near its start`: TalkingRuns {
  private func tuned(
    _ folder: TemporaryFolder, _ penalty: String, evaluate: String = "[perplexity]"
  ) throws -> String {
    try write(
      to: folder, evaluate: evaluate, more: Self.short,
      train: "logging-steps: 1\n  penalty: \(penalty)", model: "model: base",
      tokenizer: "model", name: "tuned.yaml")
  }

  @Test func `reads the old task once, logs the penalty and leaves its Fisher information`() throws
  {
    let folder = try TemporaryFolder()
    try models(in: folder)
    let old = (0..<20).map { #"{"instruction": "Say \#($0)", "output": "red it is"}"# }
    try folder.write(old.joined(separator: "\n"), to: "old.jsonl")
    let out = "\(folder.path)/out"
    func run(_ penalty: String) throws -> String {
      let file = try tuned(
        folder, penalty, evaluate: "[perplexity, {forgetting: {data: old.jsonl}}]")
      let arguments = ["run", file, "--out", out, "--threads", "2"]
      return try Binary.succeed(arguments, in: folder).errors
    }
    let ewc = "{ewc: {data: old.jsonl, samples: 8, strength: 100}}"
    #expect(try run(ewc).contains("penalty ewc holds"))
    let log = try lines("\(out)/trainer_log.jsonl").filter { $0["loss"] != nil }
    #expect(log.first?["penalty"]?.double == 0 && log.last?["penalty"]?.double ?? 0 > 0)
    #expect(log.allSatisfy { $0["penalty"]?.double != nil })
    let fisher = try FileReader.contents("\(out)/fisher.safetensors")
    #expect(try json("\(out)/metrics.json")["forgetting"]?["records"] == 20)
    #expect(try run(ewc).contains("nothing has changed"))
    try Binary.succeed(["check", "\(out)/pipeline.lock.yaml"], in: folder)
    // Other old records are another training, whose F is another.
    try folder.write(old.dropFirst(9).joined(separator: "\n"), to: "old.jsonl")
    #expect(try run(ewc).contains("the data of the penalty changed"))
    #expect(try FileReader.contents("\(out)/fisher.safetensors") != fisher)
    // What the run itself writes anew is refused before anything is removed.
    let own = try tuned(folder, "{ewc: {data: old.jsonl, fisher: \(out)/fisher.safetensors}}")
    let refused = try Binary.run(["run", own, "--out", out, "--threads", "2"], in: folder)
    #expect(refused.status != 0 && refused.errors.contains("writes anew"), "\(refused.errors)")
    #expect(Folders.exists("\(out)/fisher.safetensors") && Folders.exists("\(out)/model"))
    #expect(!(try run("null").contains("penalty ewc holds")))
    #expect(!Folders.exists("\(out)/fisher.safetensors"))
    #expect(!Folders.exists("\(out)/cache/penalty"))
  }

  @Test(arguments: [
    ("{ewc: {data: nowhere.jsonl}}", "nowhere.jsonl"),
    ("{ewc: {data: data.jsonl, strenght: 3}}", "did you mean 'strength'?"),
    ("{ewcs: {data: data.jsonl}}", "did you mean 'ewc'?"),
    ("ewc", "neither data of the old task"),
    ("{ewc: {fisher: nowhere.safetensors}}", "nowhere.safetensors"),
    ("l2-sp\n  method: lora", "which lora does not change"),
  ])
  func `what is wrong with a penalty is told by check`(penalty: String, expected: String) throws {
    let folder = try TemporaryFolder()
    try models(in: folder)
    let result = try Binary.run(["check", try tuned(folder, penalty)], in: folder)
    #expect(result.status == 2 && result.errors.contains(expected), "\(result.errors)")
  }
}
