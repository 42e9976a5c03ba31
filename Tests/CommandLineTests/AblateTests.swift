import Foundation
import Records
import Stages
import TestSupport
import Testing

@Suite(.serialized) struct `A pipeline with and without a stage` {
  private let folder: TemporaryFolder
  private let file: String

  init() throws {
    folder = try TemporaryFolder()
    file = try TinyRun.write(to: folder)
    try folder.write(Self.lines(160), to: "data.jsonl")
  }

  /// Sentences about two topics whose words have synonyms; one in ten stands there twice.
  private static func lines(_ count: Int) -> String {
    let topics = [("weather", ["rain", "snow", "fog"]), ("food", ["bread", "cheese", "soup"])]
    let (people, sizes) = (["doctor", "lawyer", "child", "policeman"], ["big", "small", "huge"])
    let (verbs, things) = (
      ["purchased", "helped", "hurried to"], ["car", "house", "road", "shop"]
    )
    var random = CounterRandom(seed: 1, purpose: "ablation data")
    func word(_ words: [String]) -> String { words[random.below(words.count)] }
    var lines: [String] = []
    for index in 0..<count {
      let (label, topic) = topics[index % 2]
      let text =
        "The \(word(topic)) was seen when a \(word(sizes)) \(word(people)) \(word(verbs)) the "
        + "\(word(sizes)) \(word(things)) near \(word(topic)) number \(random.below(90))."
      let object: JSONObject = ["text": .string(text), "label": .string(label)]
      lines += [String](repeating: JSONValue.object(object).text, count: index % 10 == 0 ? 2 : 1)
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private func arguments(
    _ over: String, _ out: String, _ more: [String] = [], seeds: Int = 2
  ) -> [String] {
    [
      "ablate", file, "--over", over, "--seeds", "\(seeds)", "--out", "\(folder.path)/\(out)",
      "--resamples", "200", "--threads", "2", "--set", "train.epochs=2",
    ] + more
  }

  private func json(_ text: String) throws -> JSONValue { try JSONValue.parse(Array(text.utf8)) }

  /// The ids and texts of a side of an arm.
  private func side(_ name: String, of arm: String) throws -> String {
    String(
      decoding: try FileReader.contents("\(folder.path)/\(arm)/data/\(name).jsonl"), as: UTF8.self)
  }

  @Test func `is scored on the same records, and every metric's difference has intervals`() throws {
    let told = try Binary.succeed(arguments("augment", "a", ["--json"]), in: folder)
    let answer = try json(told.output)
    #expect(answer["stages"]?.array?.compactMap(\.string) == ["augment.synonyms"])
    #expect(answer["seeds"]?.array?.compactMap { $0["seed"]?.string } == ["7", "8"])
    for seed in [7, 8] {
      for name in ["validation", "test"] {
        let with = try side(name, of: "a/seed-\(seed)/with")
        #expect(try with == side(name, of: "a/seed-\(seed)/without"))
        #expect(!with.isEmpty && !with.contains("augment.synonyms"))
      }
      #expect(try side("train", of: "a/seed-\(seed)/with").contains("augment.synonyms"))
      #expect(try !side("train", of: "a/seed-\(seed)/without").contains("augment.synonyms"))
    }
    let metrics = try #require(answer["metrics"]?.object)
    for name in ["accuracy", "f1.macro", "f1.weighted", "auc.binary", "loss"] {
      let metric = try #require(metrics[name], "\(name)")
      let differences = (metric["differences"]?.array ?? []).compactMap(\.double)
      let pairs = zip(metric["with"]?.array ?? [], metric["without"]?.array ?? [])
      #expect(differences == pairs.map { ($0.double ?? .nan) - ($1.double ?? .nan) })
      #expect(differences.count == 2, "\(name)")
      #expect(metric["seed_interval"]?.array?.count == 2, "\(name)")
      #expect(metric["record_interval"]?.array?.count == 2, "\(name)")
    }
    let file = try FileReader.contents("\(folder.path)/a/ablation.json")
    #expect(String(decoding: file, as: UTF8.self) == told.output)
  }

  @Test func `has the scores that its arms have as runs`() throws {
    let told = try Binary.succeed(
      arguments("augment.synonyms", "b", ["--json", "--metric", "accuracy"]), in: folder)
    let metrics = try #require(try json(told.output)["metrics"]?.object)
    #expect(metrics.members.map(\.key) == ["accuracy"])
    for (arm, key) in [("with", "with"), ("without", "without")] {
      let scores = try [7, 8].map { seed in
        try JSONValue.parse(
          FileReader.contents("\(folder.path)/b/seed-\(seed)/\(arm)/metrics.json"))["test"]?[
            "accuracy"]?.double
      }
      #expect(metrics["accuracy"]?[key]?.array?.map(\.double) == scores)
    }
    let table = try Binary.succeed(
      arguments("augment.synonyms", "b", ["--metric", "accuracy"]), in: folder)
    #expect(table.output.contains("with and without augment.synonyms"))
    #expect(table.output.contains("zero") || table.output.contains("better with"))
    #expect(table.errors.contains("the model and its scores are reused"))
    #expect(!table.errors.contains("epoch 1"), "an arm that was done is trained again")
  }

  @Test func `leaves out evaluation records that one arm alone has`() throws {
    let told = try Binary.succeed(
      arguments("clean.duplicates", "c", ["--json"], seeds: 1), in: folder)
    let answer = try json(told.output)
    let with = try side("test", of: "c/seed-7/with")
    let without = try side("test", of: "c/seed-7/without")
    #expect(!with.isEmpty && with == without)
    let ledger = try FileReader.contents("\(folder.path)/c/seed-7/without/ledger.jsonl")
    #expect(String(decoding: ledger, as: UTF8.self).contains("not-in-both-arms"))
    #expect(answer["metrics"]?["accuracy"]?["seed_interval"] == JSONValue.null)
    #expect(told.output.contains("over test records alone"))
  }

  @Test func `is refused for stages that are none or are needed, before anything runs`() throws {
    for (over, words) in [
      ("augmnt", "did you mean 'augment'?"), ("split", "the same sides"),
      ("ingest", "it reads the data"),
    ] {
      let refused = try Binary.run(arguments(over, "d"), in: folder)
      #expect(refused.status == 2 && refused.errors.contains(words), "\(refused.errors)")
    }
    let metric = try Binary.run(arguments("augment", "d", ["--metric", "accurcy"]), in: folder)
    #expect(metric.status == 2 && metric.errors.contains("accuracy"), "\(metric.errors)")
    let texts = try Binary.run(arguments("augment", "d", ["--metric", "bleu"]), in: folder)
    #expect(texts.status == 2 && texts.errors.contains("is of texts"), "\(texts.errors)")
    let table = try Binary.run(arguments("augment", "d", ["--metric", "confusion"]), in: folder)
    #expect(table.status == 2 && table.errors.contains("is a table"), "\(table.errors)")
    #expect(!Folders.exists("\(folder.path)/d"))
  }

  @Test func `goes on after a kill, keeps the arms that are done, and ends with the same numbers`()
    throws
  {
    let clock = ContinuousClock()
    let start = clock.now
    try Binary.succeed(arguments("augment", "whole"), in: folder)
    let whole = (clock.now - start) / .seconds(1)
    let expected = try results("whole")
    for share in [0.3, 0.6, 0.85] {
      let arguments = arguments("augment", "killed")
      let (process, _) = try Binary.start(arguments, in: folder)
      Thread.sleep(forTimeInterval: whole * share)
      if process.isRunning { kill(process.processIdentifier, SIGKILL) }
      process.waitUntilExit()
      if share == 0.3 { #expect(process.terminationReason == .uncaughtSignal) }
    }
    try Binary.succeed(arguments("augment", "killed"), in: folder)
    #expect(try results("killed") == expected)
  }

  /// `metrics` of an ablation's results, which hold no paths.
  private func results(_ out: String) throws -> JSONValue? {
    try JSONValue.parse(FileReader.contents("\(folder.path)/\(out)/ablation.json"))["metrics"]
  }
}
