import Models
import Records
import Stages
import Tensors
import TestSupport
import Testing

/// Names, shards and mismatches of checkpoints.
struct CheckpointTests {
  private let labels = ["ear", "eye", "skin"]

  /// The tensors of a fixture's checkpoint under other names.
  private func tensors(
    _ name: String, rename: (String) -> String?
  ) throws -> [(name: String, tensor: Tensor)] {
    let file = try SafetensorsFile(Fixture.folder(name) + "/model.safetensors")
    return try file.tensors.compactMap { stored in
      try rename(stored.name).map { ($0, try file.tensor(stored.name)) }
    }
  }

  private func folder(
    _ name: String, _ tensors: [(name: String, tensor: Tensor)]
  ) throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    try AtomicFile.write(
      FileReader.contents(Fixture.folder(name) + "/config.json"), to: folder.path + "/config.json")
    try SafetensorsWriter.write(tensors, to: folder.path + "/model.safetensors")
    return folder
  }

  private func logits(_ folder: String) throws -> [Float] {
    try ModelLoader.classifier(folder).logits(.inference(), TokenBatch([[3, 4, 5]])).values
  }

  @Test func `names without the base prefix, with old norms and with buffers load alike`() throws {
    let bare = try tensors("tiny-bert") { name in
      let bare = name.hasPrefix("bert.") ? String(name.dropFirst(5)) : name
      if bare.hasSuffix("LayerNorm.weight") { return bare.dropLast(6) + "gamma" }
      if bare.hasSuffix("LayerNorm.bias") { return bare.dropLast(4) + "beta" }
      return bare
    }
    let extra = [
      ("embeddings.position_ids", Tensor([0, 1])), ("cls.predictions.bias", Tensor([1])),
    ]
    let folder = try folder("tiny-bert", bare + extra)
    #expect(try logits(folder.path) == logits(Fixture.folder("tiny-bert")))
  }

  @Test func `shards named by an index load as one`() throws {
    let all = try tensors("tiny-bert") { $0 }
    let folder = try folder("tiny-bert", [])
    try Folders.remove(folder.path + "/model.safetensors")
    var map = JSONObject()
    for (number, part) in [all.prefix(20), all.dropFirst(20)].enumerated() {
      let name = "model-0000\(number + 1)-of-00002.safetensors"
      try SafetensorsWriter.write(Array(part), to: "\(folder.path)/\(name)")
      for (tensor, _) in part { map[tensor] = .string(name) }
    }
    let index = folder.path + "/model.safetensors.index.json"
    let json: JSONValue = ["metadata": ["total_size": 1], "weight_map": .object(map)]
    try AtomicFile.write(json.text.utf8, to: index)
    #expect(try logits(folder.path) == logits(Fixture.folder("tiny-bert")))
    map["bert.extra"] = "model-00001-of-00002.safetensors"
    try AtomicFile.write(
      JSONValue.object(["weight_map": .object(map)]).text.utf8, to: index)
    let error = #expect(throws: ModelError.self) { try logits(folder.path) }
    #expect(error?.description.contains("bert.extra") == true)
  }

  @Test func `new classes get a new head that depends on the seed alone`() throws {
    func head(_ labels: [String], _ seed: UInt64) throws -> [Float] {
      let loaded = try ModelLoader.load(
        Fixture.folder("tiny-bert"), for: .classification(labels: labels), seed: seed)
      return try #require(loaded.model.parameters.first { $0.name == "classifier.weight" })
        .tensor.values
    }
    let kept = try head(["skin", "ear", "eye"], 1)
    #expect(kept == (try head(labels, 2)))
    let fresh = try head(["a", "b", "c", "d", "e"], 1)
    #expect(fresh.count == 5 * 16)
    #expect(fresh == (try head(["a", "b", "c", "d", "e"], 1)))
    #expect(fresh != (try head(["a", "b", "c", "d", "e"], 2)))
    let deviation = (fresh.map { $0 * $0 }.reduce(0, +) / 80).squareRoot()
    #expect(abs(deviation - 0.02) < 0.006)
  }

  @Test func `a checkpoint of another model is refused with the names that differ`() throws {
    let folder = try folder("tiny-bert", tensors("tiny-gpt2") { $0 })
    let error = try #require(
      #expect(throws: ModelError.self) {
        try ModelLoader.load(folder.path, for: .classification(labels: labels), seed: 0)
      })
    #expect(error.code == .mismatch)
    #expect(error.description.contains("lacks bert.embeddings.word_embeddings.weight"))
    #expect(error.description.contains("holds in excess transformer.h.0.attn.c_attn.bias"))
    #expect(error.description.contains(folder.path))
  }

  @Test func `a deeper checkpoint and other shapes are refused`() throws {
    let deeper =
      try tensors("tiny-bert") { $0 } + [
        ("bert.encoder.layer.2.output.dense.bias", Tensor([0]))
      ]
    let deeperFolder = try folder("tiny-bert", deeper)
    var error = try #require(
      #expect(throws: ModelError.self) { try logits(deeperFolder.path) })
    #expect(error.description.contains("holds in excess bert.encoder.layer.2.output.dense.bias"))
    let name = "bert.embeddings.word_embeddings.weight"
    let wider =
      try tensors("tiny-bert") { $0 == name ? nil : $0 } + [
        (name, Tensor(shape: [60, 16]))
      ]
    let widerFolder = try folder("tiny-bert", wider)
    error = try #require(#expect(throws: ModelError.self) { try logits(widerFolder.path) })
    #expect(error.description.contains("\(name) has the shape [60, 16], not [61, 16]"))
  }

  @Test func `a corrupt checkpoint is refused when the model loads`() throws {
    let folder = try folder("tiny-bert", [])
    try AtomicFile.write([1, 2, 3] as [UInt8], to: folder.path + "/model.safetensors")
    let error = #expect(throws: ModelError.self) { try logits(folder.path) }
    #expect(error?.code == .corrupt)
  }
}
