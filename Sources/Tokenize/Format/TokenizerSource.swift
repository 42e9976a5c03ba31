import Records

/// The files a tokenizer was made from or is saved as.
struct TokenizerSource: Sendable {
  /// A file by its name in a folder.
  struct File: Sendable {
    var name: String
    var bytes: [UInt8]
  }

  /// The file that holds a chat template by itself.
  static let chatTemplateName = "chat_template.jinja"
  /// tokenizer.json, or what stands in its place.
  var files: [File]
  /// What tokenizer_config.json says, if there was one.
  var configuration: JSONValue?
  /// What special_tokens_map.json says, if there was one.
  var specialTokensMap: JSONValue?
  /// What chat_template.jinja says, if there was one.
  var chatTemplate: String?
}
