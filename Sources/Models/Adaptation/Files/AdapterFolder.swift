import Records
public import Stages
import Tensors

/// A folder in PEFT's layout: `adapter_config.json` and `adapter_model.safetensors` (or `.bin`).
///
/// ```swift
/// let adapter = try AdapterFolder("runs/lora/adapter").attach(to: model)
/// ```
public struct AdapterFolder: Sendable {
  /// Its path.
  public let path: String
  private let configuration: AdapterConfiguration
  private static let prefix = "base_model.model."

  /// Reads what the folder says of itself.
  /// - Throws: `ModelError` where it holds no adapter.
  public init(_ path: String) throws(ModelError) {
    self.path = path
    configuration = try AdapterConfiguration(folder: path)
  }

  /// Whether a folder holds an adapter.
  public static func isAdapter(_ path: String) -> Bool {
    Folders.exists("\(path)/\(AdapterConfiguration.name)")
  }

  /// What the file calls the model that it adapts; nil where it names none.
  public var baseModel: String? { configuration.fields["base_model_name_or_path"]?.string }

  /// Adds the adapter to a model, with the filed values.
  /// - Throws: `ModelError` where the adapter is of another model, or of a method not computed here.
  public func attach(to model: any Model) throws(ModelError) -> any ModelAdapter {
    let adapter = try method(model)
    try load(adapter, model)
    return adapter
  }

  private func method(_ model: any Model) throws(ModelError) -> any ModelAdapter {
    switch try configuration.method {
    case "LORA": return try LowRankAdapter(LowRankOptions(configuration), to: model, seed: 0)
    case "IA3": return try ColumnFactorAdapter(ColumnFactorOptions(configuration), to: model)
    case "LN_TUNING": return try NormAdapter(configuration, of: model)
    case let other:
      throw ModelError(
        .unsupported, file: configuration.file, problem: "the method \(other) is not computed here")
    }
  }

  /// Takes over every tensor of the file.
  private func load(_ adapter: any ModelAdapter, _ model: any Model) throws(ModelError) {
    let file = try weights()
    var left = Set(file.tensors.map(\.name))
    func stored(_ name: String) -> String? {
      model.spellings(of: name).lazy.map { Self.prefix + $0 }.first { left.contains($0) }
    }
    let missing = adapter.tensors.filter { stored($0.name) == nil }.map(\.name)
    for tensor in adapter.tensors {
      guard let name = stored(tensor.name) else { continue }
      tensor.write(try values(name, tensor.shape, file))
      left.remove(name)
    }
    // Whole parameters that the configuration does not name, such as a head.
    for parameter in model.parameters {
      guard let name = stored(parameter.name) else { continue }
      parameter.tensor.assign(try values(name, parameter.tensor.shape, file))
      left.remove(name)
    }
    guard missing.isEmpty, left.isEmpty else {
      let problem = [("lacks ", missing), ("holds in excess ", left.sorted())]
        .filter { !$0.1.isEmpty }
        .map { $0.0 + $0.1.prefix(4).joined(separator: ", ") }.joined(separator: "; ")
      throw ModelError(
        .mismatch, file: file.path, problem: "is not of this model: " + problem,
        remedy: "Give the model that the adapter was trained on.")
    }
  }

  /// The names of the model's own parameters that the file holds.
  func parameters(of model: any Model) throws(ModelError) -> Set<String> {
    let names = Set(try weights().tensors.map(\.name))
    return Set(
      model.parameters.map(\.name).filter { name in
        model.spellings(of: name).contains { names.contains(Self.prefix + $0) }
      })
  }

  private func values(
    _ name: String, _ shape: [Int], _ file: any TensorFile
  ) throws(ModelError) -> Tensor {
    let tensor = try file.tensor(name)
    guard tensor.shape == shape else {
      throw ModelError(
        .mismatch, file: file.path, problem: "\(name) has the shape \(tensor.shape), not \(shape)")
    }
    return tensor
  }

  private func weights() throws(ModelError) -> any TensorFile {
    for name in ["adapter_model.safetensors", "adapter_model.bin"]
    where Folders.exists("\(path)/\(name)") {
      return try TensorFiles.open("\(path)/\(name)")
    }
    throw ModelError(
      .notFound, file: path,
      problem: "holds neither adapter_model.safetensors nor adapter_model.bin")
  }
}

extension Model {
  /// A name with and without what the base model's names begin with: heads decide which one is filed.
  func spellings(of name: String) -> [String] {
    guard let prefix = try? ModelLoader.prefix(of: configuration), !prefix.isEmpty else {
      return [name]
    }
    return [name, name.hasPrefix(prefix) ? String(name.dropFirst(prefix.count)) : prefix + name]
  }

  /// What PEFT calls the model's task; nil for masked models, which it has no name for.
  var taskType: String? {
    switch self {
    case is any SequenceClassifier, is any RewardModel: "SEQ_CLS"
    case is any TokenClassifier: "TOKEN_CLS"
    case is any CausalLanguageModel: "CAUSAL_LM"
    case is any SequenceToSequenceModel: "SEQ_2_SEQ_LM"
    case is any MaskedLanguageModel: nil
    default: "FEATURE_EXTRACTION"
    }
  }
}

// MARK: - Writing

extension AdapterFolder {
  /// Saves an adapter: configuration, weights, and a card that says what it is.
  /// - Parameters:
  ///   - base: The name or folder of the model that it adapts.
  public static func save(
    _ adapter: any ModelAdapter, of model: any Model, base: String?, to folder: String
  ) throws(FileError) {
    try Folders.make(folder)
    try SafetensorsWriter.write(
      adapter.tensors.map { (prefix + $0.name, $0.read()) },
      to: "\(folder)/adapter_model.safetensors")
    var fields = adapter.configuration
    for name in ["auto_mapping", "revision"] { fields[name] = .null }
    fields["base_model_name_or_path"] = base.map { .string($0) } ?? .null
    fields["inference_mode"] = true
    fields["peft_version"] = "0.21.2"
    let sorted = JSONObject(fields.members.map { ($0.key, $0.value) }.sorted { $0.0 < $1.0 })
    try AtomicFile.write(
      JSONValue.object(sorted).prettyText.utf8, to: "\(folder)/\(AdapterConfiguration.name)")
    let card = AdapterCard(
      base: base, method: adapter.configuration["peft_type"]?.string ?? "", model: model,
      trained: adapter.parameters.reduce(0) { $0 + $1.tensor.count })
    try AtomicFile.write(card.text.utf8, to: "\(folder)/README.md")
    // Not of PEFT's layout, which passes over it: the classes that a new head was trained on.
    try model.configuration.save(to: folder)
  }
}
