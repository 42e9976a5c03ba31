package import Records
package import Stages
import Tokenize

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

  /// Copies the files of a tokenizer into a folder: of another, or beside a file of weights.
  package static func copyTokenizer(from model: String, to target: String) throws(FileError) {
    let folder = WeightFiles.folder(model)
    for name in Tokenizer.fileNames where Folders.exists("\(folder)/\(name)") {
      try AtomicFile.write(FileReader.contents("\(folder)/\(name)"), to: "\(target)/\(name)")
    }
  }

  /// Whether a folder holds files of a tokenizer.
  package static func holdsTokenizer(_ folder: String) -> Bool {
    Tokenizer.fileNames.contains { Folders.exists("\(folder)/\($0)") }
  }

  /// Every file that a model is read from: its configuration, weights, an adapter's, the tokenizer's.
  /// - Parameter model: Its folder, or a file of weights.
  package static func all(of model: String) throws(FileError) -> [String] {
    let folder = WeightFiles.folder(model)
    let suffixes = [".safetensors", ".index.json", ".bin", ".pt", ".pth", ".gguf"]
    return try Folders.list(folder).filter { name in
      ["config.json", "adapter_config.json"].contains(name)
        || Tokenizer.fileNames.contains(name)
        || suffixes.contains { name.hasSuffix($0) }
    }.map { "\(folder)/\($0)" }
  }

  /// The file of how a model generates, where it has one; training and scores do not read it.
  package static func generation(of folder: String) -> [String] {
    ["\(folder)/generation_config.json"].filter(Folders.exists)
  }
}
