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
}
