import Foundation
import Models
import Records
import Stages
import Tensors
import TestSupport
import Testing

/// Files of llama.cpp: metadata, number formats, and models under Hugging Face's names.
struct GGUFTests {
  @Test(.enabled(if: Shared.exists, "needs ../shared"))
  func `metadata of every kind and tensors are read`() throws {
    let file = try GGUFFile(Shared.path("golden/train-formats/golden-gguf/tiny.gguf"))
    #expect(file.keys.first == "general.architecture")
    #expect(file.value("general.architecture")?.text == "llama")
    #expect(file.value("llama.context_length")?.integer == 64)
    #expect(file.value("x.s")?.text == "héllo")
    #expect(file.value("x.arr") == .array([.integer(1), .integer(2), .integer(3)]))
    #expect(file.value("tokenizer.ggml.tokens") == .array([.text("<s>"), .text("a"), .text("好")]))
    #expect(file.value("none") == nil)
    let expected = try SafetensorsFile(
      Shared.path("golden/train-formats/golden-gguf/quants.safetensors"))
    #expect(file.tensors.map(\.name) == ["a", "b"])
    #expect(file["a"]?.shape == [4, 512])
    #expect(try file.tensor("a").values == expected.tensor("w").values)
    #expect(file["b"]?.format == .q8_0)
    #expect(try file.tensor("b").values == expected.tensor("Q8_0.deq").values)
  }

  @Test(
    .enabled(if: Shared.exists, "needs ../shared"),
    arguments: ["F16", "BF16", "Q4_0", "Q4_1", "Q5_0", "Q5_1", "Q8_0"])
  func `every format of the reference collection is widened exactly`(name: String) throws {
    try compare(
      SafetensorsFile(Shared.path("golden/train-formats/golden-gguf/quants.safetensors")), name,
      values: "deq")
  }

  @Test(arguments: ["Q4_0", "Q4_1", "Q5_0", "Q5_1", "Q8_0", "Q4_K", "Q5_K", "Q6_K"])
  func `random blocks and subnormal scales are widened exactly`(name: String) throws {
    try compare(
      SafetensorsFile(CheckpointFixture.path("blocks.safetensors")), name, values: "values")
  }

  private func compare(_ file: SafetensorsFile, _ name: String, values: String) throws {
    let format = try #require(NumberFormat(rawValue: name))
    let expected = try file.tensor("\(name).\(values)")
    let bytes = try file.numbers("\(name).bytes").bytes
    let gguf = try TemporaryFile(
      GGUFBuilder(tensors: [("t", expected.shape, format, bytes)]).bytes)
    let opened = try GGUFFile(gguf.path)
    #expect(opened["t"]?.shape == expected.shape)
    #expect(try opened.tensor("t").values.map(\.bitPattern) == expected.values.map(\.bitPattern))
  }

  @Test(arguments: ["llama", "qwen2", "gpt2", "bert"])
  func `a model has Hugging Face's names, shapes, order of rows and sizes`(name: String) throws {
    let shapes = try #require(
      try JSONValue.parse(FileReader.contents(CheckpointFixture.path("gguf-shapes.json")))[name]?
        .object)
    let model = try GGUFModel(CheckpointFixture.path("\(name).gguf"))
    let names = shapes.members.map(\.key)
    #expect(Set(model.tensors.map(\.name)) == Set(names))
    for (place, member) in shapes.members.enumerated() {
      let shape = member.value.array?.compactMap(\.int) ?? []
      #expect(model[member.key]?.shape == shape, "\(member.key)")
      let count = shape.reduce(1, *)
      #expect(
        try model.tensor(member.key).values == CheckpointFixture.values(place, count: count),
        "\(member.key)")
    }
    let fields = model.configuration.fields
    #expect(fields["model_type"]?.string == name)
    #expect(fields["vocab_size"]?.int == 10)
    #expect(fields["bos_token_id"]?.int == 1 && fields["eos_token_id"]?.int == 2)
    #expect(fields["tie_word_embeddings"]?.bool == (name != "llama"))
    switch name {
    case "gpt2":
      #expect(fields["n_embd"]?.int == 8 && fields["n_inner"]?.int == 32)
      #expect(fields["layer_norm_epsilon"]?.double == 1e-5)
    case "bert":
      #expect(fields["type_vocab_size"]?.int == 2 && fields["layer_norm_eps"]?.double == 1e-12)
    default:
      #expect(fields["num_key_value_heads"]?.int == 1 && fields["intermediate_size"]?.int == 12)
      #expect(fields["rms_norm_eps"]?.double == (name == "llama" ? 1e-5 : 1e-6))
      #expect(fields["head_dim"]?.int == (name == "llama" ? 4 : nil))
    }
  }

  @Test func `a file and a folder that holds only it load as a model`() throws {
    let path = CheckpointFixture.path("gpt2.gguf")
    let model = try ModelLoader.causal(path)
    let logits = model.logits(.inference(), TokenBatch([[1, 2, 3]])).values
    #expect(logits.count == 30 && logits.allSatisfy(\.isFinite))
    let folder = try TemporaryFolder()
    try AtomicFile.write(FileReader.contents(path), to: folder.path + "/any.gguf")
    let other = try ModelLoader.causal(folder.path)
    #expect(other.logits(.inference(), TokenBatch([[1, 2, 3]])).values == logits)
    let locator = ModelLocator { ["HOME": folder.path][$0] }
    #expect(try locator.folder(of: "./any.gguf", base: folder.path) == folder.path + "/any.gguf")
    let encoder = try ModelLoader.load(
      CheckpointFixture.path("bert.gguf"), for: .classification(labels: ["a", "b"]), seed: 1)
    #expect(encoder.fresh.allSatisfy { $0.contains("classifier") || $0.contains("pooler") })
  }

  @Test(.enabled(if: Shared.exists, "needs ../shared"))
  func `the factors of Llama 3 become its scaling, others are refused`() throws {
    func model(_ factors: [Float]) throws -> GGUFModel {
      let file = try TemporaryFile(
        GGUFBuilder(
          values: [
            ("general.architecture", .text("llama")), ("llama.rope.freq_base", .real(500_000)),
          ],
          tensors: [
            ("token_embd.weight", [2, 4], .f32, [UInt8](repeating: 0, count: 32)),
            (
              "rope_freqs.weight", [factors.count], .f32,
              factors.flatMap { littleEndian($0.bitPattern) }
            ),
          ]
        ).bytes)
      return try GGUFModel(file.path)
    }
    // The factors of transformers' scaled frequencies: what they leave of the plain ones.
    let tables = try SafetensorsFile(
      Shared.path("golden/train-formats/tables.safetensors"))
    let scaled = try tables.tensor("llama3_inv_freq_d128").values
    let factors = scaled.enumerated().map { place, frequency in
      Float(pow(500_000, -Double(place) / 64) / Double(frequency))
    }
    let scaling = try model(factors).configuration.fields["rope_scaling"]
    #expect(scaling?["rope_type"]?.string == "llama3")
    #expect(scaling?["factor"]?.double == 8)
    let error = #expect(throws: ModelError.self) { try model([1, 2, 3, 8]) }
    #expect(error?.code == .unsupported)
  }
}
