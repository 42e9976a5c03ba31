package import Records
package import Stages

/// Small reads and writes that several parts of a model folder share.
package enum ModelFiles {
  /// Parses a JSON file.
  /// - Throws: `ModelError.unreadable`, or `.corrupt` with the byte offset of the fault.
  package static func json(_ path: String) throws(ModelError) -> JSONValue {
    let bytes: [UInt8]
    do { bytes = try FileReader.contents(path) } catch {
      throw ModelError(
        Folders.exists(path) ? .unreadable : .notFound, file: path, cause: error)
    }
    do { return try JSONValue.parse(bytes) } catch {
      throw ModelError(
        .corrupt, file: path, problem: "is not JSON: \(error)", remedy: "Fetch the file again.")
    }
  }

  /// The files of a tokenizer, as Hugging Face names them.
  package static let tokenizerFiles = [
    "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "added_tokens.json",
    "vocab.txt", "vocab.json", "merges.txt", "spiece.model", "sentencepiece.bpe.model",
    "tokenizer.model", "sentencepiece.model", "source.spm", "target.spm", "target_vocab.json",
    "vocab-src.json", "vocab-tgt.json", "qwen.tiktoken", "tokenizer.tiktoken",
    "chat_template.jinja",
  ]

  /// Copies the files of a tokenizer into a folder: of another, or beside a file of weights.
  package static func copyTokenizer(from model: String, to target: String) throws(FileError) {
    let folder = WeightFiles.folder(model)
    for name in tokenizerFiles where Folders.exists("\(folder)/\(name)") {
      try AtomicFile.write(FileReader.contents("\(folder)/\(name)"), to: "\(target)/\(name)")
    }
  }

  /// Whether a folder holds files of a tokenizer.
  package static func holdsTokenizer(_ folder: String) -> Bool {
    tokenizerFiles.contains { Folders.exists("\(folder)/\($0)") }
  }
}
