import Models
import Records
import Stages
import Tensors
import TestSupport
import Testing

/// Files in Hugging Face's layout: precisions, shards, ties.
struct WriterTests {
  private let tensors = [
    SavedTensor("c", Tensor([1, -2, 0.1, 3e-8], shape: [2, 2])),
    SavedTensor("a", Tensor([7, 8, 9])), SavedTensor("b", Tensor([65504, 1e-5, 3, 4, 5])),
  ]

  @Test func `16-bit files hold rounded values and load as these`() throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/m.safetensors"
    try SafetensorsWriter.write(tensors, to: path, half: .bfloat16)
    var file = try SafetensorsFile(path)
    #expect(file.tensors.map(\.format) == [.bf16, .bf16, .bf16])
    #expect(try file.tensor("c").values == [1, -2, 0.10009765625, 3.003515303134918e-08])
    try SafetensorsWriter.write(tensors, to: path, half: .float16)
    file = try SafetensorsFile(path)
    #expect(file.tensors.map(\.format) == [.f16, .f16, .f16])
    #expect(try file.tensor("c").values == [1, -2, 0.099975586, 5.9604645e-08])
    #expect(try file.tensor("b").values[0] == 65504)
  }

  @Test func `bytes stand behind wider numbers so that all are aligned`() throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/m.safetensors"
    try SafetensorsWriter.write(
      [SavedTensor("a", bytes: [1, 2, 3], shape: [3]), SavedTensor("z", Tensor([5]))], to: path)
    let file = try SafetensorsFile(path)
    #expect(file.tensors.map(\.name) == ["z", "a"])
    #expect(try file.integers("a") == [1, 2, 3])
  }

  @Test func `shards keep the order of the tensors and are named by an index`() throws {
    let folder = try TemporaryFolder()
    try SafetensorsWriter.write(tensors, into: folder.path)
    #expect(try Folders.list(folder.path) == ["model.safetensors"])
    try SafetensorsWriter.write(tensors, into: folder.path, limit: 28)
    #expect(
      try Folders.list(folder.path).sorted() == [
        "model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors",
        "model.safetensors.index.json",
      ])
    let index = try JSONValue.parse(
      FileReader.contents(folder.path + "/model.safetensors.index.json"))
    #expect(index["metadata"]?["total_size"]?.int == 48)
    #expect(index["metadata"]?["total_parameters"]?.int == 12)
    #expect(
      index["weight_map"]?.object?.members.map { "\($0.key) \($0.value.string ?? "")" } == [
        "a model-00001-of-00002.safetensors", "b model-00002-of-00002.safetensors",
        "c model-00001-of-00002.safetensors",
      ])
    let checkpoint = try Checkpoint(folder: folder.path)
    #expect(try checkpoint.tensor("b").values == [65504, 1e-5, 3, 4, 5])
    #expect(checkpoint.tensors.count == 3)
    try SafetensorsWriter.write(tensors, into: folder.path, half: .bfloat16, limit: 1)
    #expect(try Folders.list(folder.path).count == 4)
    try SafetensorsWriter.write(tensors, into: folder.path)
    #expect(try Folders.list(folder.path) == ["model.safetensors"])
    #expect(try Checkpoint(folder: folder.path).tensor("a").values == [7, 8, 9])
  }

  @Test func `a tensor of two names is written once, under the first`() throws {
    let folder = try TemporaryFolder()
    let tied = Tensor([1, 2])
    try SafetensorsWriter.write(
      [SavedTensor("wte", tied), SavedTensor("lm_head", tied)], into: folder.path)
    #expect(try Checkpoint(folder: folder.path).tensors.map(\.name) == ["wte"])
  }

  @Test func `a model saved in shards of 16 bits loads as the rounded model`() throws {
    let model = try ModelLoader.classifier(Fixture.folder("tiny-bert"))
    let folder = try TemporaryFolder()
    try ModelLoader.save(model, to: folder.path, half: .bfloat16, limit: 4000)
    #expect(try ModelConfiguration(folder: folder.path).fields["dtype"]?.string == "bfloat16")
    let loaded = try ModelLoader.classifier(folder.path)
    #expect(try Folders.list(folder.path).count > 3)
    for (original, copy) in zip(model.parameters, loaded.parameters) {
      #expect(original.name == copy.name)
      let rounded = original.tensor.halfPrecision(.bfloat16).map {
        Float(bitPattern: UInt32($0) << 16)
      }
      #expect(copy.tensor.values == rounded, "\(copy.name)")
    }
  }
}
