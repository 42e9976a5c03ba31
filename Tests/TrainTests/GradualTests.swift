import Foundation
import Models
import Records
import Stages
import Tensors
import TestSupport
import Testing
import Train

/// Gradual unfreezing: what trains when, at torch's numbers, and what stays as it was.
struct GradualTests {
  private static let fixtures = "\(Shared.project)/Tests/Fixtures/Train/unfreezing"

  /// What is read from `unfreezing.json`.
  private func reference() throws -> JSONValue {
    try JSONValue.parse(FileReader.contents("\(Self.fixtures)/unfreezing.json"))
  }

  private func records(_ reference: JSONValue, _ architecture: String) throws -> [Record] {
    func words(_ key: String) throws -> [String] {
      try #require(reference[key]?.array).compactMap(\.string)
    }
    let texts = try words("texts")
    let (labels, targets) = try (words("labels"), words("targets"))
    return texts.indices.map { index in
      switch architecture {
      case "bert": .text(texts[index], id: "test:\(index)", label: labels[index])
      case "gpt2": .text(texts[index], id: "test:\(index)")
      default: .instruction(texts[index], output: targets[index], id: "test:\(index)")
      }
    }
  }

  @Test(arguments: [
    ("bert", "classification", 4), ("gpt2", "causal", 4), ("t5", "sequence-to-sequence", 5),
  ])
  func `every step across every border is torch's`(
    architecture: String, objective: String, groups: Int
  ) throws {
    let reference = try reference()
    let workshop = try Workshop(Workshop.classified(5))
    let records = try records(reference, architecture)
    let side = try Workshop.write(records[...], to: "\(workshop.folder.path)/all.jsonl")
    let expected = try #require(reference["steps"]?[architecture]?.array)
    let json: JSONValue = [
      "model": .string("\(Self.fixtures)/\(architecture)"), "objective": .string(objective),
      "method": ["gradual-unfreezing": ["unfreeze-every": "2 steps"]], "schedule": "constant",
      "learning-rate": try #require(reference["rate"]),
      "weight-decay": try #require(reference["weight_decay"]), "batch-size": 8,
      "epochs": .integer(expected.count), "precision": "fp32",
    ]
    let session = try TrainingSession(
      options: options(json), train: side, validation: nil, workshop.context("run"))
    var (steps, begun, trained): ([StepReport], [Int], [Int]) = ([], [], [])
    _ = try session.run { event in
      switch event {
      case .unfrozen(let step, let group):
        begun.append(step)
        trained.append((trained.last ?? 0) + group.count)
      case .stepped(let report): steps.append(report)
      default: break
      }
    }
    #expect(begun == (0..<groups).map { 2 * $0 })
    #expect(steps.count == expected.count && expected.count == 2 * groups)
    for (step, values) in zip(steps, expected) {
      let loss = try #require(values["loss"]?.double)
      let norm = try #require(values["norm"]?.double)
      #expect(abs(Double(step.loss) - loss) < 1e-4, "step \(step.step)")
      #expect(abs(Double(step.gradientNorm) / norm - 1) < 1e-4, "step \(step.step)")
    }
    #expect(
      trained == stride(from: 0, to: expected.count, by: 2).map { expected[$0]["trained"]?.int })
  }

  private func method(_ interval: String, _ more: JSONObject = [:]) -> JSONValue {
    var options: JSONObject = ["unfreeze-every": .string(interval)]
    options.merge(more)
    return ["gradual-unfreezing": .object(options)]
  }

  /// The names of the weights that differ between two model files.
  private func changed(_ one: String, _ other: String) throws -> Set<String> {
    let (one, other) = try (SafetensorsFile(one), SafetensorsFile(other))
    return Set(
      try one.tensors.map(\.name).filter {
        try one.tensor($0).values != other.tensor($0).values
      })
  }

  @Test func `what is frozen stays bit for bit what it was, and the optimizer holds nothing of it`()
    throws
  {
    let workshop = try Workshop(Workshop.classified(60))
    let json = classification([
      "method": method("3 steps"), "max-steps": 12, "save-steps": 1, "keep-checkpoints": 20,
      "weight-decay": 0.1, "epochs": 9,
    ])
    let start = try workshop.run(
      "start", classification(["method": method("3 steps"), "max-steps": 0])
    ).result.modelFolder
    _ = try workshop.run("run", json)
    let parts = ["classifier.", "bert.pooler.", "layer.1.", "layer.0.", "bert.embeddings."]
    for (step, begun) in [(1, 2), (3, 2), (4, 3), (6, 3), (7, 4), (9, 4), (10, 5), (12, 5)] {
      let checkpoint = "\(workshop.folder.path)/run/checkpoints/step-\(step)"
      let changed = try changed("\(checkpoint)/model.safetensors", "\(start)/model.safetensors")
      let held = try SafetensorsFile("\(checkpoint)/optimizer.safetensors").tensors.map(\.name)
      for (number, part) in parts.enumerated() {
        let isBegun = number < begun
        #expect(changed.contains { $0.contains(part) } == isBegun, "\(part) at \(step)")
        #expect(held.contains { $0.contains(part) } == isBegun, "\(part) at \(step)")
      }
    }
  }

  @Test func `a run says what begins to train when, and what never does`() throws {
    let workshop = try Workshop(Workshop.classified(60))
    // 36 records are 5 steps an epoch: the embeddings would begin behind step 15.
    let json = classification(["method": method("1 epoch"), "epochs": 3])
    let (result, events) = try workshop.run("run", json)
    let begun = events.compactMap { event -> String? in
      guard case .unfrozen(let step, let group) = event else { return nil }
      return "\(step) \(group.name)"
    }
    #expect(begun == ["0 head", "5 bert.encoder.layer.1", "10 bert.encoder.layer.0"])
    let listed = result.json["unfreezing"]?.array ?? []
    #expect(listed.map { $0["first_step"]?.int } == [1, 6, 11])
    #expect(listed.first?["group"]?.string == "head")
    let notes = events.compactMap { if case .started(let plan) = $0 { plan.notes } else { nil } }
    let text = notes.joined().joined(separator: "\n")
    #expect(text.contains("4 groups") && text.contains("from embeddings on"), "\(text)")
  }

  @Test func `several layers may begin together, and lower ones learn more slowly`() throws {
    let workshop = try Workshop(Workshop.classified(60))
    let architecture: JSONValue = [
      "bert": ["layers": 3, "width": 16, "heads": 2, "context": 32]
    ]
    func run(_ name: String, steps: Int) throws -> (folder: String, names: [String]) {
      let (result, events) = try workshop.run(
        name,
        classification([
          "architecture": architecture, "max-steps": .integer(steps), "schedule": "constant",
          "method": method("1 step", ["layers": 2, "layer-decay": 0.5]),
        ]))
      let names = events.compactMap { event -> String? in
        if case .unfrozen(_, let group) = event { group.name } else { nil }
      }
      return ("\(result.modelFolder)/model.safetensors", names)
    }
    let (start, end) = try (run("start", steps: 0), run("run", steps: 4))
    #expect(
      end.names == [
        "head", "bert.encoder.layer.1, bert.encoder.layer.2", "bert.encoder.layer.0", "embeddings",
      ])
    let (before, after) = try (SafetensorsFile(start.folder), SafetensorsFile(end.folder))
    // AdamW's first step moves every value by the rate itself, whenever it is taken.
    let name = "bert.embeddings.position_embeddings.weight"
    let moves = zip(try before.tensor(name).values, try after.tensor(name).values).map {
      abs($0 - $1)
    }
    let most = moves.max() ?? 0
    #expect(abs(most - 0.005 / 16) < 0.02 * 0.005 / 16, "\(most)")
  }

  @Test(arguments: [
    "1", "epoch", "0 epochs", "-1 steps", "1.5 steps", "2 weeks", "1 2 steps", "nan epochs",
    "1e300 epochs",
  ])
  func `a time that is none is told with the remedy`(text: String) throws {
    let error = #expect(throws: Diagnostics.self) {
      try options(["model": "nowhere", "method": method(text)])
    }
    #expect(error?.description.contains("'100 steps'") == true, "\(error?.description ?? "")")
  }
}
