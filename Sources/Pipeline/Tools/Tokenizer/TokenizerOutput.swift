public import Stages
public import Tokenize

/// Where a tokenizer is written so that every command finds it again: one file, or a folder that also tells which
/// tokens have roles.
public struct TokenizerOutput: Sendable {
  /// The file with the vocabulary.
  public let file: String
  /// The folder, if it is one.
  private let folder: String?

  /// Endings of files that are read as something else than a tokenizer.json.
  private static let otherKinds = [
    ".model", ".spm", ".tiktoken", ".txt", ".vocab", ".gguf", ".safetensors", ".bin", ".pt", ".pth",
    ".json",
  ]

  /// A path that ends in `.json` is a file, and any other one a folder, as is a folder that is there.
  /// - Throws: `StageError` for a path that would be read as something else, or not at all.
  public init(_ path: String) throws(StageError) {
    let name = FilePaths.name(path)
    if !Folders.isFolder(path), Tokenizer.isFileName(name), !path.hasSuffix("/") {
      (file, folder) = (path, nil)
      return
    }
    let isOtherKind = Self.otherKinds.contains { name.hasSuffix($0) }
    guard Folders.isFolder(path) || !Folders.exists(path) && !isOtherKind else {
      throw StageError(
        "invalid-output", "\(path) would not be read as a tokenizer.json",
        remedy: "name a folder, or a file such as tokenizer.json")
    }
    (file, folder) = (FilePaths.normalize("\(path)/tokenizer.json"), path)
  }

  /// Writes a tokenizer.
  /// - Throws: `FileError` or `TokenizerError` where that cannot be done.
  public func write(_ tokenizer: Tokenizer) throws {
    if let folder {
      try tokenizer.save(to: folder)
    } else {
      try AtomicFile.write(tokenizer.json, to: file)
    }
  }
}
