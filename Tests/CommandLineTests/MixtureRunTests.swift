import Foundation
import Records
import Stages
import TestSupport
import Testing

/// Pipelines that mix what several sources read.
@Suite(.serialized) struct `A run that mixes its sources` {
  /// Two files of one name, the second with augmented children.
  private func write(
    to folder: TemporaryFolder, mixture: String, names: [String] = ["domain", "general"],
    to file: String = "mixed.yaml"
  ) throws -> String {
    for (index, topic) in ["rain", "bread"].enumerated() {
      let lines = (0..<(index == 0 ? 30 : 60)).map { number in
        let object: JSONObject = [
          "text": .string("The \(topic) of day \(number) was as good as it could be."),
          "label": .string(number % 2 == 0 ? "even" : "odd"),
        ]
        return JSONValue.object(object).text
      }
      try folder.write(lines.joined(separator: "\n"), to: "\(index)/data.jsonl")
    }
    return try folder.write(
      """
      name: mixed
      stages:
        - ingest: {path: 0/data.jsonl, name: \(names[0])}
        - ingest: {path: 1/data.jsonl, name: \(names[1])}
        - augment.noise: {copies: 1}
        - tokenize: {tokenizer: {bpe: {vocabulary: 320}}, max-length: 48}
        - split: {train: 0.8, validation: 0.1, test: 0.1}
      train:
        model: scratch
        architecture: {bert: {layers: 1, width: 16, heads: 2, context: 48}}
        epochs: 4
        batch-size: 8
        save-steps: 3
        mixture: \(mixture)
      evaluate: [accuracy]
      """, to: file)
  }

  @Test func `tells what it takes, and goes on after a kill with the same bytes`() throws {
    let folder = try TemporaryFolder()
    let file = try write(to: folder, mixture: "{weights: {domain: 4, general: 1}}")
    let plan = try Binary.succeed(["check", file], in: folder)
    #expect((plan.output + plan.errors).contains("mixing domain 4 : general 1"))
    let whole = "\(folder.path)/whole"
    let start = ContinuousClock.now
    let run = try Binary.succeed(["run", file, "--out", whole, "--threads", "2"], in: folder)
    var seconds = (ContinuousClock.now - start) / .seconds(1)
    #expect(run.errors.contains("an epoch takes"))
    let metrics = try JSONValue.parse(FileReader.contents("\(whole)/metrics.json"))
    let counts = try #require(metrics["train"]?["mixture"])
    let lines = try FileReader.contents("\(whole)/data/train.jsonl").split(separator: 0x0A)
      .map { try JSONValue.parse($0) }
    let second = lines.count { $0["anneal"]?["id"]?.string?.hasPrefix("ingest#2:") == true }
    #expect(counts["general"]?["records"]?.int == second)
    #expect(lines.contains { $0["anneal"]?["augmented_by"] != nil })
    let first = lines.count - second
    #expect(counts["domain"] == ["records": .integer(first), "per_epoch": .integer(first)])
    #expect(
      counts["general"]?["per_epoch"]?.int == Int((Double(first) / 4).rounded()))
    let lock = String(
      decoding: try FileReader.contents("\(whole)/pipeline.lock.yaml"), as: UTF8.self)
    #expect(lock.contains("mixture:") && lock.contains("name: general"))
    try Binary.succeed(["check", "\(whole)/pipeline.lock.yaml"], in: folder)
    let expected = try TinyRun.hashes(whole)
    for attempt in 0..<3 {
      let out = "\(folder.path)/killed-\(attempt)"
      let arguments = ["run", file, "--out", out, "--threads", "2"]
      let share = 0.3 + 0.2 * Double(attempt)
      _ = try Binary.stop(arguments, writing: out, at: share, of: &seconds, in: folder)
      try Binary.succeed(arguments, in: folder)
      #expect(try TinyRun.hashes(out) == expected, "killed at \(share)")
    }
    // Another share is another training.
    let other = try write(to: folder, mixture: "{weights: {domain: 2, general: 1}}")
    let again = try Binary.succeed(["run", other, "--out", whole, "--threads", "2"], in: folder)
    #expect(again.errors.contains("another training"))
  }

  @Test(arguments: [
    ("{weights: {domian: 1, general: 1}}", ["domain", "general"], "did you mean 'domain'?"),
    ("{weights: {domain: 1}}", ["domain", "general"], "no weight for the source 'general'"),
    ("{weights: {domain: 0, general: 1}}", ["domain", "general"], "must be above 0"),
    ("{temperature: 2}", ["one", "one"], "two sources are called 'one'"),
  ])
  func `names that do not fit are told before a byte is read`(
    mixture: String, names: [String], message: String
  ) throws {
    let folder = try TemporaryFolder()
    let file = try write(to: folder, mixture: mixture, names: names)
    let result = try Binary.run(["check", file], in: folder)
    #expect(result.status == 2)
    #expect(result.errors.contains(message), "\(result.errors)")
  }
}
