import Records
public import Stages
public import Tensors

extension ModelLoader {
  /// Saves a model as Hugging Face lays it out, in 16 bits and in shards where it is large.
  ///
  /// Weights are rounded to nearest even, and `config.json` names the precision.
  /// - Parameters:
  ///   - half: The precision of the weights.
  ///   - limit: The most bytes of one file of weights.
  ///   - tokenizer: A model whose tokenizer files are copied beside them.
  /// - Throws: `FileError`, such as for a full disk; what stood there before stays.
  public static func save(
    _ model: any Model, to folder: String, half: HalfPrecision, limit: Int = 5_000_000_000,
    tokenizer: String? = nil
  ) throws(FileError) {
    try Folders.make(folder)
    try SafetensorsWriter.write(
      model.parameters.map { SavedTensor($0.name, $0.tensor) }, into: folder, half: half,
      limit: limit)
    if let tokenizer { try ModelFiles.copyTokenizer(from: tokenizer, to: folder) }
    var configuration = model.configuration
    configuration.fields["dtype"] = half == .bfloat16 ? "bfloat16" : "float16"
    try configuration.save(to: folder)
  }
}
