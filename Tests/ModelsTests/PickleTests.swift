import Models
import Stages
import Tensors
import TestSupport
import Testing

/// State dicts of torch.save: read exactly, and nothing of them is executed.
struct PickleTests {
  @Test(
    .enabled(if: Shared.exists, "needs ../shared"), arguments: ["zip.pt", "legacy.pt"])
  func `views, shared storages and every type are read exactly`(name: String) throws {
    let folder = Shared.path("golden/train-formats/golden-pickle")
    let file = try PickleFile("\(folder)/\(name)")
    let expected = try SafetensorsFile("\(folder)/expected.safetensors")
    #expect(file.tensors.count == expected.tensors.count)
    for tensor in expected.tensors {
      #expect(file[tensor.name]?.shape == tensor.shape, "\(tensor.name)")
      #expect(file[tensor.name]?.format == tensor.format, "\(tensor.name)")
      let bytes = try file.numbers(tensor.name).bytes
      #expect(try bytes == expected.numbers(tensor.name).bytes, "\(tensor.name)")
      if tensor.format.kind == .real {
        #expect(try file.tensor(tensor.name).values == expected.tensor(tensor.name).values)
      } else {
        #expect(try file.integers(tensor.name) == expected.integers(tensor.name))
      }
    }
  }

  @Test(arguments: ["nested.pt", "nested-legacy.pt", "module-protocol-4.pt"])
  func `a state dict is found among other entries and under a wrapper`(name: String) throws {
    let file = try PickleFile(CheckpointFixture.path(name))
    let names = ["b.weight", "b.bias", "c", "b.turned", "c.half"]
    #expect(file.tensors.map(\.name) == names)
    let weight = CheckpointFixture.values(1, count: 24)
    #expect(try file.tensor("b.weight").values == weight)
    #expect(file["b.turned"]?.shape == [6, 4])
    let turned = (0..<24).map { weight[$0 % 4 * 6 + $0 / 4] }
    #expect(try file.tensor("b.turned").values == turned)
    #expect(try file.tensor("c").values == CheckpointFixture.values(2, count: 6))
    #expect(file["c.half"]?.format == .bf16)
  }

  @Test func `a storage without type takes that of its tensor`() throws {
    let file = try PickleFile(CheckpointFixture.path("untyped.pt"))
    #expect(try file.integers("words") == [1, 65535])
    let error = #expect(throws: ModelError.self) { try file.tensor("words") }
    #expect(error?.code == .unsupported)
  }

  @Test func `numbers of a big-endian machine are turned`() throws {
    let pickle = PickleBuilder().dictionary {
      $0.text("a").tensor("0", count: 4, shape: [2, 2], strides: [1, 2])
        .text("b").tensor("1", type: "ShortStorage", count: 2, shape: [2], strides: [1])
    }
    let floats: [Float] = [1, -2, 3.5, 4]
    let file = try TemporaryFile(
      zip([
        ("x/data.pkl", pickle.stopped), ("x/byteorder", Array("big".utf8)),
        ("x/data/0", floats.flatMap { littleEndian($0.bitPattern.byteSwapped) }),
        ("x/data/1", [1, 2, 0xFF, 0xFE]),
      ]))
    let opened = try PickleFile(file.path)
    #expect(try opened.tensor("a").values == [1, 3.5, -2, 4])
    #expect(try opened.integers("b") == [0x0102, -2])
  }

  @Test func `a model folder of pytorch_model.bin or its shards loads like safetensors`() throws {
    let source = try SafetensorsFile(Fixture.folder("tiny-bert") + "/model.safetensors")
    let tensors = try source.tensors.map { ($0.name, try source.tensor($0.name)) }
    let folder = try TemporaryFolder()
    let config = try FileReader.contents(Fixture.folder("tiny-bert") + "/config.json")
    try AtomicFile.write(config, to: folder.path + "/config.json")
    func logits(_ folder: String) throws -> [Float] {
      try ModelLoader.classifier(folder).logits(.inference(), TokenBatch([[3, 4, 5]])).values
    }
    let expected = try logits(Fixture.folder("tiny-bert"))
    try AtomicFile.write(torchFile(tensors), to: folder.path + "/pytorch_model.bin")
    #expect(try logits(folder.path) == expected)
    try Folders.remove(folder.path + "/pytorch_model.bin")
    var entries: [String] = []
    for (number, part) in [tensors.prefix(9), tensors.dropFirst(9)].enumerated() {
      let name = "pytorch_model-0000\(number + 1)-of-00002.bin"
      try AtomicFile.write(torchFile(Array(part)), to: "\(folder.path)/\(name)")
      entries += part.map { "\"\($0.0)\": \"\(name)\"" }
    }
    let index = "{\"weight_map\": {\(entries.joined(separator: ", "))}}"
    try folder.write(index, to: "pytorch_model.bin.index.json")
    #expect(try logits(folder.path) == expected)
    try Folders.remove(folder.path + "/pytorch_model.bin.index.json")
    try AtomicFile.write(torchFile(tensors), to: folder.path + "/best.pt")
    try folder.write("no model", to: "optimizer.pt")
    #expect(try logits(folder.path) == expected)
    #expect(try logits(folder.path + "/best.pt") == expected)
  }

  @Test func `of several formats in a folder the first of the list is taken`() throws {
    let folder = try TemporaryFolder()
    func file(_ name: String, _ bytes: [UInt8]) throws {
      try AtomicFile.write(bytes, to: "\(folder.path)/\(name)")
    }
    func value() throws -> Float? {
      let checkpoint = try Checkpoint(folder: folder.path)
      return try checkpoint.tensor(checkpoint.tensors[0].name).values.first
    }
    try file("a.gguf", FileReader.contents(CheckpointFixture.path("gpt2.gguf")))
    #expect(try Checkpoint(folder: folder.path).path == folder.path + "/a.gguf")
    try file("a.pth", torchFile([("a", Tensor([4]))]))
    #expect(try value() == 4)
    try file("x.bin", torchFile([("a", Tensor([3]))]))
    try folder.write(#"{"weight_map": {"a": "x.bin"}}"#, to: "pytorch_model.bin.index.json")
    #expect(try value() == 3)
    try file("pytorch_model.bin", torchFile([("a", Tensor([2]))]))
    #expect(try value() == 2)
    try SafetensorsWriter.write([("a", Tensor([1]))], to: folder.path + "/x.safetensors")
    try folder.write(#"{"weight_map": {"a": "x.safetensors"}}"#, to: "model.safetensors.index.json")
    #expect(try value() == 1)
    try SafetensorsWriter.write([("a", Tensor([0]))], to: folder.path + "/model.safetensors")
    #expect(try value() == 0)
  }

  @Test func `a folder of several files of weights asks for one`() throws {
    let folder = try TemporaryFolder()
    try folder.write("", to: "a.pt")
    try folder.write("", to: "b.pth")
    let error = #expect(throws: ModelError.self) { try Checkpoint(folder: folder.path) }
    #expect(error?.description.contains("a.pt, b.pth") == true)
    let empty = try TemporaryFolder()
    try empty.write("", to: "tf_model.h5")
    let missing = #expect(throws: ModelError.self) { try Checkpoint(folder: empty.path) }
    #expect(missing?.code == .notFound)
    #expect(missing?.description.contains("tf_model.h5") == true)
  }
}
