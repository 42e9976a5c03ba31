import Models
import Records
import Stages
import Tensors
import TestSupport
import Testing

/// Models whose linear maps are held in 4-bit numbers, with and without updates.
struct FourBitBaseTests {
  private static let adapter = "\(Shared.project)/Tests/Fixtures/Models/adapters/qlora-llama"
  private static let golden = Shared.path("golden/train-formats/golden-nf4")

  private func isHeld(_ map: Linear) -> Bool { map.weight.fourBitValues != nil }

  @Test(.enabled(if: Shared.exists, "needs ../shared"))
  func `updates give the logits, gradients and losses of bitsandbytes and PEFT`() throws {
    let trial = try AdapterTrial(folder: Self.adapter)
    #expect(trial.model.linears.count == 14 && trial.model.linears.allSatisfy(isHeld))
    try trial.checkLogits()
    try trial.checkTraining()
    #expect(trial.model.linears.allSatisfy(isHeld))
    try trial.checkSaving()
  }

  @Test(.enabled(if: Shared.exists, "needs ../shared"))
  func `a merged model is the base that was computed with and the updates`() throws {
    let trial = try AdapterTrial(folder: Self.adapter)
    try trial.checkMerging()
    let folder = try TemporaryFolder()
    try MergedModel(trial.model).save(to: folder.path)
    #expect(try ModelConfiguration(folder: folder.path).fields["quantization_config"] == nil)
    #expect(try ModelLoader.causal(folder.path).linears.allSatisfy { !isHeld($0) })
  }

  @Test(.enabled(if: Shared.exists, "needs ../shared"))
  func `a saved adapter says how its base was held, and reads back so`() throws {
    let base = Self.golden + "/llama-base"
    let loaded = try ModelLoader.load(
      base, for: .causal, seed: 1, base: FourBitBase(wideModules: ["o_proj"]))
    var options = LowRankOptions()
    options.rank = 2
    let adapter = try LowRankAdapter(options, to: loaded.model, seed: 3)
    let folder = try TemporaryFolder()
    try AdapterFolder.save(adapter, of: loaded.model, base: base, to: folder.path)
    let fields = try ModelConfiguration(folder: folder.path).fields["quantization_config"]
    #expect(fields?["load_in_4bit"]?.bool == true)
    #expect(fields?["bnb_4bit_quant_type"]?.string == "nf4")
    #expect(fields?["bnb_4bit_use_double_quant"]?.bool == true)
    let read = try ModelLoader.causal(folder.path)
    for (ours, theirs) in zip(loaded.model.linears, read.linears) {
      #expect(isHeld(theirs) != theirs.name.hasSuffix("o_proj"), "\(theirs.name)")
      #expect(ours.weight.values == theirs.weight.values)
    }
    #expect(read.configuration.fields["quantization_config"] == nil)
  }

  @Test(.enabled(if: Shared.exists, "needs ../shared"))
  func `matrices are rounded as bitsandbytes rounds them, and all else stays as it is`() throws {
    let base = Self.golden + "/llama-base"
    let wide = try ModelLoader.causal(base)
    let model = try ModelLoader.load(base, for: .causal, seed: 1, base: FourBitBase()).model
    let file = try Checkpoint(folder: Self.golden + "/llama-nf4")
    let maps = Set(model.linears.map { "\($0.name).weight" })
    for (parameter, other) in zip(model.parameters, wide.parameters) {
      #expect((parameter.tensor.fourBitValues != nil) == maps.contains(parameter.name))
      let expected =
        maps.contains(parameter.name) ? try file.tensor(parameter.name).values : other.tensor.values
      #expect(parameter.tensor.values == expected, "\(parameter.name)")
    }
    let bits = 8 * model.linears.reduce(0) { $0 + $1.weight.bytesHeld }
    let count = model.linears.reduce(0) { $0 + $1.weight.count }
    // The tables of matrices as small as these weigh more than their scales.
    #expect(bits < 9 * count && bits > 4 * count)
  }

  @Test(.enabled(if: Shared.exists, "needs ../shared"))
  func `a checkpoint in 4-bit numbers keeps them as they are`() throws {
    let folder = Self.golden + "/llama-nf4"
    let file = try Checkpoint(folder: folder)
    let model = try ModelLoader.load(
      folder, for: .causal, seed: 1, base: FourBitBase(.fp4, nested: false)
    ).model
    for map in model.linears {
      let stored = try file.fourBitValues("\(map.name).weight")
      #expect(map.weight.fourBitValues?.packed == stored?.packed)
      #expect(map.weight.fourBitValues?.table == FourBitCode.nf4.table)
    }
    let tokens = TokenBatch([[1, 5, 9, 33, 12], [4, 4, 7]])
    let wide = try ModelLoader.causal(folder).logits(.inference(), tokens).values
    let held = try #require(model as? any CausalLanguageModel).logits(.inference(), tokens).values
    #expect(distance(wide, held) < 1e-5)
    #expect(try ModelLoader.causal(folder).linears.allSatisfy { !isHeld($0) })
  }

  /// Files a model as transformers does with bitsandbytes: its linear maps in nf4, output by output.
  /// - Parameter wide: The end of the names of maps that stay wide.
  private func saveFourBit(_ model: any Model, wide: String? = nil, to folder: String) throws {
    try ModelLoader.save(model, to: folder)
    let maps = Dictionary(uniqueKeysWithValues: model.linears.map { ("\($0.name).weight", $0) })
    let file = try Checkpoint(folder: folder)
    let tensors = try file.tensors.flatMap { stored -> [SavedTensor] in
      let tensor = try file.tensor(stored.name)
      guard let map = maps[stored.name], wide.map({ !map.name.hasSuffix($0) }) ?? true else {
        return [SavedTensor(stored.name, tensor)]
      }
      let matrix = map.layout == .outputByInput ? tensor : tensor.transposed()
      return FourBitValues(matrix, .nf4, nested: true).tensors(stored.name, .nf4)
    }
    try SafetensorsWriter.write(tensors, to: "\(folder)/model.safetensors")
  }

  @Test func `what a checkpoint in 4-bit numbers holds wide stays wide, with updates too`() throws {
    let folder = try TemporaryFolder()
    let sizes = ModelSizes(vocabulary: 40, layers: 2, hidden: 32, heads: 4, positions: 32)
    let model = try ModelLoader.make("llama", sizes, for: .causal, seed: 5)
    let base = "\(folder.path)/base"
    try saveFourBit(model, wide: "o_proj", to: base)
    let held = try ModelLoader.load(base, for: .causal, seed: 1, base: FourBitBase()).model
    for (map, original) in zip(held.linears, model.linears) {
      #expect(isHeld(map) != map.name.hasSuffix("o_proj"), "\(map.name)")
      guard !isHeld(map) else { continue }
      #expect(map.weight.values == original.weight.values, "\(map.name)")
    }
    var options = LowRankOptions()
    options.targets = ModuleTargets(["all-linear"])
    let adapter = try LowRankAdapter(options, to: held, seed: 3)
    try AdapterFolder.save(adapter, of: held, base: base, to: "\(folder.path)/adapter")
    let read = try ModelLoader.causal("\(folder.path)/adapter")
    for (ours, theirs) in zip(held.linears, read.linears) {
      #expect(isHeld(ours) == isHeld(theirs) && ours.weight.values == theirs.weight.values)
    }
  }

  @Test func `updates stand on a GPT-2 in 4-bit numbers, which are held wide`() throws {
    let folder = try TemporaryFolder()
    let sizes = ModelSizes(vocabulary: 40, layers: 2, hidden: 32, heads: 4, positions: 32)
    let base = "\(folder.path)/base"
    try saveFourBit(ModelLoader.make("gpt2", sizes, for: .causal, seed: 5), to: base)
    let wide = try ModelLoader.causal(base)
    let held = try ModelLoader.load(base, for: .causal, seed: 1, base: FourBitBase()).model
    var options = LowRankOptions()
    options.targets = ModuleTargets(["all-linear"])
    let adapter = try LowRankAdapter(options, to: held, seed: 3)
    try AdapterFolder.save(adapter, of: held, base: base, to: "\(folder.path)/adapter")
    // As another program says it, which held them in 4 bits.
    var configuration = try ModelConfiguration(folder: "\(folder.path)/adapter")
    configuration.fields["quantization_config"] = [
      "quant_method": "bitsandbytes", "load_in_4bit": true, "bnb_4bit_quant_type": "nf4",
    ]
    try configuration.save(to: "\(folder.path)/adapter")
    let read = try ModelLoader.causal("\(folder.path)/adapter")
    #expect(wide.linears.count == 8 && read.linears.count == 8)
    let file = try Checkpoint(folder: base)
    for ((map, other), plain) in zip(zip(held.linears, read.linears), wide.linears) {
      #expect(!isHeld(map) && !isHeld(other), "\(map.name)")
      let expected = try #require(try file.fourBitValues("\(map.name).weight")).tensor()
      #expect(plain.weight.values == expected.transposed().values, "\(map.name)")
      #expect(map.weight.values == plain.weight.values, "\(map.name)")
      #expect(other.weight.values == plain.weight.values, "\(map.name)")
    }
  }

  @Test(arguments: ["bert", "gpt2", "t5"])
  func `other architectures compute with what their matrices are rounded to`(
    type: String
  ) throws {
    let folder = try TemporaryFolder()
    let task: ModelTask =
      type == "t5" ? .sequenceToSequence : .classification(labels: ["a", "b"])
    let sizes = ModelSizes(
      vocabulary: 50, layers: 2, hidden: 48, heads: 4, positions: 32, padding: 0, beginning: 1,
      end: 2)
    try ModelLoader.save(
      ModelLoader.make(type, sizes, for: task, seed: 5), to: folder.path)
    func model(_ base: FourBitBase?) throws -> any Model {
      try ModelLoader.load(folder.path, for: task, seed: 1, base: base).model
    }
    let (wide, held) = (try model(nil), try model(FourBitBase()))
    let wideNames = ["classifier", "pooler", "score", "DenseReluDense.wo"]
    for map in held.linears where !isHeld(map) {
      #expect(wideNames.contains { map.name.contains($0) }, "\(map.name)")
    }
    // transformers holds T5's in 32 bits: `_keep_in_fp32_modules`.
    #expect(held.linears.allSatisfy { !isHeld($0) || !$0.name.hasSuffix(".wo") })
    #expect(held.linears.contains(where: isHeld))
    for (map, other) in zip(wide.linears, held.linears) where isHeld(other) {
      #expect(other.weight.values != map.weight.values)
      map.weight.assign(other.weight)
    }
    let tokens = TokenBatch([[1, 5, 9, 33, 12], [4, 4, 7]])
    func scores(_ model: any Model) throws -> [Float] {
      if let model = model as? any SequenceClassifier {
        return model.logits(.inference(), tokens).values
      }
      let model = try #require(model as? any SequenceToSequenceModel)
      return model.encode(.inference(), tokens).values
    }
    #expect(try distance(scores(wide), scores(held)) < 1e-4)
  }

  @Test func `generation from a cache is that of the wide values`() throws {
    let folder = try TemporaryFolder()
    let sizes = ModelSizes(vocabulary: 40, layers: 2, hidden: 64, heads: 4, positions: 64)
    try ModelLoader.save(
      ModelLoader.make("llama", sizes, for: .causal, seed: 5), to: folder.path)
    let held = try ModelLoader.load(folder.path, for: .causal, seed: 1, base: FourBitBase()).model
    let wide = try ModelLoader.load(folder.path, for: .causal, seed: 1).model
    for (map, other) in zip(wide.linears, held.linears) { map.weight.assign(other.weight) }
    held.prepareForInference(weights: .fp32)
    #expect(held.linears.allSatisfy { isHeld($0) && !$0.weight.isPrepared })
    func states(_ model: any Model) throws -> [Float] {
      let model = try #require(model as? any CachedCausalLanguageModel)
      let (cache, tape) = (model.cache(sequences: 1, capacity: 8), Tape.inference())
      return ([[3, 9, 1], [4], [17]] as [[Int32]]).flatMap {
        model.hiddenStates(tape, TokenBatch([$0]), cache: cache).values
      }
    }
    #expect(try distance(states(wide), states(held)) < 1e-4)
  }
}
