import Models
import Records
import Stages
import Tensors
import TestSupport
import Testing

/// 4-bit matrices: the same bits as bitsandbytes, read and written.
struct FourBitTests {
  /// Checks numbers, scales and values of a matrix against what bitsandbytes filed.
  private func compare(
    _ file: SafetensorsFile, weight: String, packed: String, parts: String, values: String?,
    _ code: FourBitCode, nested: Bool
  ) throws {
    let made = FourBitValues(try file.tensor(weight), code, nested: nested)
    #expect(try made.packed == file.numbers(packed).bytes)
    switch made.scales {
    case .plain(let scales): #expect(try scales == file.tensor(parts + ".absmax").values)
    case .nested(let scales):
      #expect(try scales.codes == file.numbers(parts + ".absmax").bytes)
      #expect(try scales.scales == file.tensor(parts + ".nested_absmax").values)
      let state = try file.numbers("\(parts).quant_state.bitsandbytes__\(code.rawValue)").bytes
      let offset = try JSONValue.parse(state)["nested_offset"]?.double
      #expect(Double(scales.offset) == offset)
    }
    if let values {
      #expect(try made.tensor().values == file.tensor(values).values)
    }
    let saved = made.tensors("m", code)
    let state = try #require(saved.last)
    let expected = try file.numbers("\(parts).quant_state.bitsandbytes__\(code.rawValue)").bytes
    let folder = try TemporaryFolder()
    try SafetensorsWriter.write(saved, to: folder.path + "/m.safetensors")
    let written = try SafetensorsFile(folder.path + "/m.safetensors")
    #expect(try written.numbers(state.name).bytes == expected)
    let read = try Checkpoint(folder: folder.path + "/m.safetensors")
    #expect(read.tensors.map(\.name) == ["m"])
    #expect(try read.tensor("m").values == made.tensor().values)
    #expect(read["m"]?.shape == made.shape)
  }

  @Test(.enabled(if: Shared.exists, "needs ../shared"), arguments: FourBitCode.allCases)
  func `the reference matrix gives the reference bits`(code: FourBitCode) throws {
    let file = try SafetensorsFile(Shared.path("golden/train-formats/golden-nf4/nf4.safetensors"))
    for (form, nested) in [("sq", false), ("dq", true)] {
      let key = "\(code.rawValue)_\(form)"
      try compare(
        file, weight: "w", packed: key + ".packed", parts: key, values: key + ".deq", code,
        nested: nested)
      #expect(try code.table == file.tensor(key + ".quant_map").values)
    }
    let made = FourBitValues(try file.tensor("w"), code, nested: true)
    guard case .nested(let scales) = made.scales else { return }
    #expect(try scales.table == file.tensor("nf4_dq.nested_quant_map").values)
  }

  @Test(arguments: FourBitCode.allCases, ["odd", "even"])
  func `odd counts, zeros and short blocks give the same bits`(
    code: FourBitCode, name: String
  ) throws {
    let file = try SafetensorsFile(CheckpointFixture.path("fourbit.safetensors"))
    for nested in [false, true] {
      let key = "\(name).\(code.rawValue).\(nested ? "nested" : "plain")"
      try compare(
        file, weight: name, packed: key, parts: key, values: nested ? key + ".values" : nil, code,
        nested: nested)
    }
  }

  @Test func `values that were saved from 16 bits are rounded to these`() throws {
    let checkpoint = try Checkpoint(folder: CheckpointFixture.path("fourbit.safetensors"))
    #expect(checkpoint["half.weight"]?.shape == [7, 37])
    #expect(checkpoint["half.weight.absmax"] == nil)
    let expected = try checkpoint.tensor("half.values")
    #expect(try checkpoint.tensor("half.weight").values == expected.values)
    #expect(try checkpoint.fourBitValues("half.weight")?.blockSize == 64)
    #expect(try checkpoint.fourBitValues("half.values") == nil)
  }

  @Test func `the mean of the scales is added as PyTorch adds`() throws {
    let means = try JSONValue.parse(FileReader.contents(CheckpointFixture.path("means.json")))
    for member in try #require(means.object).members {
      let count = try #require(Int(member.key))
      let scales = (0..<count).map { Float($0 * 7919 % 1000 + 1) / 997 }
      let tensor = Tensor(scales.flatMap { [$0, 0] })
      let made = FourBitValues(tensor, .nf4, blockSize: 2, nested: true)
      guard case .nested(let nested) = made.scales else { continue }
      #expect(Double(nested.offset) == member.value.double, "\(count) scales")
    }
  }

  @Test(.enabled(if: Shared.exists, "needs ../shared"))
  func `a model folder of bitsandbytes reads as its own rounding of the base`() throws {
    let root = Shared.path("golden/train-formats/golden-nf4")
    let base = try Checkpoint(folder: root + "/llama-base")
    let folder = try Checkpoint(folder: root + "/llama-nf4")
    #expect(Set(base.tensors.map(\.name)) == Set(folder.tensors.map(\.name)))
    var count = 0
    for tensor in base.tensors {
      #expect(folder[tensor.name]?.shape == tensor.shape, "\(tensor.name)")
      let values = try base.tensor(tensor.name)
      let isFourBit = try folder.fourBitValues(tensor.name) != nil
      count += isFourBit ? 1 : 0
      let expected = isFourBit ? FourBitValues(values, .nf4, nested: true).tensor() : values
      #expect(try folder.tensor(tensor.name).values == expected.values, "\(tensor.name)")
    }
    #expect(count == 14)
  }

  @Test func `parts that are missing or do not fit are errors`() throws {
    let tensor = Tensor((0..<200).map { Float($0) / 100 - 1 }, shape: [10, 20])
    let good = FourBitValues(tensor, .nf4, nested: true).tensors("m", .nf4)
    func fault(_ change: ([SavedTensor]) -> [SavedTensor]) throws -> ModelError {
      let folder = try TemporaryFolder()
      let path = folder.path + "/m.safetensors"
      try SafetensorsWriter.write(change(good), to: path)
      return try #require(
        #expect(throws: ModelError.self) { try Checkpoint(folder: path).tensor("m") })
    }
    for part in good where part.name != "m" && !part.name.contains("quant_state") {
      #expect(try fault { $0.filter { $0.name != part.name } }.description.contains(part.name))
    }
    #expect(try fault { $0.filter { $0.name != "m" } }.code == .mismatch)
    func state(_ text: String) -> ([SavedTensor]) -> [SavedTensor] {
      { parts in
        parts.dropLast() + [
          SavedTensor(
            "m.quant_state.bitsandbytes__nf4", bytes: Array(text.utf8), shape: [text.utf8.count])
        ]
      }
    }
    for text in [
      "", "{}", "[1", #"{"shape": [10, 20]}"#, #"{"shape": [-10, -20], "blocksize": 64}"#,
      #"{"shape": [10, 20], "blocksize": 0}"#, #"{"shape": [10, 20], "blocksize": 63}"#,
      #"{"shape": [9223372036854775807, 2], "blocksize": 64}"#,
      #"{"shape": [10, 20], "blocksize": 9223372036854775806}"#,
      #"{"shape": [10, 20], "blocksize": 32, "nested_offset": 0}"#,
      #"{"shape": [10, 20], "blocksize": 64}"#,
      #"{"shape": [10, 20], "blocksize": 64, "nested_offset": 0, "nested_blocksize": 0}"#,
      #"{"shape": [10, 20], "blocksize": 64, "nested_offset": 0, "dtype": "int8"}"#,
    ] {
      #expect(try fault(state(text)).code == .corrupt, "\(text)")
    }
  }
}
