public import Records
public import Stages

/// Builds models from folders in Hugging Face's layout, or from sizes, and saves them.
///
/// ```swift
/// let folder = try ModelLocator().folder(of: "all-MiniLM-L6-v2")
/// let loaded = try ModelLoader.load(folder, for: .classification(labels: ["ear", "eye"]), seed: 42)
/// ```
public enum ModelLoader {
  /// Loads the model of a folder for a task.
  ///
  /// A classification head is kept where the checkpoint's classes are the given ones (and then their
  /// order is the checkpoint's); else it begins fresh.
  /// - Parameters:
  ///   - folder: The model's, or that of an adapter, which names its model.
  ///   - adapter: The folder of an adapter on the model.
  ///   - dropout: Replaces every dropout of the model, where given.
  ///   - base: How linear maps are held. If nil, as 32-bit floats, but below an adapter as its
  ///     `config.json` says: so as they were when it was trained.
  /// - Throws: `ModelError` for a folder that holds no model, or one that this program cannot build.
  public static func load(
    _ folder: String, adapter: String? = nil, for task: ModelTask, seed: UInt64,
    dropout: Double? = nil, base: FourBitBase? = nil
  ) throws(ModelError) -> LoadedModel {
    let folders = try ModelFolders(folder, adapter: adapter)
    let configuration = try folders.configuration
    let trainedOn = folders.adapter == nil ? nil : FourBitBase(configuration)
    let file = try folders.adapter.map { (path) throws(ModelError) in try AdapterFolder(path) }
    let prefix = try Self.prefix(of: configuration)
    let loaded = try build(
      configuration, Checkpoint(folder: folders.base), task, seed: seed, dropout: dropout,
      base: base ?? trainedOn, isBare: try file?.holdsNames(after: prefix) != true)
    guard let file else { return loaded }
    let adapter = try file.attach(to: loaded.model, besides: loaded.ignored)
    let held = try file.parameters(of: loaded.model)
    return LoadedModel(
      model: loaded.model, fresh: loaded.fresh.filter { !held.contains($0) },
      ignored: loaded.ignored, adapter: adapter)
  }

  /// Loads a classifier with the classes it was trained on.
  /// - Throws: `ModelError.mismatch` where the folder's model names no classes.
  public static func classifier(
    _ folder: String, adapter: String? = nil
  ) throws(ModelError) -> any SequenceClassifier {
    try trained(
      folder, adapter, for: .classification(labels: labels(folder, adapter)),
      "classification head")
  }

  /// Loads a classifier of tokens with the classes it was trained on.
  /// - Throws: `ModelError.mismatch` where the folder's model names no classes.
  public static func tokenClassifier(
    _ folder: String, adapter: String? = nil
  ) throws(ModelError) -> any TokenClassifier {
    try trained(
      folder, adapter, for: .tokenClassification(labels: labels(folder, adapter)),
      "token classification head")
  }

  /// Loads a reward model.
  /// - Throws: `ModelError.mismatch` where the folder's model gives no single score.
  public static func reward(
    _ folder: String, adapter: String? = nil
  ) throws(ModelError) -> any RewardModel {
    try trained(folder, adapter, for: .reward, "head of a single score")
  }

  /// Loads a causal language model.
  /// - Throws: `ModelError` where the folder's model is none.
  public static func causal(
    _ folder: String, adapter: String? = nil
  ) throws(ModelError) -> any CausalLanguageModel {
    try trained(folder, adapter, for: .causal, "head that predicts the next token")
  }

  /// Loads a masked language model.
  /// - Throws: `ModelError` where the folder's model is none.
  public static func masked(
    _ folder: String, adapter: String? = nil
  ) throws(ModelError) -> any MaskedLanguageModel {
    try trained(folder, adapter, for: .masked, "head that predicts masked tokens")
  }

  /// Refuses a model that ``masked(_:adapter:)`` would not load, by its configuration and the names of its
  /// tensors alone.
  /// - Throws: `ModelError.unsupported` for an architecture without such a head, `.mismatch` for a
  ///   checkpoint without one.
  package static func checkMasked(_ folder: String) throws(ModelError) {
    let folders = try ModelFolders(folder, adapter: nil)
    let whole = try folders.configuration
    guard let head = try architecture(whole.modelType, file: whole.file).maskedHead else {
      throw unsupported(.masked, whole)
    }
    guard try Checkpoint(folder: folders.base)[head] != nil else {
      throw ModelError(
        .mismatch, file: folder, problem: "holds no head that predicts masked tokens",
        remedy: "Give a model that was trained for \(ModelTask.masked.name).")
    }
  }

  static func unsupported(
    _ task: ModelTask, _ configuration: ModelConfiguration
  ) -> ModelError {
    ModelError(
      .unsupported, file: configuration.file,
      problem: "a model of type \((try? configuration.modelType) ?? "") does no \(task.name)")
  }

  /// Loads a model that reads one sequence and predicts another.
  /// - Throws: `ModelError` where the folder's model is none.
  public static func sequenceToSequence(
    _ folder: String, adapter: String? = nil
  ) throws(ModelError) -> any SequenceToSequenceModel {
    let model = try load(folder, adapter: adapter, for: .sequenceToSequence, seed: 0).model
    guard let model = model as? any SequenceToSequenceModel
    else { throw ModelError(.mismatch, file: folder, problem: "is no sequence-to-sequence model") }
    return model
  }

  /// Builds a new model of the given architecture and sizes, with fresh parameters.
  /// - Parameter fields: Fields of `config.json` in place of those that the architecture has by itself.
  /// - Throws: `ModelError.unsupported` for an unknown architecture, `.invalid` for sizes.
  public static func make(
    _ modelType: String, _ sizes: ModelSizes, for task: ModelTask, seed: UInt64,
    dropout: Double? = nil, fields: JSONObject = [:]
  ) throws(ModelError) -> any Model {
    var configuration = try architecture(modelType, file: "architecture").configuration(sizes)
    configuration.fields.merge(fields)
    return try build(configuration, nil, task, seed: seed, dropout: dropout).model
  }

  /// A model of the shape of a folder's with fewer layers and arbitrary values, for measuring what it costs.
  ///
  /// - Parameter layers: Of the taller stack; the other one is cut in proportion.
  /// - Throws: `ModelError` for a folder that holds no model, or one that this program cannot build.
  package static func outline(
    of folder: String, layers: Int, for task: ModelTask, seed: UInt64, dropout: Double? = nil,
    base: FourBitBase? = nil
  ) throws(ModelError) -> LoadedModel {
    let configuration = try ModelFolders(folder, adapter: nil).configuration
    return try build(
      configuration.cut(to: layers), nil, task, seed: seed, dropout: dropout, base: base,
      isOutline: true)
  }

  /// Saves a model as `config.json` and `model.safetensors`, each atomically.
  /// - Parameter tokenizer: A folder whose tokenizer files are copied beside them.
  public static func save(
    _ model: any Model, to folder: String, tokenizer: String? = nil
  ) throws(FileError) {
    try Folders.make(folder)
    try SafetensorsWriter.write(
      model.parameters.map { ($0.name, $0.tensor) }, to: folder + "/model.safetensors")
    if let tokenizer { try ModelFiles.copyTokenizer(from: tokenizer, to: folder) }
    try model.configuration.save(to: folder)
  }

  /// The names of the architectures there are.
  public static var modelTypes: [String] { architectures.map(\.modelType) }
}

extension ModelLoader {
  /// The classes of a folder's model in the order of its scores.
  ///
  /// - Throws: `ModelError.mismatch` where the model names no classes.
  public static func labels(
    _ folder: String, _ adapter: String? = nil
  ) throws(ModelError) -> [String] {
    let folders = try ModelFolders(folder, adapter: adapter)
    if let labels = try folders.configuration.labels { return labels }
    throw ModelError(
      .mismatch, file: folder + "/config.json", problem: "names no classes in id2label",
      remedy: "Give a model that was trained to classify.")
  }

  /// A model whose checkpoint has the task's head, under the protocol of the task.
  static func trained<Kind>(
    _ folder: String, _ adapter: String?, for task: ModelTask, _ head: String
  ) throws(ModelError) -> Kind {
    let loaded = try load(folder, adapter: adapter, for: task, seed: 0)
    guard let model = loaded.model as? Kind, loaded.fresh.isEmpty else {
      throw ModelError(
        .mismatch, file: folder, problem: "holds no \(head)",
        remedy: "Give a model that was trained for \(task.name).")
    }
    return model
  }

  /// - Parameters:
  ///   - excess: Beginnings of names that the checkpoint may hold besides the model's.
  ///   - isBare: Whether a model without a head is named as transformers' class without one; an adapter
  ///     that was made on a model with a head wants the names of that.
  static func build(
    _ configuration: ModelConfiguration, _ checkpoint: Checkpoint?, _ task: ModelTask,
    seed: UInt64, dropout: Double?, excess: [String] = [], base: FourBitBase? = nil,
    isOutline: Bool = false, isBare: Bool = true
  ) throws(ModelError) -> LoadedModel {
    let architecture = try architecture(configuration.modelType, file: configuration.file)
    let (task, keepsHead) = try matched(task, configuration)
    var configuration = configuration
    // What is saved of weights in few bits is wide.
    configuration = configuration.holding(nil)
    if let dropout {
      for name in architecture.dropouts { configuration.fields[name] = .real(dropout) }
    }
    let source = ParameterSource(
      checkpoint: checkpoint, prefix: architecture.prefix,
      renewed: keepsHead ? [] : architecture.outputs, seed: seed,
      base: base.map { $0.keeping(architecture.heads) }, isOutline: isOutline,
      isBare: isBare && task == .encoding)
    guard let model = try architecture.make(configuration, task, source) else {
      throw unsupported(task, configuration)
    }
    try source.finish(heads: architecture.heads + excess)
    return LoadedModel(model: model, fresh: source.fresh, ignored: source.ignored)
  }

  /// The task with the checkpoint's order of classes where these are the given ones.
  private static func matched(
    _ task: ModelTask, _ configuration: ModelConfiguration
  ) throws(ModelError) -> (ModelTask, keepsHead: Bool) {
    /// The checkpoint's classes where they are the given ones, in any order.
    func known(_ labels: [String]) throws(ModelError) -> [String]? {
      func bytes(_ labels: [String]) -> Set<[UInt8]> { Set(labels.map { Array($0.utf8) }) }
      guard let known = try configuration.labels else { return nil }
      return bytes(known) == bytes(labels) ? known : nil
    }
    switch task {
    case .classification(let labels):
      guard let known = try known(labels) else { return (task, false) }
      return (.classification(labels: known), true)
    case .tokenClassification(let labels):
      guard let known = try known(labels) else { return (task, false) }
      return (.tokenClassification(labels: known), true)
    case .reward:
      guard let labels = try configuration.labels else { return (task, true) }
      return (task, labels.count == 1)
    case .causal, .masked, .sequenceToSequence, .encoding: return (task, true)
    }
  }

  /// What the names of a configuration's base model begin with.
  static func prefix(of configuration: ModelConfiguration) throws(ModelError) -> String {
    try architecture(configuration.modelType, file: configuration.file).prefix
  }

  static func architecture(
    _ type: String, file: String
  ) throws(ModelError) -> Architecture {
    guard let architecture = architectures.first(where: { $0.modelType == type }) else {
      throw ModelError(
        .unsupported, file: file, problem: "the architecture '\(type)' is not known",
        remedy: Suggestion.remedy(for: type, among: modelTypes) ?? "")
    }
    return architecture
  }
}
