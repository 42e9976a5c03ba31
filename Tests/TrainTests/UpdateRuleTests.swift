import Models
import Records
import Stages
import Tensors
import TestSupport
import Testing
import Train

/// Steps of every optimizer against torch, transformers and lion-pytorch, from
/// `Scripts/train_optimizers_reference.py`.
struct UpdateRuleTests {
  private let reference: SafetensorsFile
  private let description: JSONValue
  private let rates: [Double]
  private let names: [String]

  init() throws {
    let path = "\(Shared.project)/Tests/Fixtures/Train/optimizers"
    reference = try SafetensorsFile(path + ".safetensors")
    description = try JSONValue.parse(FileReader.contents(path + ".json"))
    rates = try #require(description["rates"]?.array).compactMap(\.double)
    names = try #require(description["parameters"]?.array).compactMap(\.string)
  }

  /// The parameters before the first step.
  private func start() throws -> [NamedParameter] {
    try names.map { name in
      let tensor = try reference.tensor("start.\(name)").copy()
      tensor.requiresGradient = true
      return NamedParameter(name: name, tensor: tensor, role: .weight)
    }
  }

  private func optimizer(_ parameters: [NamedParameter], _ row: JSONValue) throws -> Optimizer {
    var train = try #require(row["train"]?.object)
    train["model"] = "m"
    if train["max-grad-norm"] == nil { train["max-grad-norm"] = 0 }
    let options = try options(.object(train))
    #expect(options.faults.isEmpty)
    let values = options.values
    return Optimizer(
      parameters, options.updateRule, weightDecay: values[TrainingOptions.Keys.weightDecay],
      maximumNorm: values[TrainingOptions.Keys.maxGradNorm])
  }

  /// Takes a step by the gradients of the fixture.
  private func step(
    _ optimizer: Optimizer, _ parameters: [NamedParameter], _ number: Int
  ) throws {
    for parameter in parameters {
      parameter.tensor.gradient = try reference.tensor("gradient.\(number).\(parameter.name)")
        .copy()
    }
    let rate = optimizer.rate(step: number + 1, scheduled: rates[number])
    _ = optimizer.update(step: number + 1, learningRate: rate)
  }

  private func expect(_ tensor: Tensor, is name: String) throws {
    let expected = try reference.tensor(name)
    #expect(tensor.shape == expected.shape, "\(name)")
    for (place, (own, theirs)) in zip(tensor.values, expected.values).enumerated() {
      #expect(abs(own - theirs) <= 2e-6 * max(1, abs(theirs)), "\(name) \(place)")
    }
  }

  @Test func `every step and state is that of the reference`() throws {
    let cases = try #require(description["cases"]?.array)
    #expect(cases.count == 16)
    for row in cases {
      let name = try #require(row["name"]?.string)
      let parameters = try start()
      let optimizer = try optimizer(parameters, row)
      for number in rates.indices {
        try step(optimizer, parameters, number)
        for parameter in parameters {
          try expect(parameter.tensor, is: "\(name).\(number).\(parameter.name)")
        }
      }
      let state = optimizer.saved
      for entry in state { try expectState(entry.tensor, is: "\(name).state.\(entry.name)") }
      let filed = reference.tensors.map(\.name).filter { $0.hasPrefix("\(name).state.") }
      #expect(Set(filed) == Set(state.map { "\(name).state.\($0.name)" }))
    }
  }

  /// Means of squares span many magnitudes: each is held against its own.
  private func expectState(_ tensor: Tensor, is name: String) throws {
    let expected = try reference.tensor(name)
    #expect(tensor.shape == expected.shape, "\(name)")
    let largest = expected.values.map { abs($0) }.max() ?? 0
    for (own, theirs) in zip(tensor.values, expected.values) {
      #expect(abs(own - theirs) <= 1e-6 * abs(theirs) + 1e-6 * largest, "\(name)")
    }
  }

  @Test func `an optimizer goes on from its file with the same bits`() throws {
    let folder = try TemporaryFolder()
    for row in try #require(description["cases"]?.array) {
      let (whole, halved) = (try start(), try start())
      let first = try optimizer(whole, row)
      for number in rates.indices { try step(first, whole, number) }
      let before = try optimizer(halved, row)
      for number in 0..<3 { try step(before, halved, number) }
      let path = "\(folder.path)/optimizer.safetensors"
      try SafetensorsWriter.write(before.saved, to: path)
      var after = try optimizer(halved, row)
      try after.restore(SafetensorsFile(path))
      for number in 3..<rates.count { try step(after, halved, number) }
      for (left, right) in zip(whole, halved) {
        #expect(left.tensor.values == right.tensor.values, "\(row.text)")
      }
    }
  }

  @Test func `a state of other shapes is refused`() throws {
    let folder = try TemporaryFolder()
    let path = "\(folder.path)/optimizer.safetensors"
    let parameters = try start()
    let adafactor = try optimizer(parameters, ["train": ["optimizer": "adafactor"]])
    try SafetensorsWriter.write(
      adafactor.saved.map {
        ($0.name, $0.name == "wide.exp_avg_sq_col" ? Tensor(shape: [5]) : $0.tensor)
      },
      to: path)
    var other = adafactor
    let error = #expect(throws: ModelError.self) { try other.restore(SafetensorsFile(path)) }
    #expect(
      error?.description.contains("exp_avg_sq_col of wide has the shape [5], not [67]") == true)
    var lion = try optimizer(parameters, ["train": ["optimizer": "lion"]])
    #expect(throws: ModelError.self) { try lion.restore(SafetensorsFile(path)) }
  }

  @Test(arguments: ["adamw", "sgd", "lion", "adafactor"])
  func `a rate of its own is a multiple of the step's`(name: String) throws {
    let options = try options(["model": "m", "optimizer": .string(name)])
    func changes(_ rates: [String: Double]) throws -> [[Float]] {
      let parameters = try start()
      let before = parameters.map(\.tensor.values)
      let optimizer = Optimizer(parameters, options.updateRule, maximumNorm: 0, rates: rates)
      try step(optimizer, parameters, 0)
      return zip(parameters, before).map { zip($0.tensor.values, $1).map(-) }
    }
    let (plain, faster) = (try changes([:]), try changes(["wide": 16]))
    for (place, name) in names.enumerated() {
      let factor: Float = name == "wide" ? 16 : 1
      for (slow, fast) in zip(plain[place], faster[place]) {
        #expect(abs(slow * factor - fast) < 1e-5)
      }
    }
  }

  @Test func `nothing moves where the norm is not a number`() throws {
    let parameters = try start()
    let optimizer = try optimizer(parameters, ["train": [:]])
    let before = parameters.map(\.tensor.values)
    parameters[1].tensor.gradient = Tensor(repeating: .nan, shape: parameters[1].tensor.shape)
    #expect(optimizer.update(step: 1, learningRate: 1).isNaN)
    #expect(parameters.map(\.tensor.values) == before)
  }

  @Test func `a moving average is that of torch`() throws {
    let parameters = try start()
    let average = WeightAverage(parameters, decay: 0.9)
    for number in rates.indices {
      for parameter in parameters {
        let start = try reference.tensor("start.\(parameter.name)").values
        let change = try reference.tensor("gradient.\(number).\(parameter.name)").values
        parameter.tensor.assign(Tensor(zip(start, change).map(+), shape: parameter.tensor.shape))
      }
      average.note(step: number + 1)
    }
    #expect(average.saved.count == names.count)
    for (name, tensor) in average.saved { try expect(tensor, is: "average.\(name)") }
  }

  // MARK: - Options

  @Test(arguments: [
    ("adamw_torch", "adamw"), ("adamw_hf", "adamw"), ("paged_adamw_32bit", "adamw"),
    ("sgd", "sgd"), ("lion_32bit", "lion"), ("paged_lion_32bit", "lion"),
    ("adafactor", "adafactor"),
  ])
  func `names of Hugging Face are understood`(written: String, meant: String) throws {
    let options = try options(["model": "m", "optim": .string(written)])
    #expect(options.values[TrainingOptions.Keys.optimizer].name == meant)
  }

  @Test(arguments: [
    ("adam", "did you mean 'adamw'?"), ("adafctor", "did you mean 'adafactor'?"),
    ("lyon", "did you mean 'lion'?"),
  ])
  func `a slip of the pen is told what was meant`(written: String, remedy: String) {
    let error = #expect(throws: Diagnostics.self) {
      try TrainTests.options(["model": "m", "optimizer": .string(written)])
    }
    #expect(error?.list.first?.remedy == remedy)
  }

  /// Options of one optimizer that do not go together, and a part of what is said.
  private static let senseless: [(written: JSONValue, message: String)] = [
    (["sgd": ["nesterov": true]], "nesterov needs a momentum"),
    (["sgd": ["nesterov": true, "momentum": 0.9, "dampening": 0.1]], "no dampening"),
    (["adafactor": ["warmup-init": true]], "warmup-init is of relative-step"),
    (["adafactor": ["eps": 1e-30]], "two numbers"),
    (["lion": ["beta1": 2]], "must be from 0.0 to 1.0"),
    (["adamw": ["beta2": -1]], "must be from 0.0 to 1.0"),
  ]

  @Test(arguments: senseless)
  func `options that make no sense are refused`(written: JSONValue, message: String) {
    let error = #expect(throws: Diagnostics.self) {
      try TrainTests.options(["model": "m", "optimizer": written])
    }
    #expect(error?.description.contains(message) == true)
  }

  @Test func `what is AdamW's alone is a fault with another optimizer`() throws {
    let lion = try options(["model": "m", "optimizer": "lion", "beta2": 0.98])
    #expect(lion.faults.map(\.key) == ["beta2"])
    #expect(try options(["model": "m", "optim": "adafactor", "adam_beta2": 0.999]).faults.isEmpty)
    #expect(try options(["model": "m", "beta2": 0.98]).faults.isEmpty)
    let ranks = try options(["model": "m", "method": "adalora", "ema": 0.99])
    #expect(ranks.faults.map(\.key) == ["ema"])
  }

  /// Options that say how a training is computed, kept or shown, and values that are not their defaults.
  private static let passing: JSONObject = [
    "stop-on-divergence": false, "report-to": "none", "activation-checkpointing": true,
    "save-steps": 7, "keep-checkpoints": 3,
  ]

  @Test func `five options change no fingerprint, and all others are part of it`() throws {
    let plain = try options(["model": "m"])
    for member in Self.passing.members {
      let changed = try options(["model": "m", member.key: member.value])
      #expect(changed.values.encoded != plain.values.encoded, "\(member.key)")
      #expect(changed.fingerprinted == plain.fingerprinted, "\(member.key)")
    }
    #expect(plain.values.encoded.members.count > 20)
    for member in plain.values.encoded.members where Self.passing[member.key] == nil {
      #expect(plain.fingerprinted[member.key] == member.value, "\(member.key)")
    }
  }

  /// Options that decide what comes of a training.
  private static let deciding: [JSONObject] = [
    ["optimizer": "lion"], ["optimizer": ["adamw": ["beta1": 0.8]]], ["ema": 0.9],
    ["neftune-noise-alpha": 5], ["method": ["lora": ["base": "nf4"]]],
    ["objective": ["classification": ["class-weights": "balanced"]]], ["logging-steps": 3],
  ]

  @Test(arguments: deciding)
  func `what decides the result changes the fingerprint`(changes: JSONObject) throws {
    var json: JSONObject = ["model": "m"]
    json.merge(changes)
    let plain = try options(["model": "m"]).fingerprinted
    #expect(try options(.object(json)).fingerprinted != plain)
  }
}
