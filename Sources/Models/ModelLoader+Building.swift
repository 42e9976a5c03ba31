import Records
import Stages

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

  /// - Parameter excess: Beginnings of names that the checkpoint may hold besides the model's.
  static func build(
    _ configuration: ModelConfiguration, _ checkpoint: Checkpoint?, _ task: ModelTask,
    seed: UInt64, dropout: Double?, excess: [String] = [], base: FourBitBase? = nil
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
      base: base.map { $0.keeping(architecture.heads) })
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

  static func unsupported(
    _ task: ModelTask, _ configuration: ModelConfiguration
  ) -> ModelError {
    ModelError(
      .unsupported, file: configuration.file,
      problem: "a model of type \((try? configuration.modelType) ?? "") does no \(task.name)")
  }
}
