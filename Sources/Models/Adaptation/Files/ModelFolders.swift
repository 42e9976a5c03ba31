import Stages

/// Where a model lies: its own folder, and that of an adapter on it.
public struct ModelFolders: Sendable {
  /// The folder or file of weights of the model itself.
  public let base: String
  /// The folder of the adapter, if there is one.
  public let adapter: String?

  /// The folder beside an adapter that holds the model of a run from scratch.
  public static let ownBase = "base"

  /// A model's folder with or without an adapter; or an adapter's folder, which names its model.
  /// - Throws: `ModelError.notFound` where an adapter's model is nowhere.
  public init(_ folder: String, adapter: String? = nil) throws(ModelError) {
    if let adapter {
      (base, self.adapter) = (folder, adapter)
      return
    }
    guard AdapterFolder.isAdapter(folder), (try? WeightFiles.find(folder)) == nil else {
      (base, self.adapter) = (folder, nil)
      return
    }
    guard let name = try AdapterFolder(folder).baseModel else {
      throw ModelError(
        .notFound, file: folder, problem: "does not say which model it adapts",
        remedy: "Name the model with --model and this folder with --adapter.")
    }
    let (parent, own) = (FilePaths.folder(folder), Self.ownBase)
    do { base = try ModelLocator().folder(of: name, base: parent) } catch {
      // A run that trained from scratch keeps its model beside the adapter, wherever it is moved.
      if FilePaths.name(name) == own, Folders.exists("\(parent)/\(own)/config.json") {
        (base, self.adapter) = ("\(parent)/\(own)", folder)
        return
      }
      throw ModelError(
        .notFound, file: folder, problem: "adapts the model '\(name)', which is not found",
        remedy: "Name the model with --model and this folder with --adapter.")
    }
    self.adapter = folder
  }

  /// What describes the model: the adapter's copy where there is one, which names its classes.
  /// - Throws: `ModelError` where there is no `config.json` that can be read.
  public var configuration: ModelConfiguration {
    get throws(ModelError) {
      if let adapter, Folders.exists("\(adapter)/config.json") {
        return try ModelConfiguration(folder: adapter)
      }
      return try ModelConfiguration(folder: base)
    }
  }
}
