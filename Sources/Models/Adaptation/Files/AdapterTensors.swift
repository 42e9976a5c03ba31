import Stages
import Tensors

/// What an adapter's tensors are called in its file.
struct AdapterNames {
  private let prefix: String

  /// - Parameter method: PEFT's word for the method.
  init(_ layout: AdapterLayout, method: String?) {
    let isVirtual = ["PREFIX_TUNING", "PROMPT_TUNING", "P_TUNING"].contains(method)
    prefix = layout == .adapterHub ? "" : isVirtual ? "base_model." : "base_model.model."
  }

  /// The name in the file.
  func callAsFunction(_ name: String) -> String {
    name.hasSuffix(VirtualFile.name) ? name : prefix + name
  }
}

/// The weights of an adapter's folder by the names that the adapter gives them.
struct AdapterTensors {
  private let files: [any TensorFile]
  private let spelling: AdapterNames

  /// Opens the files of a folder.
  init(_ folder: String, _ configuration: AdapterConfiguration) throws(ModelError) {
    let layout = configuration.layout
    spelling = AdapterNames(layout, method: try? configuration.method)
    let names =
      layout != .adapterHub
      ? [["adapter_model.safetensors", "adapter_model.bin"]]
      : [
        ["adapter.safetensors", "pytorch_adapter.bin"],
        ["model_head.safetensors", "pytorch_model_head.bin"],
      ]
    var files: [any TensorFile] = []
    for (place, names) in names.enumerated() {
      if let name = names.first(where: { Folders.exists("\(folder)/\($0)") }) {
        files.append(try TensorFiles.open("\(folder)/\(name)"))
      } else if place == 0 {
        throw ModelError(
          .notFound, file: folder, problem: "holds neither " + names.joined(separator: " nor "))
      }
    }
    self.files = files
  }

  /// Takes over every tensor of the files.
  /// - Returns: The model's own parameters among them that the adapter does not list, such as a head.
  /// - Throws: `ModelError.mismatch` where they are not the adapter's, or of another model.
  func load(
    _ adapter: any ModelAdapter, _ model: any Model
  ) throws(ModelError) -> [NamedParameter] {
    var left = names
    func stored(_ name: String) -> String? {
      model.spellings(of: name).lazy.map { spelling($0) }.first { left.contains($0) }
    }
    var missing: [String] = []
    for tensor in adapter.tensors {
      guard let name = stored(tensor.name) else {
        missing.append(tensor.name)
        continue
      }
      try take(name, for: tensor)
      left.remove(name)
    }
    var held: [NamedParameter] = []
    for parameter in model.parameters {
      guard let name = stored(parameter.name) else { continue }
      parameter.tensor.assign(try values(name, parameter.tensor.shape))
      left.remove(name)
      held.append(parameter)
    }
    try dropTwins(of: model, &left)
    try dropCopies(adapter, model, &left)
    guard missing.isEmpty, left.isEmpty else { throw mismatch(missing, left.sorted()) }
    return held
  }

  private func take(_ name: String, for tensor: AdapterTensor) throws(ModelError) {
    guard let file = files.first(where: { $0[name] != nil }) else { throw mismatch([name], []) }
    try tensor.take(name, from: file)
  }

  /// The names of the model's own parameters that the files hold.
  func parameters(of model: any Model) -> Set<String> {
    let names = names
    return Set(
      model.parameters.map(\.name).filter { name in
        model.spellings(of: name).contains { names.contains(spelling($0)) }
      })
  }

  private var names: Set<String> { Set(files.flatMap { $0.tensors.map(\.name) }) }

  /// Passes over a copy of an output that the model has as its embedding.
  private func dropTwins(of model: any Model, _ left: inout Set<String>) throws(ModelError) {
    let name = spelling("lm_head.weight")
    guard left.contains(name), let head = model as? any VocabularyHead else { return }
    guard try values(name, head.outputWeight.shape).values == head.outputWeight.values else {
      return
    }
    left.remove(name)
  }

  /// Passes over copies of trained tokens under the names of tied parts, and of the model's own weights
  /// below an update.
  private func dropCopies(
    _ adapter: any ModelAdapter, _ model: any Model, _ left: inout Set<String>
  ) throws(ModelError) {
    let tokens = adapter.tensors.filter { $0.name.hasSuffix("trainable_tokens_delta") }
    for name in left {
      if let own = tokens.first, name.hasSuffix("trainable_tokens_delta") {
        if try values(name, own.shape).values == own.read().values { left.remove(name) }
      } else if name.hasSuffix(".base_layer.weight") {
        let plain = name.replacing(".base_layer.weight", with: ".weight")
        let parameter = model.parameters.first { parameter in
          model.spellings(of: parameter.name).contains { spelling($0) == plain }
        }
        guard let parameter else { continue }
        let filed = try values(name, parameter.tensor.shape)
        if filed.values == parameter.tensor.values { left.remove(name) }
      }
    }
  }

  private func values(_ name: String, _ shape: [Int]) throws(ModelError) -> Tensor {
    guard let file = files.first(where: { $0[name] != nil }) else { throw mismatch([name], []) }
    let tensor = try file.tensor(name)
    guard tensor.shape == shape else {
      throw ModelError(
        .mismatch, file: file.path, problem: "\(name) has the shape \(tensor.shape), not \(shape)")
    }
    return tensor
  }

  private func mismatch(_ missing: [String], _ excess: [String]) -> ModelError {
    let problem = [("lacks ", missing), ("holds in excess ", excess)]
      .filter { !$0.1.isEmpty }
      .map { $0.0 + $0.1.prefix(4).joined(separator: ", ") }.joined(separator: "; ")
    return ModelError(
      .mismatch, file: files[0].path, problem: "is not of this model: " + problem,
      remedy: "Give the model that the adapter was trained on.")
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
