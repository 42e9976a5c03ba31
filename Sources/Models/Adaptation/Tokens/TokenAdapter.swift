public import Records
import Tensors

/// The vectors of some tokens, such as ones that a tokenizer has got lately; all else is frozen.
///
/// Filed as PEFT's trainable tokens. Where the embedding is the output too, the output changes with it.
public struct TokenAdapter: ModelAdapter {
  /// What training updates.
  public let parameters: [NamedParameter]
  /// What the file holds.
  public let tensors: [AdapterTensor]
  /// The fields of `adapter_config.json`.
  public let configuration: JSONObject
  private let losesBias: Bool

  /// Chooses tokens of a model.
  /// - Parameters:
  ///   - tokens: Their ids.
  ///   - target: The embedding by the end of its name; the words' if nil.
  ///   - savedModules: Modules that are trained and saved whole, such as a new head.
  /// - Throws: `ModelError.invalid` for tokens or an embedding that the model does not have.
  public init(
    tokens: [Int32], target: ModuleTargets? = nil, savedModules: [String] = [], of model: any Model
  ) throws(ModelError) {
    let tables = try Self.tables(target, model)
    losesBias = model.hasTiedBias
    var changes: [NamedParameter] = []
    for table in tables {
      let change = try TokenTable(table, checked: tokens)
      table.adaptation = change
      changes.append(
        NamedParameter(
          name: "\(table.name).trainable_tokens_delta", tensor: change.vectors, role: .weight))
    }
    parameters = changes + model.parameters(inModules: savedModules)
    tensors = parameters.map { AdapterTensor($0.name, $0.tensor) }
    configuration = [
      "init_weights": true, "peft_type": "TRAINABLE_TOKENS",
      "target_modules": tables.count == 1
        ? .string(tables[0].name) : .array(tables.map { .string($0.name) }),
      "task_type": model.taskType.map { .string($0) } ?? .null,
      "token_indices": .array(tokens.map { .integer($0) }),
    ]
  }

  /// The tokens that an `adapter_config.json` of PEFT names.
  init(_ config: AdapterConfiguration, to model: any Model) throws(ModelError) {
    try model.requireUnbiasedOutput(config, "token_indices")
    guard let tokens = try config.integers("token_indices") else {
      throw config.fault("names no token_indices")
    }
    try self.init(
      tokens: tokens.map { Int32(clamping: $0) }, target: config.targets("target_modules"),
      savedModules: config.texts("modules_to_save"), of: model)
  }

  /// Why PEFT computes something else with trained tokens: it loses the bias of an output that is tied.
  public var reasonAgainstPEFT: (problem: String, remedy: String)? {
    losesBias
      ? (
        "trains tokens of a tied output with a bias, which PEFT loses",
        "Export it without --peft, or merged."
      ) : nil
  }
  /// Whose files it is saved as.
  public var layout: AdapterLayout { losesBias ? .anneal : .peft }

  /// The embeddings whose tokens are trained: what a model reads first where none is named.
  static func tables(
    _ target: ModuleTargets?, _ model: any Model
  ) throws(ModelError) -> [Embedding] {
    let owned = model.tables.filter { $0.owner == nil }
    var chosen: [Embedding] = []
    if let target {
      for table in model.tables {
        let isWanted = try target.fit(table.name) || target == .pattern(table.name)
        if isWanted { chosen.append(table) }
      }
    } else {
      let words = owned.filter { WordTable.isNamed($0.name) }
      chosen = [words.first { $0.name.contains("encoder.") } ?? words.first].compactMap(\.self)
    }
    let isFree = chosen.allSatisfy { table in
      guard let owner = table.owner else { return table.adaptation == nil }
      // Where the owner is out of reach, PEFT wraps the other name twice, and cannot read that.
      return table.adaptation == nil && owner.adaptation == nil
        && owned.contains { $0 === owner } && !chosen.contains { $0 === owner }
    }
    guard !chosen.isEmpty, isFree else {
      throw ModelError(
        .unsupported, file: "targets",
        problem: chosen.isEmpty
          ? "this model has no such embedding that can be adapted"
          : "\(chosen.map(\.name).joined(separator: ", ")) cannot be adapted so",
        remedy: "Target one embedding that no other method has.")
    }
    return chosen
  }
}

extension Model {
  /// Whether the output is the embedding of words and adds a bias.
  var hasTiedBias: Bool {
    guard let head = self as? any VocabularyHead & TiedHead else { return false }
    return head.tiedTable != nil && head.outputBias != nil
  }

  /// Refuses trained tokens in a file of PEFT where it computes without the output's bias.
  func requireUnbiasedOutput(
    _ config: AdapterConfiguration, _ field: String
  ) throws(ModelError) {
    guard hasTiedBias, config.layout == .peft, try !config.tokens(field).isEmpty else { return }
    throw ModelError(
      .unsupported, file: config.file,
      problem: "\(field) trains tokens of a tied output with a bias, which PEFT loses",
      remedy: "Train them anew, or with modules_to_save.")
  }
}
