import Records
public import Stages
import Tensors

/// A folder of an adapter: `adapter_config.json` and weights, as PEFT or AdapterHub lay them out.
///
/// ```swift
/// let adapter = try AdapterFolder("runs/lora/adapter").attach(to: model)
/// ```
public struct AdapterFolder: Sendable {
  /// Its path.
  public let path: String
  /// Whose files it holds.
  public let layout: AdapterLayout
  private let configuration: AdapterConfiguration

  /// Reads what the folder says of itself.
  /// - Throws: `ModelError` where it holds no adapter.
  public init(_ path: String) throws(ModelError) {
    self.path = path
    configuration = try AdapterConfiguration(folder: path)
    layout = configuration.layout
  }

  /// Whether a folder holds an adapter.
  public static func isAdapter(_ path: String) -> Bool {
    Folders.exists("\(path)/\(AdapterConfiguration.name)")
  }

  /// What the file calls the model that it adapts; nil where it names none.
  public var baseModel: String? {
    let field = layout == .adapterHub ? "model_name" : "base_model_name_or_path"
    return configuration.fields[field]?.string
  }

  /// Adds the adapter to a model, with the filed values.
  /// - Parameter ignored: Tensors of the model's checkpoint that the model has no place for, such as a
  ///   layer that pools below a head of tokens: what the adapter has for these is passed over.
  /// - Throws: `ModelError` where the adapter is of another model, or of a method not computed here.
  public func attach(
    to model: any Model, besides ignored: [String] = []
  ) throws(ModelError) -> any ModelAdapter {
    let adapter = try named(model)
    let held = try AdapterTensors(path, configuration).load(adapter, model, besides: ignored)
    guard !held.isEmpty else { return adapter }
    // PEFT files vectors of words beside an adapter where it is asked to, and trains them nowhere.
    let frozen =
      layout == .adapterHub ? [] : held.map(\.parameter).filter { model.isVocabulary($0) }
    return HeadedAdapter(adapter, held, frozen: Set(frozen.map(\.name)))
  }

  /// The adapter without its values; faults of the configuration name the file and the field.
  private func named(_ model: any Model) throws(ModelError) -> any ModelAdapter {
    do { return try method(model) } catch {
      guard let field = Self.fields[error.file] else { throw error }
      throw ModelError(
        error.code, file: configuration.file, problem: "\(field): \(error.problem)",
        remedy: "Give the model that the adapter was trained on, or merge the adapter with PEFT.")
    }
  }

  /// The fields of PEFT's files by what options are called here.
  private static let fields = [
    "targets": "target_modules", "init": "init_lora_weights", "lora-bias": "lora_bias",
    "modules-to-save": "modules_to_save", "tokens": "token_indices", "method": "peft_type",
    "virtual-tokens": "num_virtual_tokens", "rank": "r",
  ]

  /// The methods of PEFT that weights cannot hold and that are not computed here.
  private static let unmergeable = [
    "MULTITASK_PROMPT_TUNING", "CPT", "ADAPTION_PROMPT", "CARTRIDGE", "XLORA", "POLY",
  ]

  private func method(_ model: any Model) throws(ModelError) -> any ModelAdapter {
    if layout == .adapterHub { return try HubAdapter.make(configuration, model) }
    try model.requireReadWords(model.parameters(inModules: configuration.texts("modules_to_save")))
    switch try configuration.method {
    case "LORA":
      try model.requireUnbiasedOutput(configuration, "trainable_token_indices")
      try model.requireMapsByOutput(configuration)
      return try LowRankAdapter(LowRankOptions(configuration), to: model, seed: 0)
    case "IA3": return try ColumnFactorAdapter(ColumnFactorOptions(configuration), to: model)
    case "LN_TUNING": return try NormAdapter(configuration, of: model)
    case "PROMPT_TUNING", "P_TUNING": return try PromptAdapter(configuration, to: model)
    case "ADALORA": return try AdaptiveRankAdapter(configuration, to: model)
    case "SHIRA": return try SparseAdapter(configuration, to: model)
    case "TRAINABLE_TOKENS": return try TokenAdapter(configuration, to: model)
    case "PREFIX_TUNING": return try PrefixAdapter(configuration, to: model)
    case let name where FoldedAdapter.names.contains(name):
      return try FoldedAdapter(configuration, to: model)
    case let other:
      throw ModelError(
        .unsupported, file: configuration.file,
        problem: "the method \(other) (peft_type) is not computed here",
        remedy: Self.unmergeable.contains(other)
          ? "PEFT cannot merge it either: give an adapter of another method."
          : "Merge it into its model with PEFT's merge_and_unload, and give the merged model.")
    }
  }

  /// Whether it is of a model whose names begin with a prefix, as those of models with a head do.
  func holdsNames(after prefix: String) throws(ModelError) -> Bool {
    try AdapterTensors(path, configuration).holdsNames(after: prefix)
  }

  /// The names of the model's own parameters that the files hold.
  func parameters(of model: any Model) throws(ModelError) -> Set<String> {
    try AdapterTensors(path, configuration).parameters(of: model)
  }
}

// MARK: - Writing

extension AdapterFolder {
  /// Saves an adapter: configuration, weights, and a card that says what it is.
  /// - Parameter base: The name or folder of the model that it adapts.
  public static func save(
    _ adapter: any ModelAdapter, of model: any Model, base: String?, to folder: String
  ) throws(FileError) {
    try Folders.make(folder)
    switch adapter.layout {
    case .peft, .anneal: try savePEFT(adapter, model, base, folder)
    case .adapterHub: try saveHub(adapter, model, base, folder)
    }
    let card = AdapterCard(
      base: base, method: method(adapter), layout: adapter.layout, model: model,
      trained: adapter.parameters.reduce(0) { $0 + $1.tensor.count })
    try AtomicFile.write(card.text.utf8, to: "\(folder)/README.md")
    // Of neither layout, and passed over by both: the classes that a new head was trained on, and how
    // the model's weights were held.
    try model.configuration.holding(FourBitBase(of: model)).save(to: folder)
  }

  /// What PEFT calls the method, or would call AdapterHub's.
  private static func method(_ adapter: any ModelAdapter) -> String {
    if let method = adapter.configuration["peft_type"]?.string { return method }
    let fields = adapter.configuration["config"]?.object ?? [:]
    switch fields["architecture"]?.string {
    case "lora": return fields["composition_mode"]?.string == "scale" ? "IA3" : "LORA"
    case "prompt_tuning": return "PROMPT_TUNING"
    case "prefix_tuning": return "PREFIX_TUNING"
    case "union": return "union"
    default: return "bottleneck"
    }
  }

  /// Refuses an adapter that PEFT does not read, or would compute otherwise.
  /// - Throws: `ModelError.unsupported` with the reason.
  public static func requirePEFT(
    _ adapter: any ModelAdapter, _ folder: String
  ) throws(ModelError) {
    switch adapter.layout {
    case .peft: return
    case .adapterHub:
      throw ModelError(
        .unsupported, file: folder, problem: "is laid out for AdapterHub, which PEFT does not read",
        remedy: "Export it without --peft: AdapterHub's adapters reads it.")
    case .anneal:
      let reason = adapter.reasonAgainstPEFT
      throw ModelError(
        .unsupported, file: folder,
        problem: reason?.problem ?? "is of a layout that PEFT would compute something else with",
        remedy: reason?.remedy ?? "Export it without --peft.")
    }
  }

  private static func savePEFT(
    _ adapter: any ModelAdapter, _ model: any Model, _ base: String?, _ folder: String
  ) throws(FileError) {
    var fields = adapter.configuration
    // PEFT looks for the head of a model that it knows to classify.
    let classifies = ["SEQ_CLS", "TOKEN_CLS"].contains(fields["task_type"]?.string)
    let isVirtual = fields["num_virtual_tokens"] != nil
    // An update of a head's map is not the head.
    let own = Set(model.parameters.map(\.name))
    let filesHead = adapter.tensors.contains {
      own.contains($0.name) && model.isHead($0.name.module)
    }
    if classifies, !isVirtual, !filesHead {
      fields["task_type"] = .null
    }
    let names = AdapterNames(adapter.layout, method: fields["peft_type"]?.string)
    try SafetensorsWriter.write(
      adapter.tensors.map { SavedTensor(names($0.name), $0) },
      to: "\(folder)/adapter_model.safetensors")
    for name in ["auto_mapping", "revision"] { fields[name] = .null }
    fields["base_model_name_or_path"] = base.map { .string($0) } ?? .null
    fields["inference_mode"] = true
    fields["peft_version"] = "0.21.2"
    if adapter.layout == .anneal {
      fields[AdapterConfiguration.ownMethod] = fields["peft_type"]
      for name in ["peft_type", "peft_version"] { fields[name] = nil }
    }
    try write(fields, to: folder, AdapterConfiguration.name)
  }

  private static func saveHub(
    _ adapter: any ModelAdapter, _ model: any Model, _ base: String?, _ folder: String
  ) throws(FileError) {
    let head = adapter.tensors.filter(\.isOfModel)
    let own = adapter.tensors.filter { !$0.isOfModel }
    try SafetensorsWriter.write(
      own.map { ($0.name, $0.read()) }, to: "\(folder)/adapter.safetensors")
    var fields = adapter.configuration
    fields["model_name"] = base.map { .string($0) } ?? .null
    try write(fields, to: folder, AdapterConfiguration.name)
    guard !head.isEmpty else { return }
    try SafetensorsWriter.write(
      head.map { ($0.name, $0.read()) }, to: "\(folder)/model_head.safetensors")
    fields["config"] = .null
    fields["name"] = .null
    fields["label2id"] = model.configuration.fields["label2id"] ?? .null
    fields["num_labels"] = .integer(fields["label2id"]?.object?.count ?? 2)
    try write(fields, to: folder, "head_config.json")
  }

  private static func write(
    _ fields: JSONObject, to folder: String, _ name: String
  ) throws(FileError) {
    let sorted = JSONObject(fields.members.map { ($0.key, $0.value) }.sorted { $0.0 < $1.0 })
    try AtomicFile.write(JSONValue.object(sorted).prettyText.utf8, to: "\(folder)/\(name)")
  }
}
