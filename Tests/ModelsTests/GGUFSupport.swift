import Models
import Tensors

/// Writes GGUF files, as hostile as a test wants them.
struct GGUFBuilder {
  var version: UInt32 = 3
  var values: [(key: String, value: GGUFValue)] = []
  var tensors: [(name: String, shape: [Int], format: NumberFormat, bytes: [UInt8])] = []

  private static let formats: [NumberFormat: UInt32] = [
    .f32: 0, .f16: 1, .q4_0: 2, .q4_1: 3, .q5_0: 6, .q5_1: 7, .q8_0: 8, .q4_k: 12, .q5_k: 13,
    .q6_k: 14, .bf16: 30,
  ]

  var bytes: [UInt8] {
    var header = Array("GGUF".utf8) + littleEndian(version)
    header += littleEndian(UInt64(tensors.count)) + littleEndian(UInt64(values.count))
    for (key, value) in values { header += Self.text(key) + Self.encoded(value) }
    var data: [UInt8] = []
    for (name, shape, format, bytes) in tensors {
      header += Self.text(name) + littleEndian(UInt32(shape.count))
      for size in shape.reversed() { header += littleEndian(size) }
      header += littleEndian(Self.formats[format] ?? 99) + littleEndian(data.count)
      data += bytes
      while data.count % 32 != 0 { data.append(0) }
    }
    while header.count % 32 != 0 { header.append(0) }
    return header + data
  }

  private static func text(_ text: String) -> [UInt8] {
    littleEndian(UInt64(text.utf8.count)) + Array(text.utf8)
  }

  private static func encoded(_ value: GGUFValue) -> [UInt8] {
    switch value {
    case .integer(let number): littleEndian(UInt32(11)) + littleEndian(number)
    case .real(let number): littleEndian(UInt32(12)) + littleEndian(number.bitPattern)
    case .bool(let flag): littleEndian(UInt32(7)) + [flag ? 1 : 0]
    case .text(let text): littleEndian(UInt32(8)) + Self.text(text)
    case .array(let values):
      littleEndian(UInt32(9)) + littleEndian(UInt32(11)) + littleEndian(UInt64(values.count))
        + values.flatMap { littleEndian($0.integer ?? 0) }
    }
  }
}
