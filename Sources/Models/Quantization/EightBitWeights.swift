import Records
import Stages
public import Tensors

/// The 8-bit matrices of a bitsandbytes checkpoint: which tensors belong to each, and their values.
///
/// A matrix `X.weight` is filed as its integers under that name, with the scales of its rows in
/// `X.SCB` and in `X.weight_format` a 0, which says that rows lie one after the other. Rows are
/// outputs, also of maps that a model stores input by input, such as GPT-2's.
struct EightBitWeights: Sendable {
  /// The names of the matrices.
  let matrices: Set<String>
  /// The tensors that only serve these.
  let parts: Set<String>

  private static let scales = "SCB"
  private static let format = "weight_format"

  /// Finds the 8-bit matrices of a file; most have none.
  /// - Throws: `ModelError.corrupt` where scales stand without integers, or do not fit them;
  ///   `.unsupported` for integers in another order.
  init(_ file: any TensorFile) throws(ModelError) {
    var matrices: Set<String> = []
    var parts: Set<String> = []
    for tensor in file.tensors where tensor.name.hasSuffix("." + Self.scales) {
      let prefix = String(tensor.name.dropLast(Self.scales.utf8.count))
      try Self.check(prefix, tensor, in: file)
      matrices.insert(prefix + "weight")
      parts.formUnion([tensor.name, prefix + Self.format])
    }
    (self.matrices, self.parts) = (matrices, parts)
  }

  private static func check(
    _ prefix: String, _ scales: StoredTensor, in file: any TensorFile
  ) throws(ModelError) {
    let name = prefix + "weight"
    guard let matrix = file[name], matrix.format == .i8, matrix.shape.count == 2,
      scales.shape == [matrix.shape[0]]
    else {
      let found = file[name].map { "\($0.format.rawValue) of shape \($0.shape)" } ?? "missing"
      throw ModelError(
        .corrupt, file: file.path,
        problem: "\(scales.name) has the shape \(scales.shape), and \(name) is \(found)")
    }
    guard file[prefix + format] != nil else { return }
    guard try file.integers(prefix + format) == [0] else {
      throw ModelError(
        .unsupported, file: file.path, problem: "\(name) is not filed row by row",
        remedy: "Save the model again with a newer bitsandbytes.")
    }
  }

  /// A matrix in 32-bit floats; nil where it is none of these.
  func tensor(_ name: String, in file: any TensorFile) throws(ModelError) -> Tensor? {
    guard matrices.contains(name), let stored = file[name] else { return nil }
    let integers = try file.numbers(name).bytes.map { Int8(bitPattern: $0) }
    let prefix = String(name.dropLast("weight".utf8.count))
    let scales = try file.tensor(prefix + Self.scales).values
    return EightBitRows(
      rows: stored.shape[0], columns: stored.shape[1], integers: integers, scales: scales
    ).tensor()
  }
}

extension EightBitRows {
  /// The tensors that bitsandbytes files a matrix as.
  ///
  /// - Parameter name: That of the map, to which `.weight` and the like are added.
  public func tensors(_ name: String) -> [SavedTensor] {
    [
      SavedTensor("\(name).weight", integers: integers, shape: [rows, columns]),
      SavedTensor(single: "\(name).SCB", Tensor(scales)),
      SavedTensor("\(name).weight_format", bytes: [0], shape: []),
    ]
  }
}

extension MergedModel {
  /// Maps that stay wide, each by its name, the part of the model it is in, or the end of its name:
  /// outputs over the vocabulary, and those that transformers holds in 32 bits whatever a file says.
  ///
  /// transformers reads the list from `config.json`, and by the same rule.
  private static let wide = [
    "lm_head", "output_projection", "cls.predictions.decoder", "vocab_projector", "wo",
  ]

  /// The largest number of 16 bits.
  private static let largest: Float = 65504

  /// Saves it with its linear maps in 8-bit integers and everything else in 16 bits, as transformers
  /// does with bitsandbytes: between a quarter and a half of the bytes.
  ///
  /// Outputs over the vocabulary and T5's `wo` stay in 16 bits, as transformers expects them.
  /// - Parameters:
  ///   - folder: Where `config.json` and `model.safetensors` are written, each atomically.
  ///   - tokenizer: A folder whose tokenizer files are copied beside them.
  /// - Throws: `ModelError.unsupported` for values that are not finite, or too large for 16 bits;
  ///   `FileError`, such as for a full disk.
  public func saveEightBit(to folder: String, tokenizer: String? = nil) throws {
    let tensors = try parameters.flatMap { name, tensor in
      try eightBitTensors(name, tensor, in: folder)
    }
    try Folders.make(folder)
    try SafetensorsWriter.write(tensors, into: folder, half: .float16)
    if let tokenizer { try ModelFiles.copyTokenizer(from: tokenizer, to: folder) }
    var configuration = configuration
    configuration.fields["dtype"] = "float16"
    configuration.fields[ModelConfiguration.quantization] = [
      "quant_method": "bitsandbytes", "load_in_8bit": true,
      "llm_int8_skip_modules": .array(Self.wide.map { .string($0) }),
    ]
    try configuration.save(to: folder)
  }

  /// What a parameter is filed as.
  private func eightBitTensors(
    _ name: String, _ tensor: Tensor, in folder: String
  ) throws(ModelError) -> [SavedTensor] {
    let map = maps[name].flatMap { Self.staysWide($0.name) ? nil : $0 }
    let limit = map == nil ? Self.largest : .greatestFiniteMagnitude
    let fault = tensor.withValues { values in
      values.indices.first { !(abs(values[$0]) <= limit) }.map { values[$0] }
    }
    if let fault {
      throw ModelError(
        .unsupported, file: folder,
        problem: "\(name) holds \(fault), which \(map == nil ? "16" : "8") bits cannot hold",
        remedy: fault.isFinite
          ? "Export it with --weights fp32."
          : "The model is broken: train it again with a lower learning-rate.")
    }
    guard let map else { return [SavedTensor(name, tensor)] }
    // Integers have a scale an output, so they are filed output by output.
    let matrix = map.layout == .outputByInput ? tensor : tensor.transposed()
    return EightBitRows(matrix).tensors(map.name)
  }

  private static func staysWide(_ name: String) -> Bool {
    wide.contains { name == $0 || name.hasPrefix($0 + ".") || name.hasSuffix($0) }
  }
}
