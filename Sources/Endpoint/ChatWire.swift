import Records
import Stages

/// The JSON of chat completions: what is sent, and what comes back.
///
/// Source: the OpenAI API reference, "Create chat completion".
enum ChatWire {
  static func request(
    _ model: String, _ conversation: Conversation, _ options: GenerationOptions
  ) -> JSONValue {
    var object: JSONObject = [
      "model": .string(model),
      "messages": .array(conversation.messages.map(message)),
    ]
    if let most = options.maximumTokens { object["max_tokens"] = .integer(most) }
    if let temperature = options.temperature { object["temperature"] = .real(temperature) }
    if let topP = options.topP { object["top_p"] = .real(topP) }
    if !options.stop.isEmpty { object["stop"] = .array(options.stop.map { .string($0) }) }
    if let seed = options.seed { object["seed"] = .integer(seed >> 1) }
    return .object(object)
  }

  /// A turn; what an instruction is about stands in its own paragraph.
  private static func message(_ message: Message) -> JSONValue {
    let text = message.input.map { "\(message.content)\n\n\($0)" } ?? message.content
    return ["role": .string(message.role.rawValue), "content": .string(text)]
  }

  /// Reads an answer.
  /// - Throws: `GenerationError`: `bad-answer` where it is none, `cut-short`, `no-text` where the model gave none, as
  ///   where a filter kept it back.
  static func answer(_ body: [UInt8]) throws(GenerationError) -> Generation {
    guard let json = try? JSONValue.parse(body), let choice = json["choices"]?.array?.first else {
      throw GenerationError("bad-answer", "the endpoint's answer is no chat completion")
    }
    let reason = choice["finish_reason"]?.string ?? "stop"
    if reason == "length" {
      throw GenerationError(
        "cut-short", "the answer was cut at the token limit", remedy: "raise the token limit")
    }
    guard reason == "stop", let text = choice["message"]?["content"]?.string else {
      throw GenerationError("no-text", "the answer ended with '\(reason)' and is no text")
    }
    return Generation(
      text: text, promptTokens: json["usage"]?["prompt_tokens"]?.int,
      completionTokens: json["usage"]?["completion_tokens"]?.int)
  }

  /// What an answer took, be it cut, kept back or none at all: it is charged all the same.
  static func usage(_ body: [UInt8]) -> EndpointUsage {
    let json = try? JSONValue.parse(body)
    // More than any model reads is no count.
    let counts = 0...1 << 32
    if let prompt = json?["usage"]?["prompt_tokens"]?.int, counts.contains(prompt),
      let completion = json?["usage"]?["completion_tokens"]?.int, counts.contains(completion)
    {
      return .told(prompt: prompt, completion: completion)
    }
    let text = json?["choices"]?.array?.first?["message"]?["content"]?.string
    return .untold(bytes: text?.utf8.count ?? 0)
  }

  /// What an endpoint says is wrong, cut to a line.
  static func errorMessage(_ body: [UInt8]) -> String? {
    guard let json = try? JSONValue.parse(body) else { return nil }
    let message =
      json["error"]?["message"]?.string ?? json["error"]?.string ?? json["message"]?.string
    return message.map { String($0.unicodeScalars.prefix(300).map(Character.init)) }
  }
}
