public import Records
public import Stages
package import Tokenize

/// How conversations are written: `auto`, a name, or the path of a Jinja file.
public enum TemplateChoice: ParameterValue, Equatable {
  /// The chat template that comes with the tokenizer; alpaca where it has none.
  case auto
  /// `alpaca`, or one of `ChatTemplate.names`.
  case named(String)
  /// A Jinja file.
  case file(PathValue)

  /// What a person calls the type.
  public static let typeName = "auto|alpaca|\(ChatTemplate.names.joined(separator: "|"))|path"

  private static let names = ["auto", "alpaca"] + ChatTemplate.names

  /// Reads a value; what names no template and no Jinja file is a mistake.
  public static func decode(_ node: ConfigurationNode) throws(Diagnostic) -> TemplateChoice {
    let text = try String.decode(node)
    if ["auto", "tokenizer_default", "default"].contains(text) { return .auto }
    if text == "alpaca" { return .named(text) }
    if let name = ChatTemplate.aliases[text] ?? ChatTemplate.names.first(where: { $0 == text }) {
      return .named(name)
    }
    if text.hasSuffix(".jinja") || text.hasSuffix(".jinja2") {
      return .file(try PathValue.decode(node))
    }
    throw Diagnostic(
      "'\(text)' is no template", place: node.place,
      remedy: Suggestion.remedy(
        for: text, among: names + ChatTemplate.aliases.keys.sorted())
        ?? "name one of \(names.joined(separator: ", ")), or a file that ends in .jinja")
  }

  /// The value as it is written in a lock file.
  public var encoded: JSONValue {
    switch self {
    case .auto: "auto"
    case .named(let name): .string(name)
    case .file(let path): path.encoded
    }
  }

  /// How conversations are written for a tokenizer.
  /// - Throws: `ChatTemplateError` for a template that is no Jinja; `FileError` for a missing file.
  package func style(for tokenizer: Tokenizer) throws -> ConversationStyle {
    switch self {
    case .auto: return try ChatFormat.own(of: tokenizer).map { .chat($0) } ?? .alpaca
    case .named(let name):
      return try ChatTemplate.named(name).map { .chat(ChatFormat($0, tokenizer)) } ?? .alpaca
    case .file(let path):
      let bytes = try FileReader.contents(path.resolved)
      let template = try ChatTemplate(String(decoding: bytes, as: UTF8.self), name: path.written)
      return .chat(ChatFormat(template, tokenizer))
    }
  }
}

/// How conversations become tokens.
package enum ConversationStyle: Sendable {
  /// Exchange by exchange, as Stanford Alpaca has it; the tokenizer's end token ends answers.
  case alpaca
  /// By a chat template.
  case chat(ChatFormat)

  /// The tokens after which the model answers.
  /// - Throws: `ChatTemplateError` where a template refuses the conversation.
  package func prompt(
    _ conversation: Conversation, tools: [JSONValue]? = nil, _ tokenizer: Tokenizer, end: Int32?
  ) throws(ChatTemplateError) -> [Int32]? {
    switch self {
    case .chat(let format): return try format.prompt(conversation, tools: tools)
    case .alpaca: return end.map { PromptTemplate.alpaca.prompt(conversation, tokenizer, end: $0) }
    }
  }
}
