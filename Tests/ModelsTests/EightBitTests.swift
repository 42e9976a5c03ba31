import Models
import Records
import Stages
import Tensors
import TestSupport
import Testing

/// 8-bit matrices: the integers and scales of bitsandbytes, read and written.
struct EightBitTests {
  private let file: SafetensorsFile

  init() throws { file = try SafetensorsFile(CheckpointFixture.path("eightbit.safetensors")) }

  private func integers(_ name: String) throws -> [Int8] {
    try file.numbers(name).bytes.map { Int8(bitPattern: $0) }
  }

  @Test(arguments: ["odd", "even"])
  func `rows have the integers, scales and values of bitsandbytes`(name: String) throws {
    let made = EightBitRows(try file.tensor(name + ".matrix"))
    #expect(try made.integers == integers(name + ".integers"))
    #expect(try made.scales == file.tensor(name + ".scales").values)
    #expect(try made.tensor().values == file.tensor(name + ".values").values)
  }

  @Test func `a map is filed as bitsandbytes files it, and read`() throws {
    let rows = EightBitRows(try file.tensor("odd.matrix").rounded(to: .float16))
    let folder = try TemporaryFolder()
    let path = folder.path + "/m.safetensors"
    try SafetensorsWriter.write(rows.tensors("map"), to: path, half: .float16)
    let written = try SafetensorsFile(path)
    for name in ["map.weight", "map.SCB", "map.weight_format"] {
      #expect(written[name]?.format == file[name]?.format)
      #expect(written[name]?.shape == file[name]?.shape)
      #expect(try written.numbers(name).bytes == file.numbers(name).bytes, "\(name)")
    }
    let read = try Checkpoint(folder: path)
    #expect(read.tensors.map(\.name) == ["map.weight"])
    #expect(try read.tensor("map.weight").values == rows.tensor().values)
  }

  @Test func `parts that do not fit are errors`() throws {
    let folder = try TemporaryFolder()
    let rows = EightBitRows(rows: 2, columns: 3, integers: [1, -2, 3, 4, 5, 6], scales: [1, 2])
    func open(_ change: (inout [SavedTensor]) -> Void) throws {
      var tensors = rows.tensors("map")
      change(&tensors)
      let path = folder.path + "/m.safetensors"
      try SafetensorsWriter.write(tensors, to: path)
      _ = try Checkpoint(folder: path).tensor("map.weight")
    }
    try open { _ in }
    let wide = Tensor([1, 2, 3, 4, 5, 6], shape: [2, 3])
    let faults: [(ModelError.Code, (inout [SavedTensor]) -> Void)] = [
      (.corrupt, { $0.remove(at: 0) }),
      (.corrupt, { $0[1] = SavedTensor("map.SCB", Tensor([1, 2, 3])) }),
      (.corrupt, { $0[0] = SavedTensor("map.weight", wide) }),
      (.unsupported, { $0[2] = SavedTensor("map.weight_format", bytes: [1], shape: []) }),
      (.unsupported, { $0.remove(at: 1) }),
    ]
    for (number, (code, change)) in faults.enumerated() {
      let error = #expect(throws: ModelError.self) { try open(change) }
      #expect(error?.code == code, "fault \(number)")
    }
  }

  @Test func `a model saved in 8 bits is near itself, and what is saved of it is wide`() throws {
    let sizes = ModelSizes(
      vocabulary: 60, layers: 2, hidden: 32, heads: 4, feedForward: 64, positions: 24, padding: 1,
      end: 0)
    let model = try ModelLoader.make("marian", sizes, for: .sequenceToSequence, seed: 5)
    let folder = try TemporaryFolder()
    try MergedModel(model).saveEightBit(to: folder.path + "/small")
    let small = try ModelLoader.sequenceToSequence(folder.path + "/small")
    var narrow = 0
    // Places are computed, whatever the file says.
    for (wide, read) in zip(model.parameters, small.parameters)
    where !wide.name.contains("embed_positions") {
      #expect(wide.name == read.name)
      let isMap = model.linears.contains { "\($0.name).weight" == wide.name }
      narrow += isMap ? 1 : 0
      let expected =
        isMap ? EightBitRows(wide.tensor).tensor() : wide.tensor.rounded(to: .float16)
      #expect(read.tensor.values == expected.values, "\(wide.name)")
    }
    #expect(narrow == 2 * 6 + 2 * 10)
    let written = try JSONValue.parse(FileReader.contents(folder.path + "/small/config.json"))
    #expect(written["quantization_config"]?["load_in_8bit"] == true)
    try ModelLoader.save(small, to: folder.path + "/wide")
    let wide = try JSONValue.parse(FileReader.contents(folder.path + "/wide/config.json"))
    #expect(wide["quantization_config"] == nil)
  }

  @Test func `integers made again of values are the same`() throws {
    let rows = EightBitRows(try file.tensor("even.matrix"))
    #expect(EightBitRows(rows.tensor()).integers == rows.integers)
  }

  @Test(arguments: [Float.nan, .infinity, -.infinity])
  func `a row with a value that is no number has integers`(odd: Float) {
    let row: [Float] = [odd, 1, -2, 0.5]
    let rows = EightBitRows(Tensor(row + [1, -2, 0.5, 0], shape: [2, 4]))
    #expect(rows.integers == (odd.isNaN ? [0, 64, -127, 32] : [0, 0, 0, 0]) + [64, -127, 32, 0])
    #expect(rows.scales == [odd.isNaN ? 2 : .infinity, 2])
  }

  @Test func `rows too small for a quotient are zeros`() {
    let tiny = Float.leastNonzeroMagnitude
    let small: [Float] = [tiny, -tiny, tiny * 1000, 0, 1e-37, 0, 0, -1e-37, 1e-35, 0, 0, -1e-35]
    let rows = EightBitRows(Tensor(small, shape: [3, 4]))
    #expect(rows.integers == [0, 0, 0, 0, 0, 0, 0, 0, 127, 0, 0, -127])
    #expect(rows.tensor().values.allSatisfy { $0.isFinite })
  }
}

/// Whole models in 8 bits, against those that transformers saves with bitsandbytes:
/// `Scripts/models_eight_bit_fixtures.py`.
struct EightBitModelTests {
  private static let tasks: [String: ModelTask] = ["gpt2": .causal, "t5": .sequenceToSequence]

  private func load(_ folder: String, _ name: String) throws -> any Model {
    try ModelLoader.load(folder, for: #require(Self.tasks[name]), seed: 0).model
  }

  /// The scores of the fixture's tokens.
  private func scores(_ model: any Model, _ name: String) throws -> [Float] {
    let reference = try Fixture.reference("eightbit-\(name)")
    let batch = TokenBatch(try reference.rows("input_ids"))
    guard let model = model as? any SequenceToSequenceModel else {
      return try model.outputs(batch).values
    }
    let tape = Tape.inference()
    let hidden = model.decode(
      tape, TokenBatch(try reference.rows("decoder_input_ids")),
      encoded: model.encode(tape, batch), source: batch.layout)
    return model.scores(tape, hidden: hidden).values
  }

  @Test(arguments: ["gpt2", "t5"])
  func `a model that transformers saved in 8 bits gives the same scores`(name: String) throws {
    let model = try load(Fixture.folder("eightbit-\(name)"), name)
    let expected = try Fixture.reference("eightbit-\(name)").floats("logits")
    #expect(try distance(scores(model, name), expected) < 1e-4)
  }

  @Test(arguments: ["gpt2", "t5"])
  func `a model is saved in 8 bits as transformers saves it`(name: String) throws {
    let folder = try TemporaryFolder()
    let wide = try load(Fixture.folder("tiny-\(name)"), name)
    try MergedModel(wide).saveEightBit(to: folder.path)
    let ours = try SafetensorsFile(folder.path + "/model.safetensors")
    let theirs = try SafetensorsFile(Fixture.folder("eightbit-\(name)") + "/model.safetensors")
    #expect(Set(ours.tensors.map(\.name)) == Set(theirs.tensors.map(\.name)))
    for tensor in theirs.tensors {
      #expect(ours[tensor.name]?.shape == tensor.shape, "\(tensor.name)")
      // There in 32 bits, and read in any.
      guard !tensor.name.hasSuffix(".wo.weight") else { continue }
      #expect(ours[tensor.name]?.format == tensor.format, "\(tensor.name)")
      guard tensor.format == .i8 else { continue }
      // There rounded to 16 bits first.
      let bytes = try (ours.numbers(tensor.name).bytes, theirs.numbers(tensor.name).bytes)
      let steps = zip(bytes.0, bytes.1).map {
        abs(Int(Int8(bitPattern: $0)) - Int(Int8(bitPattern: $1)))
      }
      #expect(steps.allSatisfy { $0 <= 1 } && steps.count { $0 == 1 } * 20 < steps.count)
    }
    let again = try load(folder.path, name)
    #expect(try distance(scores(again, name), scores(wide, name)) < 0.1)
    #expect(try scores(again, name) != scores(wide, name))
  }

  @Test func `outputs over the vocabulary stay wide, and the file says which`() throws {
    let sizes = ModelSizes(
      vocabulary: 60, layers: 1, hidden: 32, heads: 4, feedForward: 64, positions: 24, padding: 1,
      end: 0)
    let wide: [(type: String, task: ModelTask, names: Set<String>)] = [
      ("roberta", .masked, ["lm_head.dense"]), ("gptj", .causal, []), ("bert", .masked, []),
      (
        "t5", .sequenceToSequence,
        [
          "encoder.block.0.layer.1.DenseReluDense.wo", "decoder.block.0.layer.2.DenseReluDense.wo",
        ]
      ),
    ]
    for (type, task, names) in wide {
      let model = try ModelLoader.make(type, sizes, for: task, seed: 5)
      let folder = try TemporaryFolder()
      try MergedModel(model).saveEightBit(to: folder.path)
      let file = try SafetensorsFile(folder.path + "/model.safetensors")
      for map in model.linears {
        let format: NumberFormat = names.contains(map.name) ? .f16 : .i8
        #expect(file["\(map.name).weight"]?.format == format, "\(map.name)")
      }
      let json = try JSONValue.parse(FileReader.contents(folder.path + "/config.json"))
      let skipped = try #require(json["quantization_config"]?["llm_int8_skip_modules"]?.array)
      for name in ["lm_head", "wo", "output_projection", "cls.predictions.decoder"] {
        #expect(skipped.contains(.string(name)))
      }
    }
  }

  @Test func `values that 16 bits cannot hold are refused`() throws {
    let sizes = ModelSizes(vocabulary: 60, layers: 1, hidden: 32, heads: 4, positions: 24)
    let faults: [(Float, String, remedy: String)] = [
      (65_504, "transformer.wte.weight", ""), (70_000, "transformer.h.0.mlp.c_fc.weight", ""),
      (65_505, "transformer.wte.weight", "fp32"), (-1e6, "transformer.h.0.ln_1.bias", "fp32"),
      (.nan, "transformer.h.0.mlp.c_fc.weight", "learning-rate"),
      (.infinity, "transformer.wpe.weight", "learning-rate"),
    ]
    for (value, name, remedy) in faults {
      let model = try ModelLoader.make("gpt2", sizes, for: .causal, seed: 5)
      let parameter = try #require(model.parameters.first { $0.name == name })
      parameter.tensor.withMutableValues { $0[3] = value }
      let folder = try TemporaryFolder()
      func save() throws { try MergedModel(model).saveEightBit(to: folder.path + "/m") }
      if remedy.isEmpty {
        try save()
      } else {
        let error = #expect(throws: ModelError.self) { try save() }
        let text = "\(error.map { "\($0)" } ?? "")"
        #expect(text.contains(name) && text.contains(remedy), "\(text)")
        #expect(!Folders.exists(folder.path + "/m"))
      }
    }
  }
}
