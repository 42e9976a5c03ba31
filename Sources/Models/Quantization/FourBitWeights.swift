import Records
import Tensors

/// The 4-bit matrices of a bitsandbytes checkpoint: which tensors belong to each, and their values.
///
/// A matrix `X.weight` is filed as its numbers under that name, with `.absmax`, `.quant_map`, where
/// the scales are 8-bit numbers `.nested_absmax` and `.nested_quant_map`, and a JSON text in
/// `.quant_state.bitsandbytes__nf4` (or `fp4`) that holds shape and block sizes.
struct FourBitWeights: Sendable {
  /// The matrices by name, each as the model has it.
  let matrices: [String: Description]
  /// The tensors that only serve these.
  let parts: Set<String>

  /// What the JSON text says of a matrix.
  struct Description: Sendable {
    let stored: StoredTensor
    let shape: [Int]
    let blockSize: Int
    /// The format that values are rounded to.
    let rounding: HalfPrecision?
    let nestedBlockSize: Int
    let nestedOffset: Float?
  }

  private static let largestBlock = 1 << 20
  private static let suffixes = FourBitCode.allCases.map {
    ".quant_state.bitsandbytes__\($0.rawValue)"
  }
  private static let partSuffixes =
    [".absmax", ".quant_map", ".nested_absmax", ".nested_quant_map"] + suffixes

  /// Finds the 4-bit matrices of a file; most have none.
  init(_ file: any TensorFile) throws(ModelError) {
    var matrices: [String: Description] = [:]
    var parts: Set<String> = []
    for tensor in file.tensors {
      guard let suffix = Self.suffixes.first(where: { tensor.name.hasSuffix($0) }) else { continue }
      let name = String(tensor.name.dropLast(suffix.count))
      matrices[name] = try Self.describe(name, by: tensor.name, in: file)
      parts.formUnion(Self.partSuffixes.map { name + $0 })
    }
    self.matrices = matrices
    self.parts = parts
  }

  private static func describe(
    _ name: String, by state: String, in file: any TensorFile
  ) throws(ModelError) -> Description {
    guard let stored = file[name] else { throw file.missing(name) }
    func fault(_ problem: String) -> ModelError {
      ModelError(.corrupt, file: file.path, problem: "\(state) \(problem)")
    }
    let text = try file.numbers(state)
    guard text.format == .u8, text.count <= 100_000 else { throw fault("is no text") }
    guard let json = try? JSONValue.parse(text.bytes) else { throw fault("is not JSON") }
    guard let dimensions = json["shape"]?.array, let blockSize = json["blocksize"]?.int,
      blockSize > 0, blockSize % 2 == 0, blockSize <= Self.largestBlock
    else { throw fault("lacks shape or blocksize") }
    let shape = dimensions.compactMap(\.int)
    guard shape.count == dimensions.count, let count = StoredTensor.count(of: shape),
      let bytes = stored.format.bytes(of: stored.count), bytes == count / 2 + count % 2
    else { throw fault("claims the shape \(json["shape"]?.text ?? ""), which its numbers lack") }
    return Description(
      stored: StoredTensor(
        name: name, format: stored.format, shape: shape, bytes: stored.bytes),
      shape: shape, blockSize: blockSize,
      rounding: try rounding(json["dtype"]?.string, fault),
      nestedBlockSize: json["nested_blocksize"]?.int ?? 256,
      nestedOffset: json["nested_offset"]?.double.map { Float($0) })
  }

  private static func rounding(
    _ type: String?, _ fault: (String) -> ModelError
  ) throws(ModelError) -> HalfPrecision? {
    switch type {
    case nil, "float32": nil
    case "bfloat16": .bfloat16
    case "float16": .float16
    case let other?: throw fault("has the number format \(other)")
    }
  }

  /// The numbers and scales of a matrix; nil where it is none of these.
  func values(_ name: String, in file: any TensorFile) throws(ModelError) -> FourBitValues? {
    guard let matrix = matrices[name] else { return nil }
    let table = try file.tensor(name + ".quant_map").values
    let blocks = (matrix.stored.count + matrix.blockSize - 1) / matrix.blockSize
    let scales = try scales(of: name, matrix, in: file)
    guard table.count == 16, scales.count == blocks else {
      throw ModelError(
        .corrupt, file: file.path,
        problem: "\(name) has \(scales.count) scales and a table of \(table.count) values, "
          + "where its shape \(matrix.shape) needs \(blocks) and 16")
    }
    return FourBitValues(
      shape: matrix.shape, blockSize: matrix.blockSize, table: table,
      packed: try file.numbers(name).bytes, scales: scales)
  }

  private func scales(
    of name: String, _ matrix: Description, in file: any TensorFile
  ) throws(ModelError) -> FourBitValues.Scales {
    let numbers = try file.numbers(name + ".absmax")
    guard numbers.format == .u8 else { return .plain(try file.tensor(name + ".absmax").values) }
    let table = try file.tensor(name + ".nested_quant_map").values
    let scales = try file.tensor(name + ".nested_absmax").values
    let block = matrix.nestedBlockSize
    guard let offset = matrix.nestedOffset, table.count == 256,
      block > 0, block <= Self.largestBlock,
      scales.count == numbers.count / block + (numbers.count % block > 0 ? 1 : 0)
    else {
      throw ModelError(
        .corrupt, file: file.path, problem: "the scales of \(name) do not fit one another")
    }
    return .nested(
      FourBitValues.NestedScales(
        codes: numbers.bytes, table: table, scales: scales, blockSize: block, offset: offset))
  }

  /// A matrix in 32-bit floats, rounded as the program that saved it rounds; nil where it is none.
  func tensor(_ name: String, in file: any TensorFile) throws(ModelError) -> Tensor? {
    guard let tensor = try values(name, in: file)?.tensor() else { return nil }
    return matrices[name]?.rounding.map { tensor.rounded(to: $0) } ?? tensor
  }
}
