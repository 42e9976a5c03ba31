import Models
import Records
import Stages
import Tensors
import TestSupport
import Testing
import Train

/// Trainings whose average of weights is evaluated and saved.
struct WeightAverageTests {
  private let workshop: Workshop

  init() throws { workshop = try Workshop(Workshop.classified(120)) }

  private func validation(_ events: [TrainingEvent]) -> [Double] {
    events.compactMap { event in
      guard case .evaluated(_, _, let values, _) = event else { return nil }
      return values.first { $0.name == "loss" }?.value
    }
  }

  @Test func `an average that forgets at once is the model itself`() throws {
    let plain = try workshop.run("plain", classification())
    let same = try workshop.run("same", classification(["ema": 0]))
    #expect(validation(plain.events) == validation(same.events))
    #expect(
      try contents("\(workshop.folder.path)/plain", ["model/model.safetensors"])
        == contents("\(workshop.folder.path)/same", ["model/model.safetensors"]))
  }

  @Test(arguments: ["full", "lora"])
  func `the average of the best step is published, and is what was scored`(method: String) throws {
    let changes: JSONObject = [
      "ema": ["decay": 0.8], "epochs": 6, "learning-rate": 0.05, "schedule": "constant",
      "method": .string(method), "keep-checkpoints": 6,
    ]
    let json = classification(changes)
    let (result, events) = try workshop.run("run", json)
    let step = try #require(result.bestStep)
    let checkpoint = "\(workshop.folder.path)/run/checkpoints/step-\(step)"
    let average = try SafetensorsFile("\(checkpoint)/ema.safetensors")
    let raw = try SafetensorsFile(
      "\(checkpoint)/\(method == "full" ? "model" : "trained").safetensors")
    #expect(average.tensors.count > 3)
    for tensor in average.tensors {
      #expect(try average.tensor(tensor.name).values != raw.tensor(tensor.name).values)
    }
    if method == "full" {
      let model = try SafetensorsFile("\(result.modelFolder)/model.safetensors")
      for tensor in average.tensors {
        #expect(try average.tensor(tensor.name).values == model.tensor(tensor.name).values)
      }
    }
    let predictor = try Predictor(model: result.modelFolder, options: options(json))
    let losses = try predictor.predict(workshop.validation).items.map { item -> Double in
      guard case .label(_, _, _, let loss) = item else { return .nan }
      return Double(loss)
    }
    let best = try #require(validation(events).min())
    #expect(abs(losses.reduce(0, +) / Double(losses.count) - best) < 1e-5)
  }

  @Test(arguments: [0.9999, 0.999, 0.3, 0])
  func `a long average keeps the size of weights that stay about the same`(decay: Double) {
    let values: [Float] = [1.7, -0.9, 0.03, 0]
    let tensor = Tensor(values, shape: [values.count])
    let average = WeightAverage(
      [NamedParameter(name: "weight", tensor: tensor, role: .weight)], decay: decay)
    var expected = values.map { Double($0) }
    for step in 1...20_000 {
      var random = CounterRandom(seed: 4, purpose: "test", record: String(step))
      let weights = values.map { $0 * Float(1 + 0.01 * (2 * random.uniform() - 1)) }
      tensor.assign(Tensor(weights, shape: tensor.shape))
      average.note(step: step)
      expected = zip(expected, weights).map { old, new in
        step == 1 ? Double(new) : decay * old + (1 - decay) * Double(new)
      }
    }
    for (own, exact) in zip(average.saved[0].tensor.values, expected) {
      #expect(abs(Double(own) - exact) < 1e-5, "\(own), not \(exact)")
    }
  }

  @Test func `steps are those of the weights themselves`() throws {
    let plain = try workshop.run("plain", classification())
    let averaged = try workshop.run("averaged", classification(["ema": 0.99]))
    #expect(losses(plain.events) == losses(averaged.events))
    #expect(validation(plain.events) != validation(averaged.events))
  }

  @Test(arguments: ["1", "-0.1", "yes"])
  func `a decay that is no share is refused`(written: String) {
    #expect(throws: Diagnostics.self) {
      try options(["model": "m", "ema": .object(["decay": .string(written)])])
    }
  }
}
