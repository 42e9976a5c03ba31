import Models
import Stages
import Tensors
import TestSupport

/// Writes pickles instruction by instruction, as hostile as a test wants them.
struct PickleBuilder {
  var bytes: [UInt8] = [0x80, 2]

  func adding(_ more: [UInt8]) -> PickleBuilder {
    var copy = self
    copy.bytes += more
    return copy
  }

  func global(_ module: String, _ name: String) -> PickleBuilder {
    adding(Array("c\(module)\n\(name)\n".utf8))
  }

  func text(_ text: String) -> PickleBuilder {
    adding([UInt8(ascii: "X")] + littleEndian(UInt32(text.utf8.count)) + Array(text.utf8))
  }

  /// An integer that may be negative or large.
  func integer(_ value: Int) -> PickleBuilder { adding([0x8A, 8] + littleEndian(value)) }

  func tuple(_ parts: (PickleBuilder) -> PickleBuilder) -> PickleBuilder {
    parts(adding([UInt8(ascii: "(")])).adding([UInt8(ascii: "t")])
  }

  func integers(_ values: [Int]) -> PickleBuilder {
    tuple { values.reduce($0) { $0.integer($1) } }
  }

  /// A tensor of torch, which may lie outside its storage.
  func tensor(
    _ key: String, type: String = "FloatStorage", count: Int, offset: Int = 0, shape: [Int],
    strides: [Int]
  ) -> PickleBuilder {
    global("torch._utils", "_rebuild_tensor_v2").tuple { arguments in
      arguments.tuple { storage in
        storage.text("storage").global("torch", type).text(key).text("cpu").integer(count)
      }.adding([UInt8(ascii: "Q")]).integer(offset).integers(shape).integers(strides)
        .adding([0x89, UInt8(ascii: "N")])
    }.adding([UInt8(ascii: "R")])
  }

  /// A dictionary of the given items.
  func dictionary(_ items: (PickleBuilder) -> PickleBuilder) -> PickleBuilder {
    items(adding(Array("}(".utf8))).adding([UInt8(ascii: "u")])
  }

  var stopped: [UInt8] { bytes + [UInt8(ascii: ".")] }
}

func littleEndian(_ value: some FixedWidthInteger) -> [UInt8] {
  withUnsafeBytes(of: value.littleEndian) { Array($0) }
}

/// A zip archive whose entries are stored as they are.
func zip(_ entries: [(name: String, bytes: [UInt8])]) -> [UInt8] {
  var file: [UInt8] = []
  var directory: [UInt8] = []
  for (name, bytes) in entries {
    let sizes = littleEndian(UInt32(bytes.count)) + littleEndian(UInt32(bytes.count))
    let lengths = littleEndian(UInt16(name.utf8.count)) + [0, 0]
    let common = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0] + sizes + lengths
    directory += Array("PK".utf8) + [1, 2, 0, 0, 0, 0] + common + [UInt8](repeating: 0, count: 10)
    directory += littleEndian(UInt32(file.count)) + Array(name.utf8)
    file += Array("PK".utf8) + [3, 4, 0, 0] + common + Array(name.utf8) + bytes
  }
  let counts = littleEndian(UInt16(entries.count))
  return file + directory + Array("PK".utf8) + [5, 6, 0, 0, 0, 0] + counts + counts
    + littleEndian(UInt32(directory.count)) + littleEndian(UInt32(file.count)) + [0, 0]
}

/// The file that torch would save of 32-bit tensors.
func torchFile(_ tensors: [(name: String, tensor: Tensor)]) -> [UInt8] {
  let pickle = PickleBuilder().dictionary { items in
    tensors.enumerated().reduce(items) { items, entry in
      let (number, (name, tensor)) = entry
      var step = 1
      let strides = tensor.shape.reversed().map { size in
        defer { step *= size }
        return step
      }
      return items.text(name).tensor(
        "\(number)", count: tensor.count, shape: tensor.shape, strides: strides.reversed())
    }
  }
  let storages = tensors.enumerated().map { number, entry in
    (
      name: "model/data/\(number)",
      bytes: entry.tensor.values.flatMap { littleEndian($0.bitPattern) }
    )
  }
  return zip([("model/data.pkl", pickle.stopped)] + storages)
}

/// The fixtures that `Scripts/models_checkpoint_fixtures.py` writes.
enum CheckpointFixture {
  static func path(_ name: String) -> String { Fixture.folder("checkpoints/\(name)") }

  /// The values of the tensor whose name is the given one in order.
  static func values(_ place: Int, count: Int) -> [Float] {
    (0..<count).map { Float(($0 * 31 + 7 * place) % 255 - 127) / 64 }
  }
}
