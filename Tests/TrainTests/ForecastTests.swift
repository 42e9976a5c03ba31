import Models
import Records
import Stages
import Tensors
import TestSupport
import Testing
import Train

/// What a training is foretold to take, beside what it takes.
///
/// Tensors are counted for a whole process, so each comparison has one of its own.
struct ForecastTests {
  /// Architectures with the objective that they are trained for, and the methods that they have.
  static let cases: [(architecture: String, objective: String, methods: [JSONValue])] = [
    ("bert", "classification", all), ("gpt2", "causal", all.filter { !isHead($0) }),
    ("gpt2", "classification", all),
    ("llama", "causal", all.filter { $0.string != "bitfit" }),
    ("marian", "sequence-to-sequence", all.filter { !isHead($0) }),
    ("t5", "sequence-to-sequence", all.filter { !isHead($0) && $0.string != "bitfit" }),
  ]

  private static let all: [JSONValue] = [
    "full", ["lora": ["rank": 4, "alpha": 8]], "head", ["head": ["cache": false]], "bitfit",
    ["bottleneck": ["kind": "houlsby", "reduction": 8]],
  ]

  private static func isHead(_ method: JSONValue) -> Bool {
    method.string == "head" || method["head"] != nil
  }

  @Test(arguments: cases.indices)
  func `memory is that of the run, for every architecture and method`(number: Int) async throws {
    await #expect(processExitsWith: .success) { [number = number as Int] in
      let (architecture, objective, methods) = ForecastTests.cases[number]
      for method in methods {
        try ForecastTests.compare(architecture, objective, ["method": method])
      }
    }
  }

  @Test(arguments: ["adamw", "sgd", "lion", "adafactor"])
  func `memory is that of the run, for every optimizer`(name: String) async throws {
    await #expect(processExitsWith: .success) { [name = name as String] in
      try ForecastTests.compare("bert", "classification", ["optimizer": .string(name)])
    }
  }

  @Test(
    arguments: [
      ["ema": ["decay": 0.9]], ["activation-checkpointing": true],
      ["gradient-accumulation-steps": 3], ["packing": true],
      ["method": ["gradual-unfreezing": ["unfreeze-every": "1 step"]]],
    ] as [JSONValue])
  func `memory is that of the run, with other options`(changes: JSONValue) async throws {
    await #expect(processExitsWith: .success) { [changes = changes.text as String] in
      let changes = try JSONValue.parse(Array(changes.utf8)).object ?? [:]
      try ForecastTests.compare("gpt2", "causal", changes)
    }
  }

  @Test(arguments: ["bert", "gpt2", "llama", "marian", "t5"])
  func `two short models tell of a long one`(architecture: String) async throws {
    await #expect(processExitsWith: .success) { [name = architecture as String] in
      let objective = ForecastTests.cases.first { $0.architecture == name }?.objective ?? ""
      for method in ["full", ["lora": ["rank": 4, "alpha": 8]]] as [JSONValue] {
        let forecast = try ForecastTests.compare(
          name, objective, ["method": method], layers: 8,
          room: method == "full" ? 4_000_000 : 1_000_000)
        #expect(forecast.triedLayers == [1, 2])
      }
    }
  }

  @Test(arguments: ["bert", "marian"])
  func `small batches tell of a large one`(architecture: String) async throws {
    await #expect(processExitsWith: .success) { [name = architecture as String] in
      let objective = ForecastTests.cases.first { $0.architecture == name }?.objective ?? ""
      try ForecastTests.compare(name, objective, ["batch-size": 32], operations: 1.6e8)
    }
  }

  @Test(arguments: ["bert", "gpt2", "marian"])
  func `batches of which gradients hide what they keep tell of large ones`(
    architecture: String
  ) async throws {
    await #expect(processExitsWith: .success) { [name = architecture as String] in
      let objective = ForecastTests.cases.first { $0.architecture == name }?.objective ?? ""
      try ForecastTests.compare(
        name, objective, ["batch-size": 64, "epochs": 1], layers: 2, width: 128, operations: 1e8,
        within: 0.1)
    }
  }

  /// Methods that name layers of a model of eight, and the layers of the short models that tell of it.
  static let naming: [(method: JSONValue, tried: [Int])] = [
    (["bottleneck": ["reduction": 2, "leave-out": [0, 1, 2, 3, 4, 5]]], [2, 3]),
    (["bottleneck": ["kind": "houlsby", "reduction": 2, "leave-out": [5, 6, 7]]], [1, 2]),
    (["bottleneck": ["reduction": 2, "leave-out": [0, 3, 4, 6]]], [2, 3]),
    (["bottleneck": ["reduction": 2, "leave-out": [0, 1, 2, 3], "cache": true]], [2, 3]),
    (["lora": ["rank": 4, "layers": [6, 7]]], [2, 3]),
    (["lora": ["rank": 4, "layers": [0]]], [1, 2]),
    (["freeze": ["layers": 5]], [2, 3]), (["freeze": ["layers": -1, "cache": true]], [2, 3]),
    (["freeze": ["layers": 8]], [1, 2]),
  ]

  @Test(arguments: naming.indices)
  func `short models tell of a long one whose layers the method names`(number: Int) async throws {
    await #expect(processExitsWith: .success) { [number = number as Int] in
      let (method, tried) = ForecastTests.naming[number]
      let forecast = try ForecastTests.compare(
        "bert", "classification", ["method": method], layers: 8,
        room: method["freeze"] == nil ? 1_000_000 : 4_000_000)
      #expect(forecast.triedLayers == tried)
    }
  }

  @Test func `layers of two stacks, and those that are not there, are said not to be foretold`()
    throws
  {
    func fault(_ architecture: String, _ objective: String, _ method: JSONValue) throws
      -> TrainingError?
    {
      let error = #expect(throws: TrainingError.self) {
        try ForecastTests.compare(
          architecture, objective, ["method": method], layers: 8,
          room: method["freeze"] == nil ? 1_000_000 : 4_000_000)
      }
      return error
    }
    let sequences = "sequence-to-sequence"
    for method in [["freeze": ["layers": 3]], ["lora": ["layers": [3]]]] as [JSONValue] {
      #expect(try fault("marian", sequences, method)?.problem.contains("not foretold") == true)
    }
    let freeze = try fault("bert", "classification", ["freeze": ["layers": 9]])
    #expect(freeze?.problem.contains("to freeze 9 layers of a model that has 8") == true)
  }

  /// Foretells a training, runs it, and holds one against the other.
  @discardableResult
  static func compare(
    _ architecture: String, _ objective: String, _ changes: JSONObject, layers: Int = 3,
    width: Int = 64, room: Int = 1 << 30, operations: Double = 2e11, within tolerance: Double = 0.2
  ) throws -> TrainingForecast {
    let isOfClasses = objective == "classification"
    let workshop = try Workshop(
      isOfClasses ? Workshop.classified(120) : Workshop.instructions(120))
    var json: JSONObject = [
      "model": "scratch", "objective": .string(objective), "epochs": 2, "batch-size": 8,
      "learning-rate": 0.001,
      "architecture": .object([
        architecture: [
          "layers": .integer(layers), "width": .integer(width), "heads": 4, "context": 64,
        ]
      ]),
    ]
    json.merge(changes)
    let options = try options(.object(json))
    var scale = TrainingForecast.Scale(
      training: workshop.train.count, validation: workshop.validation.count, test: 0,
      vocabulary: Workshop.words.count, room: room)
    scale.operations = operations
    let forecast = try TrainingForecast(
      options, sample: workshop.train, scale, workshop.context("trial")
    ) { nil }
    #expect(!Folders.exists(workshop.context("trial").folder))
    let foretold = forecast.memory.total - forecast.memory.program
    let before = Engine.memory.live
    Engine.forgetPeak()
    var (steps, trained, parameters) = (0, 0, 0)
    _ = try TrainingSession(
      options: options, train: workshop.train, validation: workshop.validation,
      workshop.context("run")
    ).run { event in
      guard case .started(let plan) = event else { return }
      (steps, trained, parameters) = (plan.totalSteps, plan.trainableParameters, plan.parameters)
    }
    let ratio = Double(foretold) / Double(Engine.memory.peak - before)
    #expect(abs(ratio - 1) < tolerance, "\(json): \(ratio)")
    #expect(forecast.steps == steps && forecast.trained == trained, "\(json)")
    #expect(forecast.parameters == parameters, "\(json)")
    return forecast
  }

  @Test func `a line goes through points, and never falls`() {
    #expect(StraightLine([(1, 3), (2, 5), (3, 7)]).value(at: 10) == 21)
    #expect(StraightLine([(1, 5), (3, 3)]).value(at: 10) == 4)
    #expect(StraightLine([(4, 2), (4, 4)]).value(at: 8) == 6)
    #expect(StraightLine([(0, 2)]).value(at: 8) == 2)
  }

  @Test func `the parts of a run follow from its numbers`() async throws {
    await #expect(processExitsWith: .success) { try ForecastTests.lookAtParts() }
  }

  private static func lookAtParts() throws {
    let workshop = try Workshop(Workshop.classified(60))
    func forecast(_ epochs: Double, training: Int) throws -> TrainingForecast {
      let options = try options(classification(["epochs": .real(epochs)]))
      let scale = TrainingForecast.Scale(
        training: training, validation: 10, test: 10, room: 1 << 30)
      return try TrainingForecast(
        options, sample: workshop.train, scale, workshop.context("trial")
      ) { 90_000_000 }
    }
    let one = try forecast(1, training: 360)
    #expect(one.steps == 45 && one.parts.map(\.name) == ["steps", "scoring", "saving"])
    #expect(abs(one.parts[0].seconds - 45 * one.step.seconds) < 1e-6)
    #expect(abs(one.seconds - one.parts.reduce(0) { $0 + $1.seconds }) < 1e-9)
    #expect(try forecast(2.5, training: 804).steps == 253)
    // What the process is said to hold, the saved model beside it, and 370 records, of which the sample
    // was read twice.
    let records = one.memory.total - 90_000_000 - 4 * one.parameters
    #expect(298 * 200 < records && records < 298 * 400)
  }

  @Test func `a model too large to be tried, and a search, say so`() throws {
    let workshop = try Workshop(Workshop.classified(60))
    func forecast(_ changes: JSONObject, room: Int) throws {
      _ = try TrainingForecast(
        options(classification(changes)), sample: workshop.train,
        TrainingForecast.Scale(training: 9, validation: 0, test: 0, room: room),
        workshop.context("trial")
      ) { nil }
    }
    let large: JSONObject = ["architecture": ["bert": ["layers": 24, "width": 1024]]]
    #expect {
      try forecast(large, room: 100_000_000)
    } throws: {
      ($0 as? TrainingError)?.remedy.contains("lora") == true
    }
    #expect(throws: TrainingError.self) { try forecast(["method": "auto"], room: 1 << 30) }
  }
}
