import Records
public import Stages
public import Tensors

/// A model without its adapter that computes the same: every change is in the weights.
///
/// An embedding that is the output too and was changed as an input alone becomes two matrices.
public struct MergedModel: Sendable {
  /// Every parameter by name.
  public let parameters: [(name: String, tensor: Tensor)]
  /// What describes it.
  public let configuration: ModelConfiguration
  /// The linear maps by the names of their weights.
  let maps: [String: Linear]

  /// Merges what methods have added to a model, which stays as it is.
  /// - Throws: `ModelError.unsupported` where the plain model has no place for a change.
  public init(_ model: any Model) throws(ModelError) {
    if let obstacle = Self.obstacle(in: model) { throw obstacle }
    let changed = Self.changes(of: model)
    var parameters = model.parameters.map { ($0.name, changed[$0.name] ?? $0.tensor) }
    var configuration = model.configuration
    if let head = model as? any VocabularyHead & TiedHead, let tied = head.tiedNames(changed) {
      parameters = parameters.filter { $0.0 != tied.oldBias }
      parameters.append((tied.weight, changed[tied.weight] ?? head.outputWeight))
      if let bias = head.outputBias, tied.oldBias != nil, let name = tied.bias {
        parameters.append((name, bias))
      }
      configuration.fields["tie_word_embeddings"] = false
    }
    self.parameters = parameters
    self.configuration = configuration
    maps = Dictionary(
      model.linears.map { ("\($0.name).weight", $0) }, uniquingKeysWith: { first, _ in first })
  }

  /// Why weights cannot hold what methods have added to a model; nil where they can.
  static func obstacle(in model: any Model) -> ModelError? {
    func unsupported(_ file: String, _ problem: String) -> ModelError {
      ModelError(
        .unsupported, file: file, problem: problem, remedy: "Export it without --merge.")
    }
    if let junction = model.junctions.first(where: { $0.bottleneck != nil }) {
      return unsupported(
        junction.name, "a bottleneck adapter is no linear map, so that weights cannot hold it")
    }
    if let map = model.linears.first(where: { $0.adaptation is GatedMap }) {
      return unsupported(
        map.name, "a gate says how much of its update a text gets, which weights cannot hold")
    }
    if model.virtualPlaces.contains(where: { $0.invertible != nil }) {
      return unsupported(
        "adapter", "maps the embeddings' vectors by a network that is not linear")
    }
    guard model.virtualPlaces.allSatisfy({ $0.length == 0 }) else {
      return unsupported(
        "adapter", "adds virtual tokens to what the model reads, which weights cannot hold")
    }
    let tied = (model as? any TiedHead)?.tiedTable
    let output = (model as? any VocabularyHead)?.outputWeight
    let shared = model.tables.first { table in
      table.adaptation != nil && table !== tied
        && (table.owner != nil || table.weight === output)
    }
    if let shared {
      return unsupported(
        shared.name,
        "has vectors of words that another part of the plain model reads too, unchanged")
    }
    let map = model.adaptableMaps.first { map in
      map.bias == nil && (map.adaptation as? LowRankMap)?.upBias != nil
    }
    return map.map {
      unsupported($0.name, "the adapter has a bias where the model's map has none")
    }
  }

  /// The weights and biases that methods have changed, by name.
  private static func changes(of model: any Model) -> [String: Tensor] {
    var changed: [String: Tensor] = [:]
    for map in model.adaptableMaps {
      guard let adaptation = map.adaptation else { continue }
      let (weight, bias) = adaptation.merged(map)
      changed["\(map.name).weight"] = weight
      if let bias { changed["\(map.name).bias"] = bias }
    }
    for table in model.tables {
      guard let adaptation = table.adaptation else { continue }
      changed["\(table.name).weight"] = adaptation.merged(table)
    }
    return changed
  }

  /// Saves it as `config.json` and `model.safetensors`, each atomically.
  /// - Parameter tokenizer: A folder whose tokenizer files are copied beside them.
  public func save(to folder: String, tokenizer: String? = nil) throws(FileError) {
    try Folders.make(folder)
    try SafetensorsWriter.write(parameters, to: folder + "/model.safetensors")
    if let tokenizer { try ModelFiles.copyTokenizer(from: tokenizer, to: folder) }
    try configuration.save(to: folder)
  }
}

/// A head whose output may be the embedding, and how it is filed where it is not.
protocol TiedHead {
  /// The embedding that is the output too; nil where the output stands alone.
  var tiedTable: Embedding? { get }
  /// The embedding of words, where it is not among those that all methods adapt.
  var wordTable: Embedding? { get }
  /// The output as a map, for methods that name it; tied or not, a change of it is none of the embedding.
  var outputMap: Linear? { get }
  /// What an output of its own is called: its weight, and its bias before and after.
  var untiedNames: (weight: String, oldBias: String?, bias: String?) { get }
}

extension TiedHead {
  var wordTable: Embedding? { tiedTable }
  var outputMap: Linear? { nil }

  /// The names of an output that must stand alone as its embedding has changed.
  fileprivate func tiedNames(
    _ changed: [String: Tensor]
  ) -> (weight: String, oldBias: String?, bias: String?)? {
    // Trained tokens are those of the output too, which then stays tied.
    guard let tiedTable else { return nil }
    let isTableChanged =
      changed["\(tiedTable.name).weight"] != nil && !(tiedTable.adaptation is TokenTable)
    return isTableChanged || outputMap?.adaptation != nil ? untiedNames : nil
  }
}

extension Model {
  /// Every linear map that some method may adapt.
  fileprivate var adaptableMaps: [Linear] {
    linears + [(self as? any TiedHead)?.outputMap].compactMap(\.self)
  }

  /// Every embedding that some method may adapt.
  var tables: [Embedding] {
    guard let words = (self as? any TiedHead)?.wordTable,
      !embeddings.contains(where: { $0 === words })
    else { return embeddings }
    return [words] + embeddings
  }
}
