import Records

/// A conversation as values of a template, to be written as a whole and up to any of its messages.
struct ChatRendering {
  private let template: ChatTemplate
  private let variables: [String: JinjaValue]
  private let messages: [JinjaValue]
  private let clock: ChatClock

  init(_ template: ChatTemplate, _ request: ChatRequest) {
    self.template = template
    messages = ChatValues.messages(request.messages)
    variables = ChatValues.variables(request)
    clock = request.clock
  }

  /// Writes the first messages; all where no count is given.
  /// - Throws: `ChatTemplateError` where the template refuses them, or does not come to an end.
  func units(
    first count: Int? = nil, addsGenerationPrompt: Bool
  ) throws(ChatTemplateError) -> [MarkedScalar] {
    let first = count.map { Array(messages[..<$0]) } ?? messages
    var all: [String: JinjaValue] = [
      "messages": .list(first), "add_generation_prompt": .bool(addsGenerationPrompt),
    ]
    // What is given by name goes before what Transformers hands to every template.
    all.merge(variables) { $1 }
    return try template.units(all, clock)
  }
}
