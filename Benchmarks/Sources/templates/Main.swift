import Records
import Tokenize

/// Renders chat templates for `Scripts/chat_fuzz.py`: a line of JSON
/// `{"source", "messages", "tools", "variables", "prompt"}` each, answered by `{"text": …}` or
/// `{"error": …, "line": …}`.
@main
struct Main {
  static func main() {
    while let line = readLine() { print(JSONValue.object(answer(line)).text) }
  }

  private static func answer(_ line: String) -> JSONObject {
    guard let request = try? JSONValue.parse(line) else { return ["error": "no JSON"] }
    do throws(ChatTemplateError) {
      return ["text": .string(try render(request))]
    } catch {
      return ["error": .string(error.reason), "line": .integer(error.line)]
    }
  }

  private static func render(_ request: JSONValue) throws(ChatTemplateError) -> String {
    let template = try ChatTemplate(request["source"]?.string ?? "")
    var chat = ChatRequest(
      (request["messages"]?.array ?? []).compactMap(\.object), tools: request["tools"]?.array,
      variables: request["variables"]?.object ?? [:], clock: ChatClock { "[\($0)]" })
    chat.addsGenerationPrompt = request["prompt"]?.bool ?? false
    return try template.render(chat).text
  }
}
