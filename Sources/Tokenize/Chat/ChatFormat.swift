public import Records
import Stages

/// A chat template with the tokenizer it is written for: conversations to tokens.
///
///     let format = try ChatFormat.own(of: tokenizer)
///     let ids = try format?.prompt(conversation)
public struct ChatFormat: Sendable {
  /// The template.
  public let template: ChatTemplate
  private let tokenizer: Tokenizer
  private let variables: JSONObject
  private let ends: [String]

  /// A template over a tokenizer, which gives it `bos_token`, `eos_token` and the like.
  public init(_ template: ChatTemplate, _ tokenizer: Tokenizer) {
    self.template = template
    self.tokenizer = tokenizer
    variables = tokenizer.templateVariables
    let special = tokenizer.addedTokens.filter(\.isSpecial).map(\.content)
    ends = special + template.ends + [variables["eos_token"]?.string].compactMap(\.self)
  }

  /// The format that comes with a tokenizer; nil where it has no chat template.
  /// - Parameter hasTools: Prefers the template named `tool_use`, where there are several.
  /// - Throws: `ChatTemplateError` where the template is no Jinja.
  public static func own(
    of tokenizer: Tokenizer, hasTools: Bool = false
  ) throws(ChatTemplateError) -> ChatFormat? {
    guard let template = try tokenizer.chatTemplate(hasTools: hasTools) else { return nil }
    return ChatFormat(template, tokenizer)
  }

  /// The tokens after which the model answers.
  /// - Throws: `ChatTemplateError` where the template refuses the conversation.
  public func prompt(
    _ conversation: Conversation, tools: [JSONValue]? = nil
  ) throws(ChatTemplateError) -> [Int32] {
    var request = request(conversation, tools)
    request.addsGenerationPrompt = true
    return tokenizer.encode(try template.render(request)).ids
  }

  /// The tokens of a conversation, and which of them belong to which turn.
  /// - Throws: `ChatTemplateError` where the template refuses the conversation.
  public func tokens(
    of conversation: Conversation, tools: [JSONValue]? = nil
  ) throws(ChatTemplateError) -> ChatExample {
    let (chat, found) = try turns(of: conversation, tools)
    return ChatExample(
      chat, tokenizer.encode(chat), found, marksGeneration: template.marksGeneration)
  }

  /// What ends an answer: the id of one token, or a text where the tokenizer writes it as several.
  ///
  /// Found by writing out an answer; nil where the template ends answers with nothing.
  public var end: (id: Int32?, text: String)? {
    let probe = Conversation([Message(.user, "?"), Message(.assistant, "!")])
    guard let (chat, turns) = try? turns(of: probe, nil),
      let turn = turns.first(where: { $0.message == 1 }), turn.hasEnd
    else { return nil }
    let text = MarkedText(chat.units[turn.range]).string
    guard let end = ends.filter({ text.hasSuffix($0) }).max(by: { $0.count < $1.count }) else {
      return nil
    }
    // Behind an answer some tokenizers write as several tokens what alone is one.
    let tokens = tokenizer.encode(chat)
    let last = tokens.offsets.firstIndex { $0.upperBound >= turn.range.upperBound }
    return (last.flatMap { tokenizer.token(of: tokens.ids[$0]) == end ? tokens.ids[$0] : nil }, end)
  }

  /// A conversation as the template writes it, and where its messages' turns stand.
  private func turns(
    of conversation: Conversation, _ tools: [JSONValue]?
  ) throws(ChatTemplateError) -> (RenderedChat, [ChatExample.Turn]) {
    let request = request(conversation, tools)
    let rendering = ChatRendering(template, request)
    let chat = RenderedChat(units: try rendering.units(addsGenerationPrompt: false))
    let turns = ChatTurns(rendering, request.messages, chat, ends: ends).all()
    let found = zip(request.messages, turns).enumerated().compactMap { index, pair in
      let (message, turn) = pair
      return turn.map {
        ChatExample.Turn(
          message: index, isAnswer: message["role"]?.string == "assistant", range: $0.range,
          hasEnd: $0.hasEnd)
      }
    }
    return (chat, found)
  }

  private func request(_ conversation: Conversation, _ tools: [JSONValue]?) -> ChatRequest {
    ChatRequest(
      conversation.messages.map(\.templateObject), tools: tools, variables: variables)
  }
}

extension Tokenizer {
  /// The chat template that comes with the tokenizer, or nil.
  ///
  /// `chat_template.jinja` goes before `chat_template` in tokenizer_config.json, which is one text
  /// or a list of named ones; of those it is `tool_use` where there are tools, else `default`.
  /// - Throws: `ChatTemplateError` where it is no Jinja.
  public func chatTemplate(hasTools: Bool = false) throws(ChatTemplateError) -> ChatTemplate? {
    if let file = source.chatTemplate {
      return try ChatTemplate(file, name: "chat_template.jinja")
    }
    let file = "chat_template of tokenizer_config.json"
    guard let entry = source.configuration?["chat_template"] else { return nil }
    if let text = entry.string { return try ChatTemplate(text, name: file) }
    let named = entry.array ?? []
    for name in hasTools ? ["tool_use", "default"] : ["default"] {
      guard let found = named.first(where: { $0["name"]?.string == name }),
        let text = found["template"]?.string
      else { continue }
      return try ChatTemplate(text, name: "\(file), '\(name)'")
    }
    return nil
  }

  /// The special tokens by the names that templates know them by.
  ///
  /// What the files name counts, as in Transformers; where there are no files, the usual names do.
  var templateVariables: JSONObject {
    let files = [source.configuration, source.specialTokensMap].compactMap(\.self)
    var variables = JSONObject()
    for role in SpecialTokens.roles {
      let named = files.lazy.compactMap { $0[role.name] }
        .compactMap { $0.string ?? $0["content"]?.string }.first
      let usual = files.isEmpty ? specialTokens[keyPath: role.key].flatMap(token) : nil
      variables[role.name] = (named ?? usual).map { .string($0) }
    }
    return variables
  }
}

extension Message {
  /// The turn as templates have it: `{role, content, …}`.
  ///
  /// An instruction's input follows it after a line break; ShareGPT's `function_call` becomes a call.
  var templateObject: JSONObject {
    var object: JSONObject = ["role": .string(templateRole)]
    object["content"] = templateContent
    let own = object
    let others = attributes.members.filter { member in
      own[member.key] == nil && member.key != "from" && member.key != "value"
        && !member.key.hasPrefix("anneal.")
    }
    object.merge(JSONObject(others.map { ($0.key, $0.value) }))
    if isSpelledCall,
      let call = try? JSONValue.parse(content), call["name"]?.string != nil
    {
      object["content"] = ""
      object["tool_calls"] = [["type": "function", "function": call]]
    }
    return object
  }

  /// The speaker as templates compare it.
  ///
  /// Some know `developer`, `function` or `ipython`; none knows the other names that data sets have.
  private var templateRole: String {
    let spelled = attributes["role"]?.string ?? ""
    return ["developer", "function", "ipython"].contains(spelled) ? spelled : role.rawValue
  }

  private var templateContent: JSONValue {
    if let given = attributes["content"], given.array != nil || (given.isNull && content.isEmpty) {
      return given
    }
    guard let input, !input.isEmpty else { return .string(content) }
    return .string(content.isEmpty ? input : "\(content)\n\(input)")
  }
}
