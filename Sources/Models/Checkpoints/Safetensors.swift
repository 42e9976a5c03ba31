import Records

/// How the numbers of a stored tensor are spelled.
public enum TensorFormat: String, Sendable {
  case f64 = "F64"
  case f32 = "F32"
  case f16 = "F16"
  case bf16 = "BF16"
  case i64 = "I64"
  case i32 = "I32"
  case i16 = "I16"
  case i8 = "I8"
  case u8 = "U8"
  case bool = "BOOL"

  /// Bytes of one number.
  public var width: Int {
    switch self {
    case .f64, .i64: 8
    case .f32, .i32: 4
    case .f16, .bf16, .i16: 2
    case .i8, .u8, .bool: 1
    }
  }
}

/// One tensor of a checkpoint as its header describes it.
public struct StoredTensor: Sendable, Equatable {
  /// The tensor's name.
  public let name: String
  /// How its numbers are spelled.
  public let format: TensorFormat
  /// Its shape, outermost dimension first; empty for a single number.
  public let shape: [Int]
  /// Where its bytes stand, counted from the start of the file.
  public let bytes: Range<Int>

  /// The number of its values.
  public var count: Int { bytes.count / format.width }
}

/// A `.safetensors` file, memory-mapped: the header is checked at once, values are read when asked.
///
/// The file is an unsigned 64-bit little-endian header size, a JSON header, and the tensors.
/// Everything the header claims is checked against the file before a value is read, as the
/// reference implementation does: <https://github.com/huggingface/safetensors>.
public struct SafetensorsFile: Sendable {
  /// The largest header that is read, in bytes; the same limit the reference reader has.
  public static let largestHeader = 25_000_000

  /// The tensors in the order of their bytes.
  public let tensors: [StoredTensor]
  /// The free-form text of the header's `__metadata__`.
  public let metadata: [String: String]
  private let file: MappedFile
  private let places: [String: Int]

  /// Opens a file and checks its header.
  /// - Throws: `ModelError.unreadable`, or `.corrupt` naming the file, the fault and the remedy.
  public init(_ path: String) throws(ModelError) {
    file = try MappedFile(path)
    let header = try SafetensorsHeader(file)
    tensors = header.tensors
    metadata = header.metadata
    places = Dictionary(
      tensors.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
  }

  /// The path it was opened by.
  public var path: String { file.path }

  /// The tensor of a name, or nil.
  public subscript(name: String) -> StoredTensor? { places[name].map { tensors[$0] } }

  /// The values of a tensor as 32-bit floats, row by row.
  ///
  /// Half and brain floats widen exactly; 64-bit numbers round to the nearest float.
  /// - Throws: `ModelError.mismatch` if there is no such tensor.
  public func floats(_ name: String) throws(ModelError) -> [Float] {
    let tensor = try stored(name)
    return file.withBytes(tensor.bytes) { tensor.format.floats($0, count: tensor.count) }
  }

  /// The values of an integer tensor, row by row.
  /// - Throws: `ModelError.mismatch` if there is no such tensor or it holds other numbers.
  public func integers(_ name: String) throws(ModelError) -> [Int] {
    let tensor = try stored(name)
    guard tensor.format == .i64 || tensor.format == .i32 else {
      throw ModelError(
        .mismatch, file: path, problem: "\(name) holds \(tensor.format.rawValue), not integers")
    }
    return file.withBytes(tensor.bytes) { bytes in
      (0..<tensor.count).map { index in
        tensor.format == .i64
          ? Int(Int64(littleEndian: bytes.loadUnaligned(fromByteOffset: 8 * index, as: Int64.self)))
          : Int(Int32(littleEndian: bytes.loadUnaligned(fromByteOffset: 4 * index, as: Int32.self)))
      }
    }
  }

  private func stored(_ name: String) throws(ModelError) -> StoredTensor {
    guard let tensor = self[name] else {
      throw ModelError(.mismatch, file: path, problem: "holds no tensor \(name)")
    }
    return tensor
  }
}

extension TensorFormat {
  /// Reads `count` numbers of this spelling as floats.
  fileprivate func floats(_ bytes: UnsafeRawBufferPointer, count: Int) -> [Float] {
    func read<Word>(_ type: Word.Type, _ widen: (Word) -> Float) -> [Float] {
      let stride = MemoryLayout<Word>.size
      return [Float](unsafeUninitializedCapacity: count) { buffer, filled in
        for index in 0..<count {
          buffer.initializeElement(
            at: index,
            to: widen(bytes.loadUnaligned(fromByteOffset: index * stride, as: Word.self)))
        }
        filled = count
      }
    }
    return switch self {
    case .f32: read(UInt32.self) { Float(bitPattern: UInt32(littleEndian: $0)) }
    case .bf16: read(UInt16.self) { Float(bitPattern: UInt32(UInt16(littleEndian: $0)) << 16) }
    case .f16: read(UInt16.self) { Float(Float16(bitPattern: UInt16(littleEndian: $0))) }
    case .f64: read(UInt64.self) { Float(Double(bitPattern: UInt64(littleEndian: $0))) }
    case .i64: read(Int64.self) { Float(Int64(littleEndian: $0)) }
    case .i32: read(Int32.self) { Float(Int32(littleEndian: $0)) }
    case .i16: read(Int16.self) { Float(Int16(littleEndian: $0)) }
    case .i8: read(Int8.self) { Float($0) }
    case .u8, .bool: read(UInt8.self) { Float($0) }
    }
  }
}

/// The checked header of a `.safetensors` file.
struct SafetensorsHeader {
  private(set) var tensors: [StoredTensor] = []
  private(set) var metadata: [String: String] = [:]
  private let path: String
  private let dataStart: Int
  private let fileSize: Int

  init(_ file: MappedFile) throws(ModelError) {
    path = file.path
    fileSize = file.count
    let length = try Self.length(file)
    dataStart = 8 + length
    let bytes = file.withBytes(8..<dataStart) { Array($0) }
    let json: JSONValue
    do { json = try JSONValue.parse(bytes) } catch {
      throw Self.corrupt(path, "its header is not JSON: \(error)")
    }
    guard let members = json.object else {
      throw Self.corrupt(path, "its header is \(json.kindName), not an object")
    }
    for member in members.members {
      if member.key == "__metadata__" {
        for entry in member.value.object?.members ?? [] { metadata[entry.key] = entry.value.string }
      } else {
        tensors.append(try tensor(member.key, member.value))
      }
    }
    tensors.sort { ($0.bytes.lowerBound, $0.bytes.upperBound) < ($1.bytes.lowerBound, $1.bytes.upperBound) }
    try checkLayout()
  }

  /// The header's size, which must fit the file and the limit.
  private static func length(_ file: MappedFile) throws(ModelError) -> Int {
    guard file.count >= 8 else {
      throw corrupt(file.path, "it has \(file.count) bytes, too few for a header")
    }
    let length = file.withBytes(0..<8) { UInt64(littleEndian: $0.loadUnaligned(as: UInt64.self)) }
    guard length <= SafetensorsFile.largestHeader else {
      throw corrupt(
        file.path,
        "its header claims \(length) bytes, more than the limit of \(SafetensorsFile.largestHeader)")
    }
    guard Int(length) <= file.count - 8 else {
      throw corrupt(
        file.path, "its header claims \(length) bytes, but only \(file.count - 8) follow")
    }
    return Int(length)
  }

  private func tensor(_ name: String, _ value: JSONValue) throws(ModelError) -> StoredTensor {
    guard let type = value["dtype"]?.string, let dimensions = value["shape"]?.array,
      let offsets = value["data_offsets"]?.array, offsets.count == 2,
      let start = offsets[0].int, let end = offsets[1].int
    else {
      throw Self.corrupt(path, "tensor \(name) lacks dtype, shape or data_offsets")
    }
    guard let format = TensorFormat(rawValue: type) else {
      throw ModelError(
        .unsupported, file: path, problem: "tensor \(name) has the number format \(type)",
        remedy: "Save the model in F32, F16 or BF16.")
    }
    let shape = dimensions.compactMap(\.int)
    let size = shape.reduce(Optional(format.width)) { product, dimension in
      guard let product, dimension >= 0 else { return nil }
      let (result, overflow) = product.multipliedReportingOverflow(by: dimension)
      return overflow ? nil : result
    }
    guard shape.count == dimensions.count, let size else {
      throw Self.corrupt(path, "tensor \(name) has the impossible shape \(value["shape"]?.text ?? "")")
    }
    guard start >= 0, end >= start, end <= fileSize - dataStart else {
      throw Self.corrupt(
        path,
        "tensor \(name) claims bytes \(start) to \(end), but \(fileSize - dataStart) follow the header")
    }
    guard end - start == size else {
      throw Self.corrupt(
        path, "tensor \(name) of \(type) \(shape) needs \(size) bytes and claims \(end - start)")
    }
    return StoredTensor(
      name: name, format: format, shape: shape, bytes: dataStart + start..<dataStart + end)
  }

  /// Tensors must follow one another without overlap, and fill the file.
  private func checkLayout() throws(ModelError) {
    var place = dataStart
    for tensor in tensors {
      guard tensor.bytes.lowerBound == place else {
        let fault = tensor.bytes.lowerBound < place ? "overlaps the tensor before it" : "leaves a gap"
        throw Self.corrupt(path, "tensor \(tensor.name) \(fault)")
      }
      place = tensor.bytes.upperBound
    }
    guard place == fileSize else {
      throw Self.corrupt(path, "\(fileSize - place) bytes follow the last tensor")
    }
  }

  private static func corrupt(_ path: String, _ problem: String) -> ModelError {
    ModelError(
      .corrupt, file: path, problem: "is no whole safetensors file: \(problem)",
      remedy: "Fetch or save the file again.")
  }
}
