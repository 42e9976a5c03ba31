import Records

extension ModelLoader {
  /// Loads a model that turns texts into vectors, whatever its head was.
  /// - Throws: `ModelError` where the folder holds no model.
  public static func encoder(
    _ folder: String, adapter: String? = nil
  ) throws(ModelError) -> any TextEncoder {
    try trained(folder, adapter, for: .encoding, "model of texts")
  }

  /// Loads the first layers of a model that turns texts into vectors: the vectors of a layer within it.
  /// - Parameter layers: How many; all if nil.
  /// - Throws: `ModelError` where the folder holds no model, or one of fewer layers.
  public static func encoder(
    _ folder: String, layers: Int?
  ) throws(ModelError) -> any TextEncoder {
    guard let layers else { return try encoder(folder) }
    let folders = try ModelFolders(folder, adapter: nil)
    let whole = try folders.configuration
    let (field, names) = try layered(folders, folder)
    let all = try whole.size(field)
    guard (1...all).contains(layers) else {
      throw ModelError(
        .invalid, file: whole.file, problem: "the model has the layers 1 to \(all), not \(layers)")
    }
    var configuration = whole
    configuration.fields[field] = .integer(layers)
    let loaded = try build(
      configuration, Checkpoint(folder: folders.base), .encoding, seed: 0, dropout: 0,
      excess: (layers..<all).map { "\(names).\($0)." })
    guard let model = loaded.model as? any TextEncoder, loaded.fresh.isEmpty else {
      throw ModelError(.mismatch, file: folder, problem: "holds no model of texts")
    }
    return model
  }

  /// Refuses a model that ``encoder(_:layers:)`` would not load, by its configuration alone.
  /// - Throws: `ModelError.unsupported` for a model that gives no vectors of single texts, or whose
  ///   first layers are none by themselves where `layers` asks for some.
  package static func checkEncoder(_ folder: String, layers: Int?) throws(ModelError) {
    let folders = try ModelFolders(folder, adapter: nil)
    let whole = try folders.configuration
    let architecture = try architecture(whole.modelType, file: whole.file)
    guard architecture.encodes else { throw unsupported(.encoding, whole) }
    if layers != nil { _ = try layered(folders, folder) }
  }

  /// The field that counts layers and what their names begin with, of a model that can be cut short.
  private static func layered(
    _ folders: ModelFolders, _ folder: String
  ) throws(ModelError) -> (field: String, names: String) {
    let whole = try folders.configuration
    let architecture = try architecture(whole.modelType, file: whole.file)
    guard folders.adapter == nil, let layers = architecture.layers else {
      throw ModelError(
        .unsupported, file: folder, problem: "the layers of this model cannot be taken apart",
        remedy: "Give the folder of a BERT, RoBERTa or DistilBERT, or name no layer.")
    }
    return layers
  }
}
