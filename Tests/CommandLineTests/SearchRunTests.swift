import Foundation
import Records
import Stages
import TestSupport
import Testing

@Suite(.serialized) struct `A run that searches for its method` {
  private let folder: TemporaryFolder
  private let file: String
  private static let auto = "train.method={auto: {methods: [head, bitfit, lora], eta: 2}}"

  init() throws {
    folder = try TemporaryFolder()
    file = try TinyRun.write(to: folder)
  }

  private func arguments(_ out: String, _ file: String? = nil, _ more: [String] = []) -> [String] {
    ["run", file ?? self.file, "--out", "\(folder.path)/\(out)", "--threads", "2"] + more
  }

  /// The hashes of what a run promises to be the same, of a whole model or of an adapter.
  private func hashes(_ out: String, search: Bool = true) throws -> [String: String] {
    let run = "\(folder.path)/\(out)"
    var names = ["predictions.jsonl", "metrics.json", "trainer_state.json"]
    for saved in ["model", "adapter"] where Folders.exists("\(run)/\(saved)") {
      names += try Folders.files(below: "\(run)/\(saved)").map { "\(saved)/\($0)" }
        .filter { $0.hasSuffix(".safetensors") }
    }
    if search { names += ["search/trials.json"] }
    return Dictionary(
      uniqueKeysWithValues: try names.map { ($0, try ContentHash.ofFile("\(run)/\($0)")) })
  }

  @Test func `tells what it tried, and leaves the winner as a pipeline that gives the same model`()
    throws
  {
    let set = ["--set", Self.auto]
    let first = try Binary.succeed(arguments("run", nil, set), in: folder)
    for words in ["8 of 8 candidates are tried", "rung 1 of 3", "winner", "front", "winner.yaml"] {
      #expect(first.errors.contains(words), "\(words)")
    }
    let run = "\(folder.path)/run"
    let winner = "\(run)/search/winner.yaml"
    let found = try hashes("run")
    _ = try Binary.succeed(arguments("again", winner), in: folder)
    let expected = found.filter { $0.key != "search/trials.json" }
    #expect(try hashes("again", search: false) == expected && expected.count >= 4)
    let page = String(decoding: try FileReader.contents("\(run)/report.html"), as: UTF8.self)
    for words in ["The search for a method", "lora-r16-all", "trained parameters"] {
      #expect(page.contains(words), "\(words)")
    }
    let timings = try JSONValue.parse(FileReader.contents("\(run)/timings.json"))
    let times = timings["training"]?["search"]?["candidates"]?.array ?? []
    #expect(times.count == 8 && times.contains { $0["on_front"]?.bool == true })
    let second = try Binary.succeed(arguments("run", nil, set), in: folder)
    #expect(second.errors.contains("everything was there already"))
    #expect(try hashes("run") == found)
    // A method that is named keeps nothing of the search.
    _ = try Binary.succeed(
      arguments("run", nil, ["--set", "train.method=head", "--max-steps", "2"]), in: folder)
    #expect(!Folders.exists("\(run)/search"))
  }

  @Test func `goes on and ends with the same bytes, wherever it was killed`() throws {
    let set = ["--set", Self.auto]
    let clock = ContinuousClock()
    let start = clock.now
    try Binary.succeed(arguments("whole", nil, set), in: folder)
    let whole = (clock.now - start) / .seconds(1)
    let expected = try hashes("whole")
    for attempt in 1...6 {
      let out = "killed-\(attempt)"
      let (process, _) = try Binary.start(arguments(out, nil, set), in: folder)
      Thread.sleep(forTimeInterval: whole * Double(attempt) / 7)
      if process.isRunning { kill(process.processIdentifier, SIGKILL) }
      process.waitUntilExit()
      try Binary.succeed(arguments(out, nil, set), in: folder)
      #expect(try hashes(out) == expected, "killed in part \(attempt) of 7")
    }
  }

  @Test func `is checked with its candidates before anything is trained`() throws {
    // The model of a run has a tokenizer, as one from the hub has.
    _ = try Binary.succeed(arguments("base", nil, ["--max-steps", "1"]), in: folder)
    let text = try FileReader.contents(file)
    let base = String(decoding: text, as: UTF8.self)
      .replacing("model: scratch", with: "model: base/model")
      .split(separator: "\n").filter { !$0.contains("architecture:") }.joined(separator: "\n")
    let other = try folder.write(base, to: "other.yaml")
    let result = try Binary.succeed(
      [
        "check", other, "--set",
        "train.method={auto: {parameters: 2%, methods: [head, lora, full]}}",
      ],
      in: folder)
    #expect(result.output.contains("lora-r2"), "\(result.output)")
    #expect(result.output.contains("full") && result.output.contains("left out: trains"))
    let wrong = try Binary.run(
      ["check", other, "--set", "train.method={auto: {methods: [lorra]}}"], in: folder)
    #expect(wrong.status == 2 && wrong.errors.contains("did you mean 'lora'"), "\(wrong.errors)")
  }
}
