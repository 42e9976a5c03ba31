import Records
import Stages

/// The files beside which a tokenizer's other files are found.
struct TokenizerFolder: Sendable {
  let path: String

  /// The path of a file in the folder.
  func file(_ name: String) -> String { FilePaths.join(path, name) }

  /// Whether a file is there.
  func has(_ name: String) -> Bool { Folders.exists(file(name)) }

  /// The bytes of a file.
  func bytes(_ name: String) throws(TokenizerError) -> [UInt8] {
    do {
      return try FileReader.contents(file(name))
    } catch {
      throw TokenizerError(
        .file, file: file(name), reason: "the file cannot be read: \(error)",
        remedy: error.remedy ?? "try again")
    }
  }

  /// The contents of a JSON file.
  func json(_ name: String) throws(TokenizerError) -> JSONValue {
    try Self.parse(try bytes(name), file: file(name))
  }

  /// The contents of a JSON file, or nil where there is none.
  func optionalJSON(_ name: String) throws(TokenizerError) -> JSONValue? {
    has(name) ? try json(name) : nil
  }

  /// The ids by token of a JSON file.
  func vocabulary(_ name: String) throws(TokenizerError) -> Vocabulary {
    try Vocabulary(from: ComponentReader(value: try json(name), file: file(name), place: ""))
  }

  /// The named files with the companions that say which tokens have roles.
  func source(_ names: [String]) throws(TokenizerError) -> TokenizerSource {
    var files: [TokenizerSource.File] = []
    for name in names {
      files.append(TokenizerSource.File(name: name, bytes: try bytes(name)))
    }
    return TokenizerSource(
      files: files, configuration: try optionalJSON("tokenizer_config.json"),
      specialTokensMap: try optionalJSON("special_tokens_map.json"),
      chatTemplate: try chatTemplate())
  }

  /// The chat template that is a file by itself, or nil where there is none.
  private func chatTemplate() throws(TokenizerError) -> String? {
    let name = TokenizerSource.chatTemplateName
    return has(name) ? String(decoding: try bytes(name), as: UTF8.self) : nil
  }

  /// Parses JSON; the file is for error messages.
  static func parse(_ bytes: [UInt8], file: String) throws(TokenizerError) -> JSONValue {
    do {
      return try JSONValue.parse(bytes)
    } catch {
      throw TokenizerError(
        .malformed, file: file, place: "byte \(error.offset)",
        reason: "the file is not JSON: \(error.reason)",
        remedy: "fetch or save the tokenizer again")
    }
  }
}
