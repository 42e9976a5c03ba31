import Foundation
import Models
import Records
import Stages
import Tensors
import TestSupport
import Testing
import Train

/// A head on an encoder that runs once a record: at torch's numbers, and at those of one that runs in every step.
struct ConstantTrunkTests {
  private static let fixtures = "\(Shared.project)/Tests/Fixtures/Train"

  /// The tiny BERT with other dropouts: those of the encoder, and that of the head.
  private func model(_ workshop: Workshop, encoder: Double, head: Double) throws -> JSONValue {
    let source = "\(Self.fixtures)/unfreezing/bert"
    let folder = "\(workshop.folder.path)/bert-\(encoder)-\(head)"
    try Folders.make(folder)
    let config = try JSONValue.parse(FileReader.contents("\(source)/config.json"))
    var object = try #require(config.object)
    object["hidden_dropout_prob"] = .real(encoder)
    object["attention_probs_dropout_prob"] = .real(encoder)
    object["classifier_dropout"] = .real(head)
    try AtomicFile.write(JSONValue.object(object).text.utf8, to: "\(folder)/config.json")
    try FileManager.default.copyItem(
      atPath: "\(source)/model.safetensors", toPath: "\(folder)/model.safetensors")
    return .string(folder)
  }

  @Test(arguments: ["head", "pooler"])
  func `every step is torch's, whose encoder has no dropout`(name: String) throws {
    let reference = try JSONValue.parse(FileReader.contents("\(Self.fixtures)/head.json"))
    let expected = try #require(reference[name]?.array)
    let texts = try #require(reference["texts"]?.array).compactMap(\.string)
    let labels = try #require(reference["labels"]?.array).compactMap(\.string)
    let workshop = try Workshop(Workshop.classified(5))
    let records = texts.indices.map { Record.text(texts[$0], id: "test:\($0)", label: labels[$0]) }
    let side = try Workshop.write(records[...], to: "\(workshop.folder.path)/all.jsonl")
    let json: JSONValue = [
      "model": try model(workshop, encoder: 0.3, head: 0), "precision": "fp32",
      "method": ["head": ["pooler": .bool(name == "pooler")]], "schedule": "constant",
      "learning-rate": try #require(reference["rate"]), "batch-size": 8,
      "weight-decay": try #require(reference["weight_decay"]), "epochs": .integer(expected.count),
    ]
    let session = try TrainingSession(
      options: options(json), train: side, validation: nil, workshop.context("run"))
    var steps: [StepReport] = []
    _ = try session.run { if case .stepped(let report) = $0 { steps.append(report) } }
    #expect(steps.count == expected.count && expected.count == 8)
    for (step, values) in zip(steps, expected) {
      let loss = try #require(values["loss"]?.double)
      let norm = try #require(values["norm"]?.double)
      #expect(abs(Double(step.loss) - loss) < 1e-5, "step \(step.step)")
      #expect(abs(Double(step.gradientNorm) / norm - 1) < 1e-4, "step \(step.step)")
    }
  }

  /// Losses of all steps and of the validation side, of an encoder that runs once and one that runs always.
  private func both(
    _ workshop: Workshop, _ changes: JSONObject, pooler: Bool
  ) throws -> (steps: [[Float]], validation: [[Double]]) {
    var (steps, validation): ([[Float]], [[Double]]) = ([], [])
    for isCached in [true, false] {
      var all: JSONObject = [
        "learning-rate": 0.001, "max-grad-norm": 0.5, "precision": "fp32",
        "method": ["head": ["pooler": .bool(pooler), "cache": .bool(isCached)]],
      ]
      all.merge(changes)
      let (_, events) = try workshop.run("run-\(isCached)", classification(all))
      steps.append(losses(events))
      let scores = events.compactMap { event -> [(name: String, value: Double)]? in
        if case .evaluated(_, _, let values, _) = event { values } else { nil }
      }
      validation.append(scores.compactMap { $0.first { $0.name == "loss" }?.value })
    }
    return (steps, validation)
  }

  private func expectEqual(
    _ found: (steps: [[Float]], validation: [[Double]]), count: Int,
    _ place: SourceLocation = #_sourceLocation
  ) {
    #expect(found.steps[0].count == count && found.steps[1].count == count, sourceLocation: place)
    let most = zip(found.steps[0], found.steps[1]).map { abs($0 - $1) }.max() ?? 1
    #expect(most < 1e-6, "\(most)", sourceLocation: place)
    let scores = zip(found.validation[0], found.validation[1]).map { abs($0 - $1) }
    #expect(scores.count == 3 && (scores.max() ?? 1) < 1e-6, "\(scores)", sourceLocation: place)
  }

  @Test(arguments: [false, true])
  func `losses are those of an encoder that runs in every step, with the head's own dropout`(
    pooler: Bool
  ) throws {
    let workshop = try Workshop(Workshop.classified(120))
    let dropping = try model(workshop, encoder: 0, head: 0.3)
    let plain = try model(workshop, encoder: 0, head: 0)
    func found(_ model: JSONValue) throws -> (steps: [[Float]], validation: [[Double]]) {
      try both(workshop, ["model": model, "architecture": nil], pooler: pooler)
    }
    let (dropped, whole) = try (found(dropping), found(plain))
    expectEqual(dropped, count: 27)
    expectEqual(whole, count: 27)
    #expect(dropped.steps[0] != whole.steps[0])
  }

  @Test(arguments: ["bert", "roberta", "distilbert", "gpt2", "llama"])
  func `so they are of every architecture, with all that a step may have`(name: String) throws {
    let workshop = try Workshop(Workshop.classified(120))
    let changes: JSONObject = [
      "architecture": .object([name: ["layers": 2, "width": 16, "heads": 2, "context": 32]]),
      "dropout": 0, "batch-size": 3, "gradient-accumulation-steps": 4, "ema": 0.9,
      "objective": ["classification": ["class-weights": "balanced"]],
    ]
    expectEqual(try both(workshop, changes, pooler: name.hasSuffix("bert")), count: 18)
  }

  @Test func `packed rows read the same vectors`() throws {
    let workshop = try Workshop(Workshop.classified(120))
    let found = try both(workshop, ["packing": true, "dropout": 0, "batch-size": 2], pooler: false)
    expectEqual(found, count: found.steps[1].count)
  }

  @Test func `checkpoints hold the head alone, and the model is published whole`() throws {
    let workshop = try Workshop(Workshop.classified(60))
    let (result, events) = try workshop.run(
      "run", classification(["method": "head", "epochs": 2, "best-metric": "accuracy"]))
    let step = try Folders.list("\(workshop.folder.path)/run/checkpoints").last ?? ""
    let files = try Folders.list("\(workshop.folder.path)/run/checkpoints/\(step)")
    #expect(files.contains("trained.safetensors") && !files.contains("model.safetensors"))
    #expect(try SafetensorsFile(result.modelFolder + "/model.safetensors").tensors.count > 30)
    #expect(Self.notes(events).contains("once a record"))
  }

  @Test func `noise on the words' vectors is drawn in every step`() throws {
    let workshop = try Workshop(Workshop.classified(60))
    func run(_ name: String, _ changes: JSONObject) throws -> [TrainingEvent] {
      var all: JSONObject = ["method": "head", "epochs": 1, "dropout": 0]
      all.merge(changes)
      return try workshop.run(name, classification(all)).events
    }
    let (noisy, plain) = try (run("noisy", ["neftune-noise-alpha": 5]), run("plain", [:]))
    #expect(losses(noisy) != losses(plain))
    #expect(!Self.notes(noisy).contains("once a record"))
  }

  // MARK: - Layers

  /// Methods that train the second of two layers and what stands above it.
  private static let upper: [JSONValue] = [
    ["freeze": ["layers": 1]], ["lora": ["rank": 2, "layers": [1]]],
    ["bottleneck": ["reduction": 4, "leave-out": [0]]],
  ]

  /// A method whose frozen layers run once a record.
  private static func cached(_ method: JSONValue) -> JSONValue {
    let (name, options) =
      method.object?.members.first.map { ($0.key, $0.value.object ?? [:]) } ?? ("", [:])
    var all = options
    all["cache"] = true
    return .object([name: .object(all)])
  }

  private func bothMethods(
    _ workshop: Workshop, _ method: JSONValue, _ changes: JSONObject
  ) throws -> (steps: [[Float]], validation: [[Double]]) {
    let (plain, cached) = (method, Self.cached(method))
    var (steps, validation): ([[Float]], [[Double]]) = ([], [])
    for (name, method) in [("cached", cached), ("plain", plain)] {
      var all: JSONObject = ["precision": "fp32", "method": method, "dropout": 0]
      all.merge(changes)
      let (_, events) = try workshop.run(name, classification(all))
      #expect(Self.notes(events).contains("first layer runs once a record") == (name == "cached"))
      steps.append(losses(events))
      let scores = events.compactMap { event -> [(name: String, value: Double)]? in
        if case .evaluated(_, _, let values, _) = event { values } else { nil }
      }
      validation.append(scores.compactMap { $0.first { $0.name == "loss" }?.value })
    }
    return (steps, validation)
  }

  @Test(arguments: ["bert", "roberta", "distilbert", "gpt2", "gptj", "llama"], upper)
  func `losses above layers that run once are those above layers that run in every step`(
    name: String, method: JSONValue
  ) throws {
    let workshop = try Workshop(Workshop.classified(60))
    let found = try bothMethods(
      workshop, method,
      [
        "architecture": .object([name: ["layers": 2, "width": 16, "heads": 2, "context": 32]]),
        "learning-rate": 0.002, "max-grad-norm": 0.5,
      ])
    expectEqual(found, count: 15)
    #expect(Set(found.steps[0]).count == 15)
  }

  @Test func `layers run once under all that a step may have`() throws {
    let workshop = try Workshop(Workshop.classified(60))
    let found = try bothMethods(
      workshop, Self.upper[0],
      [
        "batch-size": 3, "gradient-accumulation-steps": 4, "ema": 0.9, "packing": true,
        "activation-checkpointing": true, "learning-rate": 0.002,
        "objective": ["classification": ["class-weights": "balanced"]],
      ])
    expectEqual(found, count: found.steps[1].count)
  }

  @Test(
    arguments: [
      (["lora": ["cache": true]], "trains the first layer"),
      (["bottleneck": ["reduction": 4, "cache": true]], "trains the first layer"),
      (["freeze": ["layers": 0, "cache": true]], "trains the first layer"),
    ] as [(JSONValue, String)])
  func `what trains the first layer has nothing that could run once`(
    method: JSONValue, words: String
  ) throws {
    let workshop = try Workshop(Workshop.classified(30))
    let error = #expect(throws: TrainingError.self) {
      try workshop.session("run", classification(["method": method]))
    }
    #expect(error?.problem.contains(words) == true)
  }

  @Test func `a model that writes has no layers that run once`() throws {
    let workshop = try Workshop(Workshop.instructions(30))
    let error = #expect(throws: TrainingError.self) {
      try workshop.session("run", causal(["method": ["freeze": ["layers": 1, "cache": true]]]))
    }
    #expect(error?.problem.contains("texts that are classified") == true)
  }

  private static func notes(_ events: [TrainingEvent]) -> String {
    events.compactMap { if case .started(let plan) = $0 { plan.notes } else { nil } }.joined()
      .joined(separator: "\n")
  }
}

/// Vectors that are computed once, whatever is asked for in whatever order.
struct FeatureCacheTests {
  private let batches = [[4, 0], [2], [1, 5, 3]]

  /// A vector's numbers tell its place.
  private func row(_ place: Int) -> [Float] { [Float(place), Float(place) / 3, -1] }

  /// As many rows as a place has, of three numbers each.
  private func rows(_ places: [Int], _ counts: [Int]) -> [Float] {
    places.flatMap { place in
      (0..<counts[place]).flatMap { row in self.row(place).map { $0 + Float(row) } }
    }
  }

  @Test(arguments: [1 << 20, 0], [[1, 1, 1, 1, 1, 1], [2, 1, 4, 1, 3, 2]])
  func `each batch is computed once, in memory or in a file`(limit: Int, counts: [Int]) throws {
    let folder = try TemporaryFolder()
    let isOne = counts.allSatisfy { $0 == 1 }
    let cache = FeatureCache(
      batches: batches, rows: isOne ? nil : counts, memory: MemoryAllowance(limit),
      folder: folder.path)
    var computed: [[Int]] = []
    for places in [[3], [5, 0, 3], [4, 4], [2, 1, 0], [0, 1, 2, 3, 4, 5]] {
      let vectors = try cache.vectors(places) { batch in
        computed.append(batch)
        let values = rows(batch, counts)
        return Tensor(values, shape: [values.count / 3, 3])
      }
      #expect(vectors.shape == [places.reduce(0) { $0 + counts[$1] }, 3])
      #expect(vectors.values == rows(places, counts), "\(places)")
    }
    #expect(computed == [[1, 5, 3], [4, 0], [2]])
    #expect(try Folders.list(folder.path).isEmpty)
  }

  @Test func `what a file would be too large for is computed each time`() throws {
    let folder = try TemporaryFolder()
    // Six places of three numbers are 72 bytes.
    for (most, expected) in [(71, [[1, 5, 3], [1, 2], [1]]), (72, [[1, 5, 3], [2]])] {
      let cache = FeatureCache(
        batches: batches, memory: MemoryAllowance(71), most: most, folder: folder.path)
      var computed: [[Int]] = []
      for places in [[1, 2], [1]] {
        let vectors = try cache.vectors(places) { batch in
          computed.append(batch)
          return Tensor(batch.flatMap(row), shape: [batch.count, 3])
        }
        #expect(vectors.values == places.flatMap(row))
      }
      #expect(computed == expected)
    }
  }

  @Test func `caches share what they may hold in memory`() throws {
    let folder = try TemporaryFolder()
    let memory = MemoryAllowance(72)
    func fill(_ folder: String) throws {
      _ = try FeatureCache(batches: batches, memory: memory, folder: folder).vectors([0]) { batch in
        Tensor(batch.flatMap(row), shape: [batch.count, 3])
      }
    }
    try fill(folder.path)
    // There is no memory left, and no place for a file.
    #expect(throws: FileError.self) { try fill("/nowhere/at/all") }
  }

  @Test func `a folder that takes no file is told`() {
    let cache = FeatureCache(batches: [[0]], memory: MemoryAllowance(0), folder: "/nowhere/at/all")
    #expect(throws: FileError.self) {
      _ = try cache.vectors([0]) { _ in Tensor([1], shape: [1, 1]) }
    }
  }
}
