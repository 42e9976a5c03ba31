public import Tensors

/// A file of named tensors, memory-mapped: described when opened, read when asked.
public protocol TensorFile: Sendable {
  /// The path it was opened by.
  var path: String { get }
  /// Its tensors in the order of the file.
  var tensors: [StoredTensor] { get }
  /// The tensor of a name, or nil.
  subscript(name: String) -> StoredTensor? { get }
  /// Where the numbers of a tensor lie.
  /// - Throws: `ModelError.mismatch` if there is no such tensor.
  func numbers(_ name: String) throws(ModelError) -> StoredNumbers
  /// A tensor in 32-bit floats.
  /// - Throws: `ModelError.mismatch` if there is no such tensor, `.unsupported` for integers.
  func tensor(_ name: String) throws(ModelError) -> Tensor
}

extension TensorFile {
  /// A tensor in 32-bit floats: a view of the file where it holds these, else a widened copy.
  ///
  /// Widening is exact; 64-bit numbers are rounded.
  /// - Throws: `ModelError.mismatch` if there is no such tensor, `.unsupported` for integers.
  public func tensor(_ name: String) throws(ModelError) -> Tensor {
    let numbers = try numbers(name)
    guard numbers.format.kind == .real || numbers.format.kind == .blocks else {
      throw ModelError(
        .unsupported, file: path, problem: "\(name) holds \(numbers.format.rawValue) numbers",
        remedy: "Save the model in F32, F16 or BF16.")
    }
    return Tensor(numbers)
  }

  /// The values of an integer tensor, row by row; truth values are 0 and 1.
  /// - Throws: `ModelError.mismatch` if there is no such tensor or it holds other numbers.
  public func integers(_ name: String) throws(ModelError) -> [Int] {
    let numbers = try numbers(name)
    guard numbers.format.kind == .integer || numbers.format.kind == .truth else {
      throw ModelError(
        .mismatch, file: path,
        problem: "\(name) holds \(numbers.format.rawValue), not integers")
    }
    return numbers.integers
  }

  /// The error of a name that the file does not hold.
  func missing(_ name: String) -> ModelError {
    ModelError(.mismatch, file: path, problem: "holds no tensor \(name)")
  }
}

/// Opens a file of tensors in the format that its first bytes and its name tell.
enum TensorFiles {
  static func open(_ path: String) throws(ModelError) -> any TensorFile {
    if path.hasSuffix(".safetensors") { return try SafetensorsFile(path) }
    let file = try map(path)
    let start = file.withBytes { bytes in
      (0..<min(4, bytes.byteCount)).map { bytes.unsafeLoad(fromByteOffset: $0, as: UInt8.self) }
    }
    if start == Array("GGUF".utf8) { return try GGUFModel(path) }
    let isPickle = start.starts(with: "PK".utf8) || start.first == 0x80
    let isNamedPickle = [".bin", ".pt", ".pth"].contains { path.hasSuffix($0) }
    if isPickle || isNamedPickle { return try PickleFile(path) }
    return path.hasSuffix(".gguf") ? try GGUFModel(path) : try SafetensorsFile(path)
  }

  static func map(_ path: String) throws(ModelError) -> MappedFile {
    do { return try MappedFile(path: path) } catch {
      throw ModelError(.unreadable, file: path, cause: error)
    }
  }
}
