import Models
import Records
import Stages
import Tensors
import TestSupport
import Testing

/// GGUF files that lie about themselves are errors that say what is wrong.
struct HostileGGUFTests {
  private func fault(_ bytes: [UInt8]) throws -> ModelError {
    let file = try TemporaryFile(bytes)
    let error = try #require(#expect(throws: ModelError.self) { try GGUFFile(file.path) })
    #expect(error.file == file.path)
    #expect(!error.remedy.isEmpty, "\(error)")
    return error
  }

  private let magic = Array("GGUF".utf8) + littleEndian(UInt32(3))

  @Test func `other files, versions and byte orders are named`() throws {
    #expect(try fault(Array("GGML----------------".utf8)).description.contains("begin with GGUF"))
    #expect(try fault(GGUFBuilder(version: 1).bytes).description.contains("version 1"))
    let turned = GGUFBuilder(version: UInt32(3).byteSwapped).bytes
    #expect(try fault(turned).description.contains("big-endian"))
    #expect(try fault([]).code == .corrupt)
  }

  @Test func `absurd counts and lengths are refused`() throws {
    for counts in [[UInt64.max, 0], [0, .max], [1 << 40, 1 << 40]] {
      let bytes = magic + littleEndian(counts[0]) + littleEndian(counts[1])
      #expect(try fault(bytes + [UInt8](repeating: 0, count: 999)).code == .corrupt)
    }
    let one = magic + littleEndian(UInt64(0)) + littleEndian(UInt64(1))
    let padding = [UInt8](repeating: 0, count: 99)
    #expect(try fault(one + littleEndian(UInt64.max) + padding).description.contains("a text"))
    let key = littleEndian(UInt64(1)) + Array("k".utf8)
    let array = littleEndian(UInt32(9))
    for kind in [UInt32(0), 8, 10] {
      let huge = one + key + array + littleEndian(kind) + littleEndian(UInt64(1) << 40) + padding
      #expect(try fault(huge).description.contains("an array of"))
    }
    let nested = one + key + array + littleEndian(UInt32(9)) + littleEndian(UInt64(1)) + padding
    #expect(try fault(nested).description.contains("arrays of arrays"))
    #expect(try fault(one + key + littleEndian(UInt32(77)) + padding).code == .corrupt)
  }

  @Test func `tensors that overflow, overlap, leave gaps or are cut off are refused`() throws {
    let zeros = [UInt8](repeating: 0, count: 32)
    func file(_ tensors: [(name: String, shape: [Int], format: NumberFormat, bytes: [UInt8])])
      -> [UInt8]
    { GGUFBuilder(tensors: tensors).bytes }
    for shape in [[-1], [.max, .max], [1 << 40], [9], [1, 1, 1, 1, 1]] {
      #expect(try fault(file([("a", shape, .f32, zeros)])).code == .corrupt, "\(shape)")
    }
    #expect(
      try fault(file([("a", [2, 16], .q8_0, zeros)])).description.contains("impossible shape"))
    #expect(
      try fault(
        file(
          [("a", [4], .f32, zeros), ("b", [4], .f32, zeros)] + [
            ("a", [4], .f32, zeros)
          ])
      ).description.contains("a stands twice"))
    // The second tensor's offset is the first number behind its format.
    let two = file([("a", [4], .f32, zeros), ("bb", [4], .f32, zeros)])
    let place = try #require(
      two.indices.first { two[$0...].starts(with: [2, 0, 0, 0, 0, 0, 0, 0, 98]) })
    let offset = place + 8 + 2 + 4 + 8 + 4
    for (value, problem) in [(UInt64(0), "overlaps"), (64, "gap"), (.max, "overlaps")] {
      var changed = two
      changed.replaceSubrange(offset..<offset + 8, with: littleEndian(value))
      #expect(try fault(changed).description.contains(problem))
    }
    #expect(try fault(file([("a", [8], .i16, zeros)])).code == .unsupported)
  }

  @Test func `alignments and keys that make no sense are refused`() throws {
    for alignment in [0, 3, -32, 1 << 40] {
      let bytes = GGUFBuilder(values: [("general.alignment", .integer(alignment))]).bytes
      #expect(try fault(bytes).description.contains("alignment"))
    }
    let twice = GGUFBuilder(values: [("k", .bool(true)), ("k", .bool(true))]).bytes
    #expect(try fault(twice).description.contains("k stands twice"))
  }

  @Test func `a file cut off anywhere is refused`() throws {
    let bytes = try FileReader.contents(CheckpointFixture.path("gpt2.gguf"))
    // The last tensor ends within the last 32 bytes.
    for length in stride(from: 0, to: bytes.count - 32, by: 37) {
      let file = try TemporaryFile(Array(bytes.prefix(length)))
      #expect(throws: ModelError.self, "\(length) bytes") { try GGUFFile(file.path) }
    }
  }

  @Test func `models of unknown architectures and without sizes are refused`() throws {
    let unknown = try TemporaryFile(
      GGUFBuilder(values: [("general.architecture", .text("mamba"))]).bytes)
    var error = #expect(throws: ModelError.self) { try GGUFModel(unknown.path) }
    #expect(error?.description.contains("'mamba'") == true)
    #expect(error?.remedy.contains("llama, qwen2, gpt2, bert") == true)
    let empty = try TemporaryFile(
      GGUFBuilder(values: [("general.architecture", .text("llama"))]).bytes)
    error = #expect(throws: ModelError.self) { try GGUFModel(empty.path) }
    #expect(error?.description.contains("token_embd.weight") == true)
    for (count, shape) in [(3, [4, 2]), (.max, [4, 2]), (4, [4, 2]), (-1, [4, 2])] {
      try checkHeads(count, shape)
    }
    try checkHeads(.max, [5, 1])
    #expect(try model(heads: 2, [0, .max, .max]).tensor(query).values.isEmpty)
  }

  private let query = "model.layers.0.self_attn.q_proj.weight"

  private func model(heads: Int, _ shape: [Int]) throws -> GGUFModel {
    let file = try TemporaryFile(
      GGUFBuilder(
        values: [
          ("general.architecture", .text("llama")),
          ("llama.attention.head_count", .integer(heads)),
        ],
        tensors: [
          ("token_embd.weight", [2, 4], .f32, [UInt8](repeating: 0, count: 32)),
          ("blk.0.attn_q.weight", shape, .f32, [UInt8](repeating: 0, count: 32)),
        ]
      ).bytes)
    return try GGUFModel(file.path)
  }

  private func checkHeads(_ heads: Int, _ shape: [Int]) throws {
    let model = try model(heads: heads, shape)
    let error = #expect(throws: ModelError.self) { try model.tensor(query) }
    #expect(error?.description.contains("heads cannot share") == true)
  }
}
