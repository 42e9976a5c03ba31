import Foundation
import Models
import Records
import Stages
import Tensors
import TestSupport
import Testing

/// Valid files with bytes changed at random: read, or refused with an error, never worse.
struct FuzzTests {
  #if DEBUG
    private static let rounds = 250
  #else
    private static let rounds = 3000
  #endif

  /// Opens changed copies of a file and reads every tensor of those that open.
  private func fuzz(
    _ path: String, opening open: (String) throws(ModelError) -> any TensorFile
  ) throws {
    try tryCopies(of: path) { path throws(ModelError) in
      let file = try open(path)
      for tensor in file.tensors {
        if tensor.format.kind == .real || tensor.format.kind == .blocks {
          _ = try file.tensor(tensor.name)
        } else {
          _ = try file.integers(tensor.name)
        }
      }
    }
  }

  /// Reads changed copies of a file; some must be refused, and each with a reason.
  private func tryCopies(of path: String, read: (String) throws(ModelError) -> Void) throws {
    let bytes = try FileReader.contents(path)
    let folder = try TemporaryFolder()
    let copy = folder.path + "/" + FilePaths.name(path)
    var refused = 0
    for round in 0..<Self.rounds {
      var random = CounterRandom(
        seed: 7, purpose: "fuzz", record: "\(FilePaths.name(path)) \(round)")
      var changed = bytes
      for _ in 0...Int(random.next() % 3) { mutate(&changed, &random) }
      try Self.write(changed, to: copy)
      do throws(ModelError) { try read(copy) } catch {
        refused += 1
        #expect(!error.problem.isEmpty)
      }
    }
    #expect(refused > Self.rounds / 20, "\(refused) of \(Self.rounds) were refused")
  }

  /// Changes a byte, sets it to an extreme, copies some bytes elsewhere or cuts the end off.
  private func mutate(_ bytes: inout [UInt8], _ random: inout CounterRandom) {
    guard bytes.count > 16 else { return }
    let place = Int(random.next() % UInt64(bytes.count - 16))
    let value = random.next()
    switch value % 8 {
    case 0: bytes.removeLast(place % min(64, bytes.count))
    case 1: bytes[place] = 0xFF
    case 2: bytes[place] = 0
    case 3: for offset in 0..<8 { bytes[place + offset] = 0xFF }
    case 4:
      let source = Int(value >> 8) % (bytes.count - 16)
      for offset in 0..<8 { bytes[place + offset] = bytes[source + offset] }
    default: bytes[place] = UInt8(truncatingIfNeeded: value >> 8)
    }
  }

  /// Without the sync to disk that an atomic file costs.
  private static func write(_ bytes: [UInt8], to path: String) throws {
    try Data(bytes).write(to: URL(fileURLWithPath: path))
  }

  @Test func `changed safetensors files`() throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/m.safetensors"
    try SafetensorsWriter.write(
      [("a", Tensor([1, 2, 3, 4], shape: [2, 2])), ("b.weight", Tensor([5])), ("c", Tensor([]))],
      to: path)
    try fuzz(path) { path throws(ModelError) -> any TensorFile in
      try SafetensorsFile(path)
    }
  }

  @Test(arguments: ["nested.pt", "nested-legacy.pt", "module-protocol-4.pt"])
  func `changed pickles`(name: String) throws {
    try fuzz(CheckpointFixture.path(name)) { path throws(ModelError) -> any TensorFile in
      try PickleFile(path)
    }
  }

  @Test(arguments: ["llama.gguf", "gpt2.gguf"])
  func `changed GGUF files`(name: String) throws {
    try fuzz(CheckpointFixture.path(name)) { path throws(ModelError) -> any TensorFile in
      try GGUFModel(path)
    }
  }

  @Test func `changed 4-bit matrices`() throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/m.safetensors"
    let tensor = Tensor((0..<200).map { Float($0) / 100 - 1 }, shape: [10, 20])
    let values = FourBitValues(tensor, .nf4, nested: true)
    try SafetensorsWriter.write(values.tensors("m", .nf4), to: path)
    try tryCopies(of: path) { path throws(ModelError) in
      let checkpoint = try Checkpoint(folder: path)
      for tensor in checkpoint.tensors where tensor.format.kind != .truth {
        _ = try checkpoint.tensor(tensor.name)
      }
    }
  }
}
