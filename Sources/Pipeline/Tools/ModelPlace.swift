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

  /// Finds a model.
  /// - Throws: `ModelError.notFound` listing the places looked at and names that are close.
  init(_ name: String) throws(ModelError) {
    let path = FilePaths.join(FilePaths.current, name)
    guard Folders.exists("\(path)/pipeline.lock.yaml") else {
      folder = try ModelLocator().folder(of: name)
      run = nil
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

  /// The tokenizer beside the model or in its file, or in the run.
  /// - Throws: `TokenizerError` where there is none, or one that is broken.
  func tokenizer() throws(TokenizerError) -> Tokenizer {
    do { return try ModelTokenizer.load(folder) } catch {
      guard let run, error.code == .file, Folders.exists("\(run)/tokenizer") else { throw error }
      return try Tokenizer.load("\(run)/tokenizer")
    }
  }

  /// How conversations were written for the model of a run; nil where the run does not say.
  func template() throws -> PromptTemplate? {
    guard let run else { return nil }
    let file = try PipelineFile(path: "\(run)/pipeline.lock.yaml")
    guard let node = file.root["train"] else { return nil }
    var diagnostics = Diagnostics()
    guard
      let values = ParameterValues.read(
        TrainingOptions.parameters, from: node, owner: "train", into: &diagnostics)
    else { throw diagnostics }
    return TrainingOptions(values).promptTemplate
  }
}
