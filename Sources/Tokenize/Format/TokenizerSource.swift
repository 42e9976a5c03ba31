import Records

/// The files a tokenizer was made from or is saved as.
struct TokenizerSource: Sendable {
  /// The file that holds a chat template by itself.
  static let chatTemplateName = "chat_template.jinja"
  /// The bytes of tokenizer.json.
  var tokenizer: [UInt8]
  /// What tokenizer_config.json says, if there was one.
  var configuration: JSONValue?
  /// What special_tokens_map.json says, if there was one.
  var specialTokensMap: JSONValue?
  /// What chat_template.jinja says, if there was one.
  var chatTemplate: String?
}
