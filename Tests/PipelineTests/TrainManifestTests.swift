import Pipeline
import Records
import Stages
import TestSupport
import Testing

/// What a run says before it removes what another training left.
struct TrainManifestTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    try folder.write("", to: "cache/keep")
  }

  private func basis(_ changes: JSONObject = [:], options: JSONObject = [:]) -> JSONObject {
    var all: JSONObject = ["learning-rate": 0.001, "epochs": 3]
    all.merge(options)
    var basis: JSONObject = [
      "format": 3, "options": .object(all), "data": "aa", "threads": 4, "model": ["f": "bb"],
    ]
    basis.merge(changes)
    return basis
  }

  /// What is said where a training of some basis follows one of `before`.
  private func said(_ before: JSONObject, _ now: JSONObject) throws -> [String] {
    try TrainManifest(folder: folder.path, basis: before).begin { _ in }
    try folder.write("{}", to: "checkpoints/step-9/state.json")
    var lines: [String] = []
    try TrainManifest(folder: folder.path, basis: now).begin { line in
      // It is said before it is done.
      #expect(Folders.exists("\(folder.path)/checkpoints/step-9/state.json"))
      lines.append(line)
    }
    return lines
  }

  @Test func `another number of threads is said before checkpoints go`() throws {
    let lines = try said(basis(), basis(["threads": 2]))
    #expect(
      lines == ["the checkpoints here are of another training: threads 4, now 2; they are removed"])
    #expect(!Folders.exists("\(folder.path)/checkpoints"))
  }

  @Test func `the same training keeps its checkpoints and says nothing`() throws {
    #expect(try said(basis(), basis()).isEmpty)
    #expect(Folders.exists("\(folder.path)/checkpoints/step-9/state.json"))
  }

  @Test func `options, data and models are told`() throws {
    let options: JSONObject = ["learning-rate": 0.01, "ema": ["decay": 0.9]]
    let lines = try said(
      basis(), basis(["data": "cc", "model": ["f": "dd"]], options: options))
    #expect(
      lines == [
        "the checkpoints here are of another training: learning-rate 0.001, now 0.01; "
          + "ema nothing, now {\"decay\":0.9}; the data changed; and 1 more; they are removed"
      ])
  }

  @Test func `an option that asks for nothing is told as that`() throws {
    let lines = try said(basis(options: ["ema": .null]), basis(options: ["ema": 0.9]))
    #expect(
      lines == [
        "the checkpoints here are of another training: ema nothing, now 0.9; they are removed"
      ])
  }

  @Test func `an older build's manifest has no reasons, and an empty folder nothing to say`() throws
  {
    try folder.write("{\"fingerprint\": \"x\"}", to: "cache/train.json")
    try TrainManifest(folder: folder.path, basis: basis()).begin { line in
      Issue.record("said \(line) of an empty folder")
    }
    try folder.write("{\"fingerprint\": \"x\"}", to: "cache/train.json")
    try folder.write("{}", to: "model/config.json")
    var lines: [String] = []
    try TrainManifest(folder: folder.path, basis: basis()).begin { lines.append($0) }
    #expect(lines == ["the model here is of another training; it is removed"])
  }
}
