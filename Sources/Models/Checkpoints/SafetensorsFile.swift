public import Tensors

/// A `.safetensors` file, memory-mapped: the header is checked at once, values are read when asked.
///
/// The file is an unsigned 64-bit little-endian header size, a JSON header, and the tensors.
/// Everything the header claims is checked against the file before a value is read, as the
/// reference implementation does: <https://github.com/huggingface/safetensors>.
public struct SafetensorsFile: Sendable {
  /// The largest header that is read, in bytes; the same limit the reference reader has.
  public static let largestHeader = 25_000_000

  /// The path it was opened by.
  public let path: String
  /// The tensors in the order of their bytes.
  public let tensors: [StoredTensor]
  /// The free-form text of the header's `__metadata__`.
  public let metadata: [String: String]
  private let file: MappedFile
  private let places: [String: Int]

  /// Opens a file and checks its header.
  /// - Throws: `ModelError.unreadable`, or `.corrupt` naming the file, the fault and the remedy.
  public init(_ path: String) throws(ModelError) {
    self.path = path
    do { file = try MappedFile(path: path) } catch {
      throw ModelError(.unreadable, file: path, cause: error)
    }
    let header = try SafetensorsHeader(file, path: path)
    tensors = header.tensors
    metadata = header.metadata
    places = Dictionary(
      tensors.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
  }

  /// The tensor of a name, or nil.
  public subscript(name: String) -> StoredTensor? { places[name].map { tensors[$0] } }

  /// A tensor in 32-bit floats: a view of the file where it holds these, else a widened copy.
  ///
  /// Half and brain floats widen exactly.
  /// - Throws: `ModelError.mismatch` if there is no such tensor, `.unsupported` for other numbers.
  public func tensor(_ name: String) throws(ModelError) -> Tensor {
    let stored = try stored(name)
    switch stored.format {
    case .f32:
      return Tensor(mapping: file, offset: stored.bytes.lowerBound, shape: stored.shape)
    case .f16: return Tensor(words(stored).span, .float16, shape: stored.shape)
    case .bf16: return Tensor(words(stored).span, .bfloat16, shape: stored.shape)
    default:
      throw ModelError(
        .unsupported, file: path, problem: "\(name) holds \(stored.format.rawValue) numbers",
        remedy: "Save the model in F32, F16 or BF16.")
    }
  }

  /// The values of an integer tensor, row by row.
  /// - Throws: `ModelError.mismatch` if there is no such tensor or it holds other numbers.
  public func integers(_ name: String) throws(ModelError) -> [Int] {
    let stored = try stored(name)
    guard stored.format == .i64 || stored.format == .i32 else {
      throw ModelError(
        .mismatch, file: path, problem: "\(name) holds \(stored.format.rawValue), not integers")
    }
    return stored.format == .i64
      ? read(stored, Int64.self).map { Int(Int64(littleEndian: $0)) }
      : read(stored, Int32.self).map { Int(Int32(littleEndian: $0)) }
  }

  private func words(_ stored: StoredTensor) -> [UInt16] {
    read(stored, UInt16.self).map { UInt16(littleEndian: $0) }
  }

  private func read<Word: FixedWidthInteger & BitwiseCopyable>(
    _ stored: StoredTensor, _ type: Word.Type
  ) -> [Word] {
    file.withBytes { bytes in
      (0..<stored.count).map { index in
        bytes.unsafeLoadUnaligned(
          fromByteOffset: stored.bytes.lowerBound + index * MemoryLayout<Word>.size, as: type)
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
