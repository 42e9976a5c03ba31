import Stages
public import Tokenize

/// The tokenizers of models, wherever a model keeps its own.
public enum ModelTokenizer {
  /// Loads the tokenizer of a folder or of a file of weights; a GGUF file may hold it itself.
  /// - Throws: `TokenizerError` with the file, the place in it and the remedy.
  public static func load(_ path: String) throws(TokenizerError) -> Tokenizer {
    guard let file = ggufFile(path), !Folders.exists(WeightFiles.folder(path) + "/tokenizer.json")
    else { return try Tokenizer.load(path) }
    do {
      return try Tokenizer(GGUFFile(file).vocabulary, file: file)
    } catch let error as TokenizerError {
      throw error
    } catch {
      throw TokenizerError(
        .malformed, file: file, reason: "\(error)", remedy: "give a folder with a tokenizer.json")
    }
  }

  /// The GGUF file that a path is, or that is alone in the folder it is.
  private static func ggufFile(_ path: String) -> String? {
    path.hasSuffix(".gguf") && !Folders.isFolder(path) ? path : nil
  }
}

extension GGUFFile {
  /// The vocabulary that the file holds; without tokens where it holds none.
  public var vocabulary: GGUFVocabulary {
    func key(_ name: String) -> String { "tokenizer.ggml.\(name)" }
    func texts(_ name: String) -> [String] {
      (value(key(name))?.array ?? []).map { $0.text ?? "" }
    }
    var vocabulary = GGUFVocabulary(
      model: value(key("model"))?.text ?? "", pattern: value(key("pre"))?.text ?? "",
      tokens: texts("tokens"),
      scores: (value(key("scores"))?.array ?? []).map { Float($0.real ?? 0) },
      kinds: (value(key("token_type"))?.array ?? []).map { $0.integer ?? 1 },
      merges: texts("merges"))
    for name in keys where name.hasPrefix("tokenizer.ggml.") {
      let short = String(name.dropFirst("tokenizer.ggml.".count))
      if short.hasSuffix("_token_id") {
        vocabulary.roles[String(short.dropLast("_token_id".count))] = value(name)?.integer
      } else if let flag = value(name)?.bool {
        vocabulary.flags[short] = flag
      }
    }
    return vocabulary
  }
}
