import Foundation
import Records
import Stages
import TestSupport
import Testing

/// Runs whose derived records keep the contract.
@Suite struct `A run that derives records` {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func lines(_ path: String) throws -> [JSONObject] {
    String(decoding: try FileReader.contents("\(folder.path)/\(path)"), as: UTF8.self)
      .split(separator: "\n").compactMap { try? JSONValue.parse(String($0)).object }
  }

  private func run(_ pipeline: String, to out: String, _ options: [String] = []) throws {
    let path = try folder.write(pipeline, to: "\(out).yaml")
    let result = try Binary.run(
      ["run", path, "--out", "\(folder.path)/\(out)"] + options, in: folder,
      environment: ["ANNEAL_CACHE": "\(folder.path)/cache"])
    #expect(result.status == 0, "\(result.errors)")
  }

  private func stage(_ name: String, of out: String) throws -> JSONValue {
    let stages = try JSONValue.parse(FileReader.contents("\(folder.path)/\(out)/stages.json"))
    return try #require(stages["stages"]?.array?.first { $0["name"]?.string == name })
  }

  @Test func `makes no child that says what an evaluation record says, and counts each`() throws {
    // A translator makes of every sentence its twin, which the split may have put on another side.
    let places = ["mat", "sofa", "roof", "lawn", "bed", "rug", "porch", "stairs", "bench", "floor"]
    let twins = places.flatMap { place in
      (1...6).flatMap { number in
        ["big", "large"].map { size in
          #"{"text": "House \#(number) has a \#(place) where one \#(size) dog sleeps all day."}"#
        }
      }
    }
    try folder.write(twins.joined(separator: "\n") + "\n", to: "data.jsonl")
    let pipeline = """
      name: twins
      stages:
        - ingest: {path: data.jsonl}
        - split: {train: 0.6, validation: 0.2, test: 0.2}
        - augment.back-translation:
            {via: de, backend: command, command: "sed 's/ big / large /'"}
      """
    try run(pipeline, to: "one", ["--threads", "1"])
    let train = try lines("one/data/train.jsonl")
    let evaluation = try Set(
      (lines("one/data/validation.jsonl") + lines("one/data/test.jsonl"))
        .compactMap { $0["text"]?.string })
    let parents = train.filter { $0["anneal"]?["augmented_by"] == nil }.compactMap {
      $0["text"]?.string
    }.filter { $0.contains(" big ") }
    let near = parents.filter { evaluation.contains($0.replacing(" big ", with: " large ")) }
    let stage = try stage("augment.back-translation", of: "one")
    #expect(near.count > 5 && near.count < parents.count - 5)
    #expect(stage["dropped"] == ["near-evaluation": .integer(near.count)])
    #expect(stage["made"]?.int == parents.count)
    let children = train.filter { $0["anneal"]?["augmented_by"] != nil }
    #expect(children.count == parents.count - near.count)
    #expect(children.allSatisfy { !evaluation.contains($0["text"]?.string ?? "") })
    let refused = try lines("one/ledger.jsonl").filter { $0["reason"] == "near-evaluation" }
    #expect(refused.count == near.count)
    #expect(refused.allSatisfy { $0["detail"]?["similarity"] == 1 && $0["fate"] == "dropped" })
    let explained = try Binary.succeed(
      ["explain", "\(folder.path)/one", try #require(refused[0]["id"]?.string)], in: folder)
    #expect(explained.output.contains("near-evaluation"))
    try run(pipeline, to: "four", ["--threads", "4"])
    for name in ["ledger.jsonl", "stages.json", "data/train.jsonl"] {
      #expect(
        try FileReader.contents("\(folder.path)/one/\(name)")
          == FileReader.contents("\(folder.path)/four/\(name)"))
    }
    // Whoever lets them go on all the same has a split that leaks.
    let rescuing = pipeline.replacing("via: de,", with: "via: de, rescue: [near-evaluation],")
    let leak = try Binary.run(
      ["run", try folder.write(rescuing, to: "leak.yaml"), "--out", "\(folder.path)/leak"],
      in: folder, environment: ["ANNEAL_CACHE": "\(folder.path)/cache"])
    #expect(leak.status == 1 && leak.errors.contains("made by augmentation"), "\(leak.errors)")
  }

  @Test func `asks a classifier that was trained here for the parent's label`() throws {
    let first = try TinyRun.write(to: folder)
    let learning = ["--set", "train.epochs=6", "--set", "train.learning-rate=1e-2"]
    try Binary.succeed(["run", first, "--out", "\(folder.path)/first"] + learning, in: folder)
    let changes = [
      ("rain", "soup"), ("wind", "cheese"), ("sun", "apple"), ("snow", "cake"), ("fog", "fish"),
      ("thunder", "bread"),
    ]
    let script = changes.map { "s/\($0)/\($1)/g" }.joined(separator: ";")
    try run(
      """
      name: labelled
      stages:
        - ingest: {path: data.jsonl, on-error: quarantine}
        - clean.duplicates: {method: exact}
        - augment.back-translation:
            {via: de, backend: command, command: "sed '\(script)'", label-model: first}
      """, to: "second")
    let ledger = try lines("second/ledger.jsonl").filter { $0["augmented_by"] != nil }
    let made = Set(ledger.compactMap { $0["parent"]?.string })
    let parents = try lines("second/data/train.jsonl").filter {
      made.contains($0["anneal"]?["id"]?.string ?? "")
    }.filter { $0["anneal"]?["augmented_by"] == nil }
    let input = parents.map { parent in
      let text = changes.reduce(parent["text"]?.string ?? "") { $0.replacing($1.0, with: $1.1) }
      return JSONValue.object(["text": .string(text)]).text + "\n"
    }
    let classified = try Binary.succeed(
      ["classify", "--model", "\(folder.path)/first"], in: folder, input: input.joined()
    ).output.split(separator: "\n").map { try JSONValue.parse(String($0))["label"] }
    let lost = zip(parents, classified).filter { $0["label"] != $1 }
      .compactMap { $0.0["anneal"]?["id"]?.string }
    #expect(lost.count > 3 && lost.count < made.count, "\(lost.count) of \(made.count)")
    #expect(parents.count == made.count)
    let refused = ledger.filter { $0["reason"] == "label" }
    #expect(Set(refused.compactMap { $0["parent"]?.string }) == Set(lost))
    #expect(refused.allSatisfy { $0["detail"]?["model"] == "first" })
    // A record without a label ends alone, and so does one that is no text to classify.
    let parent = try #require(parents.first)
    let unlabelled = #"{"text": "Nobody wants to begin the difficult job today."}"#
    let preference =
      #"{"prompt": "Somebody wants to begin the difficult job today.", "#
      + #""chosen": "Let us begin together.", "rejected": "Certainly not with me."}"#
    let filtered = try Binary.succeed(
      [
        "augment.noise", "--copies", "3", "--on-error", "quarantine", "--label-model",
        "\(folder.path)/first",
      ], in: folder, input: "\(JSONValue.object(parent).text)\n\(unlabelled)\n\(preference)\n")
    #expect(filtered.output.contains(try #require(parent["text"]?.string)))
    #expect(!filtered.output.contains("Nobody"))
    for words in ["there is no label", "a preference is no text to classify"] {
      #expect(filtered.errors.contains(words), "\(words): \(filtered.errors)")
    }
  }

  @Test func `a filter whose reader goes away leaves nothing behind`() throws {
    try Folders.make("\(folder.path)/scratch")
    let input = (0..<8000).map { #"{"text": "Nobody wants to begin the difficult job \#($0)."}"# }
    let file = try folder.write(input.joined(separator: "\n"), to: "many.jsonl")
    let process = Process()
    process.executableURL = URL(filePath: "/bin/sh")
    process.arguments = ["-c", "\"$0\" augment.noise \"$1\" | head -n 1", Binary.path, file]
    process.environment = ["TMPDIR": "\(folder.path)/scratch", "PATH": "/usr/bin:/bin"]
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    #expect(try Folders.list("\(folder.path)/scratch").isEmpty)
  }

  @Test func `makes rare labels as common as others, on any number of threads`() throws {
    var data = TinyRun.lines(60).split(separator: "\n").filter { $0.contains("weather") }
    data += (0..<6).map { #"{"text": "A soup of the cook, number \#($0)", "label": "food"}"# }
    try folder.write(data.joined(separator: "\n") + "\n", to: "data.jsonl")
    let pipeline = """
      name: even
      stages:
        - ingest: {path: data.jsonl}
        - split: {train: 1, validation: 0, test: 0}
        - augment.noise: {per-label: max, copies: 30, kinds: [keyboard, swap]}
      """
    for threads in ["1", "4"] { try run(pipeline, to: "t\(threads)", ["--threads", threads]) }
    let train = try lines("t1/data/train.jsonl")
    let counts = Swift.Dictionary(grouping: train) { $0["label"]?.string ?? "" }.mapValues(\.count)
    #expect(counts["food"] == counts["weather"] && counts["food"] ?? 0 > 10, "\(counts)")
    for name in ["ledger.jsonl", "stages.json", "data/train.jsonl"] {
      #expect(
        try FileReader.contents("\(folder.path)/t1/\(name)")
          == FileReader.contents("\(folder.path)/t4/\(name)"))
    }
  }
}
