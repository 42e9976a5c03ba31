import Models
import Stages
import Tokenize
import Train

/// Where a model lies that a person named: a run, a folder, a file of weights, a name in a cache.
struct ModelPlace {
  /// The folder or file of weights that the model is loaded from.
  let folder: String
  /// The run it is of, where it is of one.
  let run: String?
  /// The folder of an adapter on the model, where one was named beside it.
  let adapter: String?

  /// Finds a model.
  /// - Parameters:
  ///   - adapter: The folder of an adapter, as a person wrote it.
  ///   - base: The folder that relative paths resolve against; the current one if nil.
  /// - Throws: `ModelError.notFound` listing the places looked at and names that are close.
  init(_ name: String, adapter: String? = nil, base: String? = nil) throws(ModelError) {
    self.adapter = try adapter.map { (name) throws(ModelError) in try Self.adapter(name) }
    let path = PathValue(name, base: base ?? FilePaths.current).resolved
    guard Folders.exists("\(path)/pipeline.lock.yaml") else {
      folder = try ModelLocator().folder(of: name, base: base)
      run = nil
      return
    }
    if AdapterFolder.isAdapter("\(path)/adapter") {
      folder = "\(path)/adapter"
      run = path
      return
    }
    guard Folders.exists("\(path)/model/config.json") else {
      throw ModelError(
        .notFound, file: path, problem: "this run has no model",
        remedy: "Run its pipeline to the end, with a 'train' part.")
    }
    folder = "\(path)/model"
    run = path
  }

  /// The folder of an adapter, or of a run that trained one.
  private static func adapter(_ name: String) throws(ModelError) -> String {
    let path = FilePaths.join(FilePaths.current, name)
    for folder in [path, "\(path)/adapter"] where AdapterFolder.isAdapter(folder) { return folder }
    throw ModelError(
      .notFound, file: path, problem: "holds no adapter_config.json",
      remedy: "Give a folder in PEFT's layout, or a run that trained an adapter.")
  }

  /// The folders of the model itself and of the adapter on it.
  var folders: ModelFolders {
    get throws(ModelError) { try ModelFolders(folder, adapter: adapter) }
  }

  /// The tokenizer beside the model or in its file, beside the model that an adapter is on, or in the run.
  /// - Throws: `TokenizerError` where there is none, or one that is broken.
  func tokenizer() throws(TokenizerError) -> Tokenizer {
    do { return try ModelTokenizer.load(folder) } catch {
      guard error.code == .file else { throw error }
      if let base = try? folders.base, base != folder, let known = try? ModelTokenizer.load(base) {
        return known
      }
      guard let run, Folders.exists("\(run)/tokenizer") else { throw error }
      return try Tokenizer.load("\(run)/tokenizer")
    }
  }

  /// How conversations were written for the model of a run; nil where the run does not say.
  func template() throws -> TemplateChoice? { try options()?.template }

  /// What the model of a run learned to read before each source; nil where the run does not say.
  func sourcePrefix() throws -> String? { try options()?.sourcePrefix }

  /// How the model of a run was trained; nil for a model of no run, and where the run does not say.
  private func options() throws -> TrainingOptions? {
    guard let run else { return nil }
    let file = try PipelineFile(path: "\(run)/pipeline.lock.yaml")
    guard let node = file.root["train"] else { return nil }
    var diagnostics = Diagnostics()
    guard
      let values = ParameterValues.read(
        TrainingOptions.parameters, from: node, owner: "train", into: &diagnostics)
    else { throw diagnostics }
    return TrainingOptions(values)
  }
}
