public import Tensors

/// A `.gguf` file of llama.cpp, versions 2 and 3: metadata and tensors, memory-mapped.
///
/// Names are those of the file; `GGUFModel` gives them Hugging Face's. Dimensions are turned into the
/// usual order, outermost first. Format: <https://github.com/ggml-org/ggml/blob/master/docs/gguf.md>.
public struct GGUFFile: TensorFile {
  /// The path it was opened by.
  public let path: String
  /// The tensors in the order of the file.
  public let tensors: [StoredTensor]
  /// The keys of the metadata in the order of the file.
  public let keys: [String]
  private let values: [String: Entry]
  private let places: [String: Int]
  private let file: MappedFile

  private enum Entry: Sendable {
    case value(GGUFValue)
    case array(GGUFArray)
  }

  /// Opens a file and checks what it claims about itself.
  /// - Throws: `ModelError.unreadable`, `.corrupt`, or `.unsupported` for versions and number
  ///   formats that are not read.
  public init(_ path: String) throws(ModelError) {
    self.path = path
    file = try TensorFiles.map(path)
    var reader = ByteReader(file, path: path, part: "GGUF header", range: 0..<file.count)
    let (tensorCount, valueCount) = try Self.counts(&reader)
    var keys: [String] = []
    var values: [String: Entry] = [:]
    for _ in 0..<valueCount {
      let key = try reader.ggufText()
      let kind = try reader.ggufKind()
      let entry: Entry =
        kind == .array ? .array(try reader.skipGGUFArray()) : .value(try reader.ggufValue(kind))
      guard values.updateValue(entry, forKey: key) == nil else {
        throw reader.corrupt("the key \(key) stands twice")
      }
      keys.append(key)
    }
    self.keys = keys
    self.values = values
    var alignment = 32
    if case .value(.integer(let number))? = values["general.alignment"] { alignment = number }
    guard alignment > 0, alignment & (alignment - 1) == 0, alignment <= 1 << 20 else {
      throw reader.corrupt("an alignment of \(alignment) bytes")
    }
    tensors = try GGUFTensors.read(&reader, count: tensorCount, alignment: alignment)
    var places: [String: Int] = [:]
    for (place, tensor) in tensors.enumerated() {
      guard places.updateValue(place, forKey: tensor.name) == nil else {
        throw reader.corrupt("the tensor \(tensor.name) stands twice")
      }
    }
    self.places = places
  }

  private static func counts(
    _ reader: inout ByteReader
  ) throws(ModelError) -> (tensors: Int, values: Int) {
    guard try reader.bytes(4, "a signature") == Array("GGUF".utf8) else {
      throw reader.corrupt("it does not begin with GGUF")
    }
    let version = try reader.read(UInt32.self)
    guard version == 2 || version == 3 else {
      let isTurned = version.byteSwapped <= 3
      throw ModelError(
        .unsupported, file: reader.path,
        problem: isTurned
          ? "is a GGUF file of a big-endian machine"
          : "is a GGUF file of version \(version); versions 2 and 3 are read",
        remedy: "Convert the model again with a current llama.cpp.")
    }
    let counts = [try reader.read(UInt64.self), try reader.read(UInt64.self)]
    // A tensor takes at least 24 bytes of the header, a value 13.
    guard counts[0] <= UInt64(reader.remaining / 24), counts[1] <= UInt64(reader.remaining / 13)
    else {
      throw reader.corrupt(
        "\(counts[0]) tensors and \(counts[1]) values where \(reader.remaining) bytes are left")
    }
    return (Int(counts[0]), Int(counts[1]))
  }

  /// The value of a key, or nil; an array is read each time it is asked for.
  public func value(_ key: String) -> GGUFValue? {
    switch values[key] {
    case .value(let value): return value
    case .array(let array):
      var reader = ByteReader(file, path: path, part: "GGUF header", range: array.range)
      // The lengths of all elements were checked when the file was opened.
      return .array((0..<array.count).compactMap { _ in try? reader.ggufValue(array.kind) })
    case nil: return nil
    }
  }

  /// The tensor of a name, or nil.
  public subscript(name: String) -> StoredTensor? { places[name].map { tensors[$0] } }

  /// Where the numbers of a tensor lie.
  /// - Throws: `ModelError.mismatch` if there is no such tensor.
  public func numbers(_ name: String) throws(ModelError) -> StoredNumbers {
    guard let stored = self[name] else { throw missing(name) }
    return StoredNumbers(
      file: file, offset: stored.bytes.lowerBound, format: stored.format, shape: stored.shape)
  }
}

/// The descriptions of tensors in a GGUF header.
enum GGUFTensors {
  private struct Description {
    let name: String
    let format: NumberFormat
    let shape: [Int]
    let size, offset: Int
  }

  /// The most dimensions that ggml has.
  private static let mostDimensions = 4

  /// Reads the descriptions and places the tensors, which must follow one another.
  static func read(
    _ reader: inout ByteReader, count: Int, alignment: Int
  ) throws(ModelError) -> [StoredTensor] {
    var descriptions: [Description] = []
    for _ in 0..<count { descriptions.append(try description(&reader)) }
    let start = aligned(reader.offset, alignment)
    var tensors: [StoredTensor] = []
    var place = 0
    for tensor in descriptions {
      guard tensor.offset == place else {
        let fault = tensor.offset < place ? "overlaps the tensor before it" : "leaves a gap"
        throw reader.corrupt("the tensor \(tensor.name) \(fault)")
      }
      guard tensor.size <= reader.end - start - place else {
        throw reader.corrupt(
          "the tensor \(tensor.name) needs \(tensor.size) bytes where "
            + "\(max(0, reader.end - start - place)) are left")
      }
      let first = start + place
      tensors.append(
        StoredTensor(
          name: tensor.name, format: tensor.format, shape: tensor.shape,
          bytes: first..<first + tensor.size))
      place = aligned(place + tensor.size, alignment)
    }
    return tensors
  }

  private static func aligned(_ place: Int, _ alignment: Int) -> Int {
    (place + alignment - 1) & ~(alignment - 1)
  }

  private static func description(
    _ reader: inout ByteReader
  ) throws(ModelError) -> Description {
    let name = try reader.ggufText()
    let rank = Int(try reader.read(UInt32.self))
    guard rank <= mostDimensions else {
      throw reader.corrupt("the tensor \(name) has \(rank) dimensions")
    }
    var shape: [Int] = []
    for _ in 0..<rank {
      shape.insert(Int(truncatingIfNeeded: try reader.read(UInt64.self)), at: 0)
    }
    let number = try reader.read(UInt32.self)
    let offset = Int(truncatingIfNeeded: try reader.read(UInt64.self))
    guard let format = formats[number] else {
      throw ModelError(
        .unsupported, file: reader.path,
        problem: "the tensor \(name) has the number format \(number) of ggml",
        remedy: "Convert the model to Q8_0, Q4_K, F16 or another of "
          + formats.values.map(\.rawValue).sorted().joined(separator: ", ") + ".")
    }
    guard let count = StoredTensor.count(of: shape), let size = format.bytes(of: count),
      (shape.last ?? 1) % format.blockValues == 0
    else { throw reader.corrupt("the tensor \(name) has the impossible shape \(shape)") }
    return Description(name: name, format: format, shape: shape, size: size, offset: offset)
  }

  /// The number formats under their numbers in the file.
  private static let formats: [UInt32: NumberFormat] = [
    0: .f32, 1: .f16, 2: .q4_0, 3: .q4_1, 6: .q5_0, 7: .q5_1, 8: .q8_0, 12: .q4_k, 13: .q5_k,
    14: .q6_k, 24: .i8, 25: .i16, 26: .i32, 27: .i64, 28: .f64, 30: .bf16,
  ]
}
