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

  /// The tokenizer beside the model, or in the run.
  /// - Throws: `TokenizerError`, which tells of tokenizers of other kinds that are there.
  func tokenizer() throws(TokenizerError) -> Tokenizer {
    if let run, !Folders.exists("\(folder)/tokenizer.json") {
      return try Tokenizer.load("\(run)/tokenizer")
    }
    if !Folders.exists("\(folder)/tokenizer.json"), let other = Self.others.first(where: holds) {
      throw TokenizerError(
        .unsupported, file: "\(folder)/\(other)",
        reason: "tokenizers of this kind are not read yet, and there is no tokenizer.json",
        remedy: "give input_ids, or a model with a tokenizer.json")
    }
    return try Tokenizer.load(folder)
  }

  /// Files of tokenizers that Marian, FSMT and sentencepiece's models come with.
  private static let others = [
    "source.spm", "vocab-src.json", "spiece.model", "tokenizer.model", "sentencepiece.bpe.model",
    "merges.txt", "vocab.txt",
  ]

  private func holds(_ name: String) -> Bool { Folders.exists("\(folder)/\(name)") }

  /// How conversations were written for the model of a run; nil where the run does not say.
  func template() throws -> TemplateChoice? {
    guard let run else { return nil }
    let file = try PipelineFile(path: "\(run)/pipeline.lock.yaml")
    guard let node = file.root["train"] else { return nil }
    var diagnostics = Diagnostics()
    guard
      let values = ParameterValues.read(
        TrainingOptions.parameters, from: node, owner: "train", into: &diagnostics)
    else { throw diagnostics }
    return TrainingOptions(values).template
  }
}
