import Stages
import Tensors

/// What an adapter's tensors are called in its file.
struct AdapterNames {
  private let prefix: String
  /// What maps share, which PEFT keeps outside of the model.
  private static let shared = ["vera_A", "vera_B", "vblora_vector_bank"]

  /// - Parameter method: PEFT's word for the method.
  init(_ layout: AdapterLayout, method: String?) {
    let isVirtual = ["PREFIX_TUNING", "PROMPT_TUNING", "P_TUNING"].contains(method)
    prefix = layout == .adapterHub ? "" : isVirtual ? "base_model." : "base_model.model."
  }

  /// The name in the file.
  func callAsFunction(_ name: String) -> String {
    if name.hasSuffix(VirtualFile.name) { return name }
    return Self.shared.contains(name) ? "base_model.\(name)" : prefix + name
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
  /// - Parameter ignored: Tensors of the model's checkpoint that the model has no place for.
  /// - Returns: The model's own parameters among them that the adapter does not list, such as a head.
  /// - Throws: `ModelError.mismatch` where they are not the adapter's, or of another model.
  func load(
    _ adapter: any ModelAdapter, _ model: any Model, besides ignored: [String]
  ) throws(ModelError) -> [HeldParameter] {
    var left = names.filter { !isWrapped($0) && !isBelow($0, ignored, model) }
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
    var held: [HeldParameter] = []
    for parameter in model.parameters {
      let base = storedBase(of: parameter, model, left)
      guard let name = stored(parameter.name) ?? base?.filed else { continue }
      left.remove(name)
      if name.hasSuffix(".base_layer.weight"), model.losesBeginning(parameter) { continue }
      parameter.tensor.assign(try values(name, parameter.tensor.shape))
      held.append(
        HeldParameter(
          parameter: parameter, name: name == base?.filed ? base?.name : nil))
    }
    try dropTwins(of: model, &left)
    try dropTokens(adapter, &left)
    guard missing.isEmpty, left.isEmpty else { throw mismatch(missing, left.sorted()) }
    return held
  }

  private func take(_ name: String, for tensor: AdapterTensor) throws(ModelError) {
    guard let file = files.first(where: { $0[name] != nil }) else { throw mismatch([name], []) }
    try tensor.take(name, from: file)
  }

  /// Whether a tensor's name begins with a prefix of the model's names.
  func holdsNames(after prefix: String) -> Bool {
    !prefix.isEmpty && names.contains { $0.hasPrefix(spelling(prefix)) }
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

  /// Whether a name is of a copy that PEFT makes of a module that is trained whole, which it files under
  /// the module's own name too: biases have such copies where all of them are trained.
  private func isWrapped(_ name: String) -> Bool {
    if let pooled = pooled(name) { return pooled }
    let plain = [".modules_to_save.", ".original_module."].first { name.contains($0) }
      .map { name.replacing($0, with: ".") }
    return plain.map { names.contains($0) } ?? false
  }

  /// Whether a name is of a copy that AdapterHub files of a prefix, which all layers share, for each layer;
  /// nil where it is of none.
  private func pooled(_ name: String) -> Bool? {
    let path = ".prefix_tuning.pool."
    guard let range = name.firstRange(of: path) else { return nil }
    let shared = "prefix_tuning." + name[range.upperBound...]
    return names.contains { $0.hasSuffix(shared) && !$0.contains(path) }
  }

  /// Whether a name is of a module that the model does not have, though its checkpoint does.
  private func isBelow(_ name: String, _ ignored: [String], _ model: any Model) -> Bool {
    ignored.contains { tensor in
      model.spellings(of: tensor.module).contains { name.hasPrefix(spelling($0) + ".") }
    }
  }

  /// The name of one of the model's own weights where an update stands before it: in the file, and
  /// as it is filed beside the model's own names.
  private func storedBase(
    of parameter: NamedParameter, _ model: any Model, _ left: Set<String>
  ) -> (filed: String, name: String)? {
    guard let module = parameter.name.module(ofEnding: ".weight") else { return nil }
    let endings = [".base_layer.weight", ".token_adapter.base_layer.weight"]
    return model.spellings(of: module).lazy
      .flatMap { spelled in endings.map { (spelling(spelled + $0), module + $0) } }
      .first { left.contains($0.0) }
  }

  /// Passes over copies of what the model has once: an output that is its embedding, or the vectors of
  /// words that several parts read.
  private func dropTwins(of model: any Model, _ left: inout Set<String>) throws(ModelError) {
    let own = model.vocabularyTensors
    for name in left where name.hasSuffix(".weight") || name.hasSuffix(".bias") {
      guard let shape = shape(of: name) else { continue }
      let candidates = own.filter { $0.shape == shape }
      guard !candidates.isEmpty else { continue }
      let filed = try values(name, shape).values
      if candidates.contains(where: { $0.values == filed }) { left.remove(name) }
    }
  }

  /// Passes over copies of trained tokens under the names of tied parts.
  private func dropTokens(
    _ adapter: any ModelAdapter, _ left: inout Set<String>
  ) throws(ModelError) {
    let tokens = adapter.tensors.first { $0.name.hasSuffix("trainable_tokens_delta") }
    guard let tokens else { return }
    for name in left where name.hasSuffix("trainable_tokens_delta") {
      if try values(name, tokens.shape).values == tokens.read().values { left.remove(name) }
    }
  }

  private func shape(of name: String) -> [Int]? {
    files.lazy.compactMap { $0[name]?.shape }.first
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

  private func parted(_ name: String) -> ModelError {
    ModelError(
      .unsupported, file: files[0].path,
      problem: "holds \(name): modules_to_save parts vectors of words that the model has once",
      remedy: "Merge the adapter into its model with PEFT, and give the merged model.")
  }

  private func mismatch(_ missing: [String], _ excess: [String]) -> ModelError {
    let updates = [
      ".lora_", ".ia3_l", ".shira_", ".trainable_tokens_delta", ".vera_", ".hada_", ".lokr_",
      ".oft_", ".boft_", ".hra_", ".vblora_", ".fourierft_",
    ]
    if missing.isEmpty,
      let update = excess.first(where: { name in updates.contains { name.contains($0) } })
    {
      return ModelError(
        .unsupported, file: files[0].path,
        problem: "holds \(update): its target_modules reach a part that is not updated here",
        remedy: "Merge the adapter into its model with PEFT, and give the merged model.")
    }
    if missing.isEmpty, excess.count == 1, WordTable.isNamed(excess[0].module) {
      return parted(excess[0])
    }
    if !missing.isEmpty, missing.allSatisfy({ $0.hasPrefix("shared_parameters.") }) {
      return ModelError(
        .unsupported, file: files[0].path,
        problem: "lacks \(missing[0]), which AdapterHub does not file of T5",
        remedy: "Train it anew with shared_phm_rule and shared_W_phm false, or here.")
    }
    let problem = [("lacks ", missing), ("holds in excess ", excess)]
      .filter { !$0.1.isEmpty }
      .map { $0.0 + $0.1.prefix(4).joined(separator: ", ") }.joined(separator: "; ")
    return ModelError(
      .mismatch, file: files[0].path, problem: "is not of this model: " + problem,
      remedy: "Give the model that the adapter was trained on.")
  }
}

extension Model {
  /// The vectors of words and what scores words, some of which may be one.
  fileprivate var vocabularyTensors: [Tensor] {
    let head = self as? any VocabularyHead
    let output = [head?.outputWeight, head?.outputBias].compactMap(\.self)
    return output + tables.filter { WordTable.isNamed($0.name) }.map(\.weight)
  }

  /// Whether a parameter is of the vectors of words or of what scores words.
  func isVocabulary(_ parameter: NamedParameter) -> Bool {
    WordTable.isNamed(parameter.name.module)
      || vocabularyTensors.contains { $0 === parameter.tensor }
  }

  /// Requires that none of the parameters trained whole is read under other names alone, as an encoder and a
  /// decoder do: PEFT's copy of it is read by nothing.
  func requireReadWords(_ saved: [NamedParameter]) throws(ModelError) {
    let shared = saved.first { parameter in
      embeddings.contains { $0.owner?.weight === parameter.tensor }
    }
    guard let shared else { return }
    throw ModelError(
      .unsupported, file: "modules-to-save",
      problem:
        "\(shared.name) is read under the names of the encoder and the decoder alone, so that "
        + "PEFT's copy of it would change nothing",
      remedy: "Leave it out, target embed_tokens, or train the whole model.")
  }

  /// Whether an update of a map begins as a part of its weight, which then is filed without that.
  fileprivate func losesBeginning(_ parameter: NamedParameter) -> Bool {
    let output = (self as? any TiedHead)?.outputMap
    return (linears + [output].compactMap(\.self)).contains { map in
      map.weight === parameter.tensor && (map.adaptation as? LowRankMap)?.start != nil
    }
  }

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

extension String {
  /// What stands before an ending; nil where there is another.
  fileprivate func module(ofEnding ending: String) -> String? {
    hasSuffix(ending) ? String(dropLast(ending.count)) : nil
  }
}
