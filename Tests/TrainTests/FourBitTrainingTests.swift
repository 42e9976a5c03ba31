import Evaluate
import Foundation
import Models
import Records
import Stages
import Tensors
import TestSupport
import Testing
import Train

/// Low-rank updates of models that are held in 4-bit numbers.
struct FourBitTrainingTests {
  private let workshop: Workshop
  private var base: String { "\(workshop.folder.path)/base-model" }

  init() throws {
    workshop = try Workshop(Workshop.instructions(60))
    let sizes = ModelSizes(
      vocabulary: Workshop.words.count, layers: 2, hidden: 32, heads: 4, positions: 64)
    try ModelLoader.save(
      ModelLoader.make("llama", sizes, for: .causal, seed: 3), to: base,
      tokenizer: "\(workshop.folder.path)/tokenizer")
  }

  private func json(_ method: JSONValue, _ changes: JSONObject = [:]) -> JSONValue {
    var object =
      causal(["method": method, "epochs": 5, "max-steps": 20, "learning-rate": 0.02])
      .object ?? [:]
    (object["model"], object["architecture"]) = (.string(base), nil)
    object.merge(changes)
    return .object(object)
  }

  /// The mean loss of a saved model on the validation side.
  private func loss(_ folder: String, _ json: JSONValue) throws -> Double {
    let predictor = try Predictor(model: folder, options: options(json))
    guard case .language(let language) = try predictor.predict(workshop.validation).outcomes
    else { throw TrainingFailure() }
    return language.totalLoss / Double(language.tokens)
  }

  @Test(
    arguments: [
      ["qlora": ["rank": 4, "targets": "all-linear"]],
      ["lora": ["rank": 2, "base": "fp4", "double-quantization": false, "targets": "all-linear"]],
      [
        "lora": [
          "rank": 4, "load_in_4bit": true, "bnb_4bit_quant_type": "nf4",
          "target_modules": "all-linear",
        ]
      ],
    ] as [JSONValue])
  func `it learns, and what is saved predicts on the same base`(method: JSONValue) throws {
    let json = json(method)
    let (result, events) = try workshop.run("run", json)
    let losses = losses(events)
    #expect(losses.count == 20 && losses.allSatisfy { $0.isFinite })
    #expect(losses.suffix(5).reduce(0, +) < losses.prefix(5).reduce(0, +))
    let best = try #require(result.bestValue)
    #expect(abs(try loss(result.modelFolder, json) - best) < 1e-5)
    // On another base it is another model.
    let path = "\(result.modelFolder)/config.json"
    var fields = try #require(try JSONValue.parse(FileReader.contents(path)).object)
    #expect(fields["quantization_config"]?["load_in_4bit"]?.bool == true)
    let loaded = try ModelLoader.load(result.modelFolder, for: .causal, seed: 1)
    #expect(loaded.model.linears.allSatisfy { $0.weight.fourBitValues != nil })
    fields["quantization_config"] = nil
    try AtomicFile.write(JSONValue.object(fields).text.utf8, to: path)
    #expect(abs(try loss(result.modelFolder, json) - best) > 1e-5)
  }

  @Test func `it goes on from a checkpoint with the same bytes, layers computed again or not`()
    throws
  {
    let method: JSONValue = ["qlora": ["rank": 2, "dropout": 0.1]]
    let root = workshop.folder.path
    let json = json(method, ["save-steps": 10])
    _ = try workshop.session("whole", json).run { event in
      guard case .saved(10, _) = event else { return }
      try? FileManager.default.copyItem(atPath: "\(root)/whole", toPath: "\(root)/killed")
    }
    let files = ["adapter/adapter_model.safetensors", "trainer_state.json"]
    let expected = try contents("\(root)/whole", files)
    _ = try workshop.session("killed", json).run()
    #expect(try contents("\(root)/killed", files) == expected)
    _ = try workshop.run(
      "again", self.json(method, ["save-steps": 10, "activation-checkpointing": true]))
    let adapter = Array(files.prefix(1))
    #expect(try contents("\(root)/again", adapter) == contents("\(root)/whole", adapter))
    let folder = "\(root)/whole/checkpoints"
    for checkpoint in try Folders.list(folder) {
      let kept = try Folders.list("\(folder)/\(checkpoint)")
      #expect(kept.contains("trained.safetensors") && !kept.contains("model.safetensors"))
    }
  }

  @Test func `modules that are trained whole stay wide`() throws {
    let json = json(["qlora": ["rank": 2, "modules-to-save": ["o_proj"]]])
    let (result, _) = try workshop.run("run", json)
    let best = try #require(result.bestValue)
    #expect(abs(try loss(result.modelFolder, json) - best) < 1e-5)
    let model = try ModelLoader.load(result.modelFolder, for: .causal, seed: 1).model
    for map in model.linears {
      #expect((map.weight.fourBitValues == nil) == map.name.hasSuffix("o_proj"), "\(map.name)")
    }
  }

  @Test(
    arguments: [
      ["qlora": ["dora": true]], ["qlora": ["init": "pissa"]],
      ["lora": ["base": "nf4", "use_dora": true]],
      ["lora": ["quantization_bit": 4, "init_lora_weights": "olora"]],
      ["lora": ["base": "fp4", "quant-type": "nf4"]], ["lora": ["quant-type": "nf4"]],
      ["lora": ["base": "int3"]], ["lora": ["quantization_bit": 8]],
    ] as [JSONValue])
  func `what does not go together is refused before a byte is read`(method: JSONValue) throws {
    #expect(throws: Diagnostics.self) { try options(json(method)) }
  }

  @Test(arguments: ["lora", "qlora"])
  func `what bitsandbytes multiplies with is said by precision`(method: String) throws {
    let json = json([method: ["load_in_4bit": true, "bnb_4bit_compute_dtype": "bfloat16"]])
    let error = #expect(throws: Diagnostics.self) { try options(json) }
    let text = "\(error.map { "\($0)" } ?? "")"
    #expect(text.contains("unknown key 'bnb_4bit_compute_dtype'"), "\(text)")
    #expect(text.contains("'precision: bf16'") && !text.contains("did you mean"), "\(text)")
  }

  @Test func `the code of 4 bits may be named alone`() throws {
    let json = json(["qlora": ["quant-type": "fp4", "double-quantization": false]])
    let (result, _) = try workshop.run("run", json)
    let model = try ModelLoader.load(result.modelFolder, for: .causal, seed: 1).model
    for map in model.linears {
      #expect(map.weight.fourBitValues?.table == FourBitCode.fp4.table)
      guard case .plain = map.weight.fourBitValues?.scales else {
        Issue.record("the scales of \(map.name) are in 8 bits")
        continue
      }
    }
  }

  @Test func `a model that begins with random weights is refused`() throws {
    let json = causal(["method": "qlora"])
    #expect(throws: TrainingError.self) { try workshop.session("run", json) }
  }
}

private struct TrainingFailure: Error {}
