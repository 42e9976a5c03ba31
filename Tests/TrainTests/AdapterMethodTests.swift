import Evaluate
import Foundation
import Models
import Records
import Stages
import Tensors
import TestSupport
import Testing
import Train

/// Methods that add to a frozen model, or train a part of it.
struct AdapterMethodTests {
  private let workshop: Workshop

  init() throws { workshop = try Workshop(Workshop.classified(120)) }

  static let methods: [JSONValue] = [
    ["lora": ["rank": 4, "dropout": 0.1, "targets": ["query", "value"]]],
    ["lora": ["r": 2, "target_modules": "all-linear", "use_dora": true]],
    ["lora": ["rank": 4, "bias": "all", "rslora": true, "loraplus-lr-ratio": 8]],
    ["ia3": [:]], ["bitfit": [:]], ["norms": [:]],
    ["bottleneck": ["kind": "houlsby", "reduction": 4]], ["bottleneck": ["kind": "par_bn"]],
    ["bottleneck": ["kind": "compacter", "reduction": 4]],
    ["prompt": ["virtual-tokens": 3, "init": "vocabulary"]],
    ["prompt": ["num_virtual_tokens": 3, "init-text": "w1 w2"]],
    ["p-tuning": ["virtual-tokens": 3, "width": 8]],
    ["p-tuning": ["virtual-tokens": 3, "encoder": "LSTM", "width": 8, "dropout": 0.1]],
    ["prefix": ["virtual-tokens": 3]],
    ["prefix": ["virtual-tokens": 3, "projection": true, "width": 8]],
    ["sparse": ["rank": 2, "mask": "magnitude"]], ["sparse": ["share": 0.1, "mask": "fisher"]],
    ["sparse": ["rank": 2, "targets": ["up"], "mask": "gradient"]],
    ["tokens": ["tokens": ["w1", "w4", 7]]],
    ["adalora": ["initial-rank": 4, "target-rank": 2, "warmup": 4, "final": 6]],
    ["lora": ["rank": 4, "init": "pissa"]], ["lora": ["rank": 4, "init": "olora"]],
  ]

  private func json(_ method: JSONValue) -> JSONValue {
    classification(["method": method, "epochs": 6, "learning-rate": 0.02])
  }

  @Test(arguments: methods)
  func `an adapter learns, is saved alone, and predicts what was trained`(
    method: JSONValue
  ) throws {
    let json = json(method)
    let (result, events) = try workshop.run("run", json)
    let losses = losses(events)
    // A random model's first token hears little of the words: `MethodMatrixTests` has larger ones.
    let isPrompt = method["prompt"] != nil || method["p-tuning"] != nil
    #expect(isPrompt || hasFallen(losses, by: 0.02, over: 9))
    let folder = "\(workshop.folder.path)/run"
    #expect(result.modelFolder == folder + "/adapter")
    #expect(!Folders.exists(folder + "/model"))
    let files = try Set(Folders.list(folder + "/adapter"))
    #expect(files.isSuperset(of: ["adapter_config.json", "README.md", "tokenizer.json"]))
    #expect(!files.isDisjoint(with: ["adapter_model.safetensors", "model_head.safetensors"]))
    let checkpoints = try Folders.list(folder + "/checkpoints")
    for checkpoint in checkpoints {
      let files = try Folders.list("\(folder)/checkpoints/\(checkpoint)")
      #expect(
        files == ["optimizer.safetensors", "state.json", "times.json", "trained.safetensors"])
    }
    // The best loss on the validation side comes again from the folder.
    let best = try #require(result.bestValue)
    #expect(abs(try loss(result.modelFolder, json) - best) < 1e-5)
    // So it does from a copy, head included.
    let copy = "\(workshop.folder.path)/copy/adapter"
    let task = try ModelFolders(result.modelFolder).configuration.task
    let loaded = try ModelLoader.load(result.modelFolder, for: #require(task), seed: 1)
    try AdapterFolder.save(
      #require(loaded.adapter), of: loaded.model, base: folder + "/base", to: copy)
    try ModelFiles.copyTokenizer(from: result.modelFolder, to: copy)
    #expect(abs(try loss(copy, json) - best) < 1e-5)
  }

  /// The mean loss of a saved classifier on the validation side.
  private func loss(_ model: String, _ json: JSONValue) throws -> Double {
    let predictor = try Predictor(model: model, options: options(json))
    let outcomes = try predictor.predict(workshop.validation).outcomes
    guard case .classification(let classes) = outcomes else { throw OtherOutcomes() }
    return try #require(classes.totalLoss) / Double(classes.references.count)
  }

  @Test(arguments: methods)
  func `it goes on from any checkpoint with the same bytes`(method: JSONValue) throws {
    let json = json(method)
    let root = workshop.folder.path
    let copies = try workshop.copies(json, every: 18)
    #expect(copies.count >= 2)
    let adapters = try Folders.list("\(root)/whole/adapter").filter { $0.hasSuffix("safetensors") }
    let files = adapters.map { "adapter/\($0)" } + ["trainer_state.json"]
    let expected = try contents("\(root)/whole", files)
    for copy in copies {
      _ = try workshop.session(copy, json).run()
      #expect(try contents("\(root)/\(copy)", files) == expected, "\(copy)")
      #expect(try configuration(copy) == configuration("whole"), "\(copy)")
    }
  }

  /// What describes a run's adapter, without the folder of its model.
  private func configuration(_ run: String) throws -> JSONObject {
    let path = "\(workshop.folder.path)/\(run)/adapter/adapter_config.json"
    var fields = try #require(try JSONValue.parse(FileReader.contents(path)).object)
    for name in ["base_model_name_or_path", "model_name"] { fields[name] = nil }
    #expect(fields.members.count > 3)
    return fields
  }

  /// A run's checkpoints, in the middle of it and after its last step, before anything is published.
  private func killed(_ json: JSONValue) throws -> [String] {
    let root = workshop.folder.path
    var copies: [String] = []
    _ = try workshop.session("whole", json).run { event in
      guard case .saved(let step, _) = event else { return }
      try? FileManager.default.copyItem(atPath: "\(root)/whole", toPath: "\(root)/at-\(step)")
      copies.append("at-\(step)")
    }
    return copies
  }

  @Test func `a run keeps the places it chose, whatever another start would choose`() throws {
    let json = classification(["method": ["sparse": ["rank": 2, "mask": "fisher"]], "epochs": 2])
    let copy = try #require(try killed(json).first)
    let path = "\(workshop.folder.path)/\(copy)/checkpoints/step-9/trained.safetensors"
    let name = "bert.encoder.layer.0.attention.self.query.shira_indices"
    let file = try SafetensorsFile(path)
    let chosen = try file.integers(name)
    // The same weights of other rows, as another processor's gradients might have them.
    let other = chosen.enumerated().map { $0 < chosen.count / 2 ? 15 - $1 : $1 }
    let tensors = try file.tensors.map { tensor in
      guard tensor.name.hasSuffix("shira_indices") else {
        return SavedTensor(tensor.name, try file.tensor(tensor.name))
      }
      let values = tensor.name == name ? other : try file.integers(tensor.name)
      return SavedTensor(tensor.name, integers: values.map { Int32($0) }, shape: tensor.shape)
    }
    try SafetensorsWriter.write(tensors, to: path)
    _ = try workshop.session(copy, json).run()
    let saved = try SafetensorsFile(
      "\(workshop.folder.path)/\(copy)/adapter/adapter_model.safetensors")
    #expect(try saved.integers("base_model.model.\(name)") == other)
    #expect(other != chosen)
  }

  @Test(arguments: ["pissa", "olora"])
  func `a run keeps what its updates began as`(start: String) throws {
    let json = classification(["method": ["lora": ["rank": 2, "init": .string(start)]]])
    let copy = try #require(try killed(json).first)
    let path = "\(workshop.folder.path)/\(copy)/checkpoints/step-9/trained.safetensors"
    let file = try SafetensorsFile(path)
    let name = "bert.encoder.layer.0.attention.self.query"
    let begun = try file.tensor("\(name).start_A")
    let other = Tensor(begun.values.map { 1.5 * $0 }, shape: begun.shape)
    try SafetensorsWriter.write(
      file.tensors.map { tensor in
        (tensor.name, tensor.name == "\(name).start_A" ? other : try file.tensor(tensor.name))
      }, to: path)
    _ = try workshop.session(copy, json).run()
    let saved = try SafetensorsFile(
      "\(workshop.folder.path)/\(copy)/adapter/adapter_model.safetensors")
    let filed = try saved.tensor("base_model.model.\(name).lora_A.weight").values
    #expect(Array(filed.suffix(other.count)) == other.values)
  }

  @Test func `ranks are taken away over the steps of the run, which its file names`() throws {
    let method: JSONValue = ["adalora": ["initial-rank": 4, "target-rank": 2]]
    _ = try workshop.run("run", json(method))
    let fields = try configuration("run")
    #expect(fields["total_step"]?.int == 54)
    #expect(fields["rank_pattern"]?.object?.isEmpty == false)
    let short: JSONValue = ["adalora": ["warmup": 30, "final": 24]]
    let error = #expect(throws: ModelError.self) { try workshop.run("short", json(short)) }
    #expect(error?.problem.contains("54") == true)
    #expect(!Folders.exists("\(workshop.folder.path)/short/base"))
  }

  @Test func `a number is a token's id, and in quotes its text`() throws {
    // A vocabulary whose token of id 35 is spelled 7.
    let path = "\(workshop.folder.path)/tokenizer/tokenizer.json"
    let text = String(decoding: try FileReader.contents(path), as: UTF8.self)
    #expect(text.contains(#""w30":35"#))
    try AtomicFile.write(text.replacing(#""w30":35"#, with: #""7":35"#).utf8, to: path)
    for (name, tokens, ids) in [
      ("tokens", [7, 8] as JSONValue, [7, 8]), ("tokens", ["7", "w1"], [35, 6]),
      ("token_indices", [7, 42], [7, 42]), ("trainable_token_indices", [7], [7]),
    ] {
      let method: JSONValue = ["tokens": .object([name: tokens])]
      _ = try workshop.run("run", classification(["method": method, "max-steps": 1]))
      let filed = try configuration("run")["token_indices"]?.array?.compactMap(\.int)
      #expect(filed == ids, "\(tokens.text)")
    }
    #expect(throws: TrainingError.self) {
      try workshop.run("none", classification(["method": ["tokens": ["tokens": ["12"]]]]))
    }
  }

  @Test func `a width alone asks for a projection, and projection: false for none`() throws {
    for (options, isProjected) in [
      (["width": 8] as JSONObject, true), (["projection": true], true), ([:], false),
      (["projection": false, "width": 8], false),
      (["prefix_projection": false, "encoder_hidden_size": 8], false),
    ] {
      var prefix = options
      prefix["virtual-tokens"] = 2
      let method: JSONValue = ["prefix": .object(prefix)]
      _ = try workshop.run("run", classification(["method": method, "max-steps": 1]))
      let filed = try configuration("run")["prefix_projection"]
      #expect(filed?.bool == isProjected, "\(method.text)")
    }
  }

  @Test(arguments: ["fisher", "gradient", "random"])
  func `a head that is trained whole moves, though it is among a mask's targets`(
    mask: String
  ) throws {
    let options: JSONValue = [
      "rank": 2, "mask": .string(mask), "targets": ["query", "classifier"],
    ]
    _ = try workshop.run("run", json(["sparse": options]))
    let run = "\(workshop.folder.path)/run"
    let before = try SafetensorsFile(run + "/base/model.safetensors")
    let after = try SafetensorsFile(run + "/adapter/adapter_model.safetensors")
    let name = "classifier.weight"
    let trained = try after.tensor("base_model.model.\(name)").values
    #expect(try trained != before.tensor(name).values)
    #expect(after.tensors.allSatisfy { !$0.name.contains("classifier.shira") })
  }

  static let faulty: [(method: JSONValue, parts: [String])] = [
    (["prompt": ["init": "text"]], ["has no init-text"]),
    (["prompt": ["init": "random", "init-text": "w1"]], ["its init does not read"]),
    (["prompt": ["init": "sample_vocab", "init-text": "w1"]], ["its init does not read"]),
    (
      ["p-tuning": ["encoder": "mlp", "layers": 3, "dropout": 0.1]],
      ["has 3 layers", "has a dropout"]
    ),
    (["sparse": ["rank": 8, "share": 0.1]], ["a rank and a share"]),
    (["adalora": ["initial-rank": 4]], ["target-rank 8, above its initial-rank 4"]),
    (["lora": ["init": "pissa", "dora": true]], ["begins by pissa"]),
    (["lora": ["dora": true, "lora-bias": true]], ["has a lora-bias"]),
    (["lora": ["init": "gaussian", "lora-bias": true]], ["has a lora-bias"]),
    (["lora": ["layers-pattern": ["layer"]]], ["layers-pattern without layers"]),
  ]

  @Test(arguments: faulty)
  func `options that do not go together are told with their place, before a model is there`(
    fault: (method: JSONValue, parts: [String])
  ) throws {
    let name = try #require(fault.method.object?.members.first?.key)
    let error = #expect(throws: Diagnostics.self) {
      try options(["model": "nowhere", "method": fault.method])
    }
    let text = error?.description ?? ""
    #expect(error?.list.count == 1 && text.hasPrefix("test: train.method.\(name): "))
    #expect(fault.parts.allSatisfy { text.contains($0) }, "\(text)")
  }

  @Test func `what PEFT's own files say together goes together`() throws {
    for method in [
      ["p-tuning": ["encoder": "MLP", "encoder_num_layers": 2, "encoder_dropout": 0.0]],
      ["prefix": ["prefix_projection": false, "encoder_hidden_size": 8]],
      ["lora": ["dora": true, "init": "gaussian"]], ["sparse": ["share": 0.1]],
      ["prompt": ["init": "text", "init-text": "w1"]], ["prompt": ["init-text": "w1"]],
    ] as [JSONValue] {
      _ = try options(["model": "nowhere", "method": method])
    }
  }

  @Test func `a causal model learns with updates by roles, into its fused projection`() throws {
    let workshop = try Workshop(Workshop.instructions(60))
    let method: JSONValue = ["lora": ["rank": 4, "targets": ["query", "value", "up"]]]
    let json = causal(["method": method, "learning-rate": 0.02])
    let (result, events) = try workshop.run("run", json)
    let losses = losses(events)
    #expect(hasFallen(losses, by: 0.04, over: 4))
    let file = try SafetensorsFile(result.modelFolder + "/adapter_model.safetensors")
    let up = try #require(file["base_model.model.transformer.h.0.attn.c_attn.lora_B.weight"])
    #expect(up.shape == [96, 8])
    let values = try file.tensor(up.name).values
    func isZero(_ rows: Range<Int>, _ columns: Range<Int>) -> Bool {
      rows.allSatisfy { row in columns.allSatisfy { values[row * 8 + $0] == 0 } }
    }
    // Keys have no update; queries read the first half of the inner values, values the second.
    let zeros = [isZero(32..<64, 0..<8), isZero(0..<32, 4..<8), isZero(64..<96, 0..<4)]
    #expect(zeros == [true, true, true])
    let others = [isZero(0..<32, 0..<4), isZero(64..<96, 4..<8)]
    #expect(others == [false, false])
    let predictor = try Predictor(model: result.modelFolder, options: options(json))
    guard case .language(let language) = try predictor.predict(workshop.validation).outcomes
    else { throw OtherOutcomes() }
    let best = try #require(result.bestValue)
    #expect(abs(language.totalLoss / Double(language.tokens) - best) < 1e-5)
  }

  @Test func `a model from a folder keeps its name in the adapter, and its own weights`() throws {
    try workshop.run("base", classification(["epochs": 1]))
    let base = "\(workshop.folder.path)/base/model"
    let before = try contents(base, ["model.safetensors"])
    var object = try #require(json(["lora": [:]]).object)
    object["model"] = .string(base)
    object["architecture"] = nil
    try workshop.run("run", .object(object))
    let config = try JSONValue.parse(
      FileReader.contents("\(workshop.folder.path)/run/adapter/adapter_config.json"))
    #expect(config["base_model_name_or_path"]?.string == base)
    #expect(config["r"]?.int == 8 && config["lora_alpha"]?.int == 16)
    #expect(config["modules_to_save"]?.array == ["classifier", "score"])
    #expect(!Folders.exists("\(workshop.folder.path)/run/base"))
    #expect(try contents(base, ["model.safetensors"]) == before)
  }

  @Test func `a run from scratch is read where it was moved, and keeps no older base`() throws {
    let root = workshop.folder.path
    try AtomicFile.write("{}".utf8, to: "\(root)/run/base/config.json")
    let (result, _) = try workshop.run("run", json(["lora": ["rank": 2]]))
    let head = try contents(result.modelFolder, ["adapter_model.safetensors"])
    try FileManager.default.moveItem(atPath: "\(root)/run", toPath: "\(root)/moved")
    let folders = try ModelFolders("\(root)/moved/adapter")
    #expect(folders.base == "\(root)/moved/base")
    #expect(try contents("\(root)/moved/adapter", ["adapter_model.safetensors"]) == head)
    let model = try ModelLoader.classifier(folders.base, adapter: folders.adapter)
    #expect(!model.labels.isEmpty)
    try Folders.remove("\(root)/moved/base")
    #expect(throws: ModelError.self) { try ModelFolders("\(root)/moved/adapter") }
  }

  static let refused: [(options: JSONValue, field: String)] = [
    (["use_dora": true, "targets": ["query"]], "targets"),
    (["modules-to-save": ["wte"], "targets": ["query"]], "modules-to-save"),
  ]

  @Test(arguments: refused)
  func `an update whose meaning would be another is refused with a remedy`(
    options: JSONValue, field: String
  ) throws {
    let workshop = try Workshop(Workshop.instructions(60))
    let error = #expect(throws: ModelError.self) {
      try workshop.run("run", causal(["method": ["lora": options]]))
    }
    #expect(error?.file == field)
    #expect(error?.remedy.isEmpty == false)
  }

  @Test func `freezing the first layers leaves them as they began`() throws {
    let (result, _) = try workshop.run(
      "run", classification(["method": ["freeze": ["layers": 1]], "epochs": 1]))
    let (untrained, _) = try workshop.run(
      "start", classification(["method": ["freeze": ["layers": 1]], "max-steps": 0]))
    let trained = try SafetensorsFile(result.modelFolder + "/model.safetensors")
    let start = try SafetensorsFile(untrained.modelFolder + "/model.safetensors")
    for tensor in trained.tensors {
      let isFrozen =
        tensor.name.contains(".embeddings.") || tensor.name.contains(".layer.0.")
      let isSame = try trained.tensor(tensor.name).values == start.tensor(tensor.name).values
      // A key's bias moves no attention.
      if !tensor.name.hasSuffix("key.bias") { #expect(isSame == isFrozen, "\(tensor.name)") }
    }
  }

  @Test func `lower layers learn more slowly under a layer decay`() throws {
    let decayed: JSONValue = ["full": ["layer-decay": 0.5]]
    let (result, _) = try workshop.run(
      "run", classification(["method": decayed, "max-steps": 1, "schedule": "constant"]))
    let (untrained, _) = try workshop.run(
      "start", classification(["method": decayed, "max-steps": 0]))
    let trained = try SafetensorsFile(result.modelFolder + "/model.safetensors")
    let start = try SafetensorsFile(untrained.modelFolder + "/model.safetensors")
    // AdamW's first step moves every value by the rate itself.
    func move(_ name: String) throws -> Float {
      let (new, old) = (try trained.tensor(name).values, try start.tensor(name).values)
      return zip(new, old).map { abs($0 - $1) }.max() ?? 0
    }
    let rates = try [
      move("classifier.weight"), move("bert.encoder.layer.1.output.dense.weight"),
      move("bert.encoder.layer.0.output.dense.weight"),
      move("bert.embeddings.position_embeddings.weight"),
    ]
    for (rate, expected) in zip(rates, [Float(0.005), 0.0025, 0.00125, 0.000625]) {
      #expect(abs(rate - expected) < 0.02 * expected)
    }
  }

  @Test func `targets that fit nothing are told with what there is`() throws {
    let json = json(["lora": ["targets": ["q_proj"]]])
    #expect {
      try workshop.run("run", json)
    } throws: { error in
      let text = "\(error)"
      return text.contains("'q_proj' fits no part") && text.contains("query")
    }
  }
}

/// Whether the last losses are lower than the first by a share.
private func hasFallen(_ losses: [Float], by share: Float, over count: Int) -> Bool {
  let first: Float = losses.prefix(count).reduce(0, +)
  let last: Float = losses.suffix(count).reduce(0, +)
  return last < (1 - share) * first
}

private struct OtherOutcomes: Error {}
