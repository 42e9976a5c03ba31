public import Records

/// How a model's conversations are written as one text: the Jinja of its `chat_template`.
///
///     let template = try ChatTemplate(source, name: "tokenizer_config.json")
///     let chat = try template.render(ChatRequest(messages, addsGenerationPrompt: true))
///     chat.text
///
/// Renders what Transformers' `apply_chat_template` renders. Reading costs time linear in the
/// template; rendering is bounded in steps, depth and length.
public struct ChatTemplate: Sendable {
  /// What the template is called, such as `chatml` or a file.
  public let name: String
  /// The template as it was read.
  public let source: String
  /// Whether it says itself what the assistant generates, with `generation` blocks.
  public let marksGeneration: Bool
  /// Texts that end a turn besides special tokens, such as `<|im_end|>`.
  let ends: [String]
  private let body: [JinjaStatement]

  /// Reads a template.
  /// - Throws: `ChatTemplateError` with the line that is no Jinja.
  public init(_ source: String, name: String = "chat template") throws(ChatTemplateError) {
    try self.init(source, name: name, ends: [])
  }

  init(_ source: String, name: String, ends: [String]) throws(ChatTemplateError) {
    self.name = name
    self.source = source
    self.ends = ends
    do throws(ChatTemplateError) { body = try JinjaParser.parse(source) } catch {
      throw error.named(name)
    }
    marksGeneration = Self.generates(body)
  }

  private static func generates(_ body: [JinjaStatement]) -> Bool {
    body.contains { statement in
      switch statement.kind {
      case .generation: true
      case .choice(let branches, let otherwise):
        generates(otherwise) || branches.contains { generates($0.body) }
      case .loop(let loop): generates(loop.body) || generates(loop.otherwise)
      case .with(_, let body), .filterBlock(_, let body), .assignBlock(_, _, let body):
        generates(body)
      case .macro(let macro): generates(macro.body)
      case .callBlock(let caller, _, _): generates(caller.body)
      default: false
      }
    }
  }

  /// Writes a conversation.
  /// - Throws: `ChatTemplateError` where the template refuses the conversation, computes what makes
  ///   no sense, or does not come to an end.
  public func render(_ request: ChatRequest) throws(ChatTemplateError) -> RenderedChat {
    guard request.continuesFinalMessage else {
      return RenderedChat(
        units: try ChatRendering(self, request)
          .units(addsGenerationPrompt: request.addsGenerationPrompt))
    }
    do throws(ChatTemplateError) {
      var marked = request
      try ChatContinuation.mark(&marked.messages)
      let units = try ChatRendering(self, marked)
        .units(addsGenerationPrompt: request.addsGenerationPrompt)
      return RenderedChat(units: try ChatContinuation.cut(units, request.messages))
    } catch {
      throw error.named(name)
    }
  }

  /// What the statements write with such variables.
  func units(
    _ variables: [String: JinjaValue], _ clock: ChatClock
  ) throws(ChatTemplateError) -> [MarkedScalar] {
    do throws(ChatTemplateError) {
      return try JinjaInterpreter(variables: variables, clock: clock).render(body)
    } catch {
      throw error.named(name)
    }
  }
}

/// A conversation to write, and what the template may know besides.
public struct ChatRequest: Sendable {
  /// The messages as an API has them: `{role, content, tool_calls?, …}`.
  public var messages: [JSONObject]
  /// The JSON schemas of tools that the model may call.
  public var tools: [JSONValue]?
  /// Documents to answer from: `{title, text}`.
  public var documents: [JSONValue]?
  /// Whether the text ends where the assistant begins to speak.
  public var addsGenerationPrompt: Bool
  /// Whether the text ends in the last message, for the model to go on with it.
  public var continuesFinalMessage: Bool
  /// Other names that the template knows, such as `bos_token` or `enable_thinking`; trusted.
  public var variables: JSONObject
  /// Where the template learns the time.
  public var clock: ChatClock

  /// A conversation to write.
  public init(
    _ messages: [JSONObject], tools: [JSONValue]? = nil, documents: [JSONValue]? = nil,
    addsGenerationPrompt: Bool = false, continuesFinalMessage: Bool = false,
    variables: JSONObject = [:], clock: ChatClock = .local
  ) {
    self.messages = messages
    self.tools = tools
    self.documents = documents
    self.addsGenerationPrompt = addsGenerationPrompt
    self.continuesFinalMessage = continuesFinalMessage
    self.variables = variables
    self.clock = clock
  }
}

extension ChatTemplateError {
  func named(_ name: String) -> ChatTemplateError {
    var error = self
    error.template = name
    return error
  }
}
