import Records
import Stages

extension Tokenizer {
  /// Writes tokenizer.json, tokenizer_config.json and special_tokens_map.json into a folder.
  ///
  /// A tokenizer that was loaded is written as it was read, byte by byte and under the names of its own
  /// files; Hugging Face's libraries load the result and give the same ids.
  /// - Throws: `TokenizerError` where a file cannot be written.
  public func save(to folder: String) throws(TokenizerError) {
    let configuration = source.configuration ?? defaultConfiguration
    for file in source.files { try write(file.bytes, file.name, folder) }
    try write(Array(configuration.prettyText.utf8), "tokenizer_config.json", folder)
    try write(
      Array((source.specialTokensMap ?? specialTokensMap).prettyText.utf8),
      "special_tokens_map.json", folder)
    if let template = source.chatTemplate {
      try write(Array(template.utf8), TokenizerSource.chatTemplateName, folder)
    }
  }

  /// The bytes of tokenizer.json, or of the first of the files that stand in its place.
  public var json: [UInt8] { source.files.first?.bytes ?? [] }

  /// Whether a file of that name is read as a tokenizer.json.
  public static func isFileName(_ name: String) -> Bool { FastFormat.isName(name) }

  private func write(_ bytes: [UInt8], _ name: String, _ folder: String) throws(TokenizerError) {
    let file = FilePaths.join(folder, name)
    do {
      try AtomicFile.write(bytes, to: file)
    } catch {
      throw TokenizerError(
        .file, file: file, reason: "the file cannot be written: \(error)",
        remedy: error.remedy ?? "choose another folder")
    }
  }

  /// The tokens with a role, by the names Hugging Face's files have for the roles.
  private var specialTokensMap: JSONValue {
    let named = SpecialTokens.roles.compactMap { role -> (String, JSONValue)? in
      specialTokens[keyPath: role.key].flatMap(token).map { (role.name, .string($0)) }
    }
    return .object(JSONObject(named))
  }

  private var defaultConfiguration: JSONValue {
    var object = JSONObject([
      ("tokenizer_class", "PreTrainedTokenizerFast"), ("clean_up_tokenization_spaces", false),
    ])
    if let roles = specialTokensMap.object { object.merge(roles) }
    if let truncation { object["model_max_length"] = .integer(truncation.maximumLength) }
    return .object(object)
  }
}
