public import Tensors

/// A `.safetensors` file, memory-mapped: the header is checked at once, values are read when asked.
///
/// The file is an unsigned 64-bit little-endian header size, a JSON header, and the tensors.
/// Everything the header claims is checked against the file before a value is read, as the
/// reference implementation does: <https://github.com/huggingface/safetensors>.
public struct SafetensorsFile: TensorFile {
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
    file = try TensorFiles.map(path)
    let header = try SafetensorsHeader(file, path: path)
    tensors = header.tensors
    metadata = header.metadata
    places = Dictionary(
      tensors.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
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
