/// A turn's text as a list of typed parts, as multimodal and reasoning models' files have it.
enum TurnParts {
  private static let textTypes = ["text", "input_text", "output_text"]
  /// Parts that travel with the text and are not text of the turn itself.
  private static let companions = [
    "reasoning", "thinking", "tool_call", "tool_calls", "tool_use", "tool_result", "refusal",
  ]
  /// The text of a part stands under one of these.
  private static let textKeys = ["text", "value"]

  /// The text of the parts that are text.
  /// - Throws: `SchemaError` for images, sound and other parts that no stage would see.
  static func text(_ parts: [JSONValue], at path: String) throws(SchemaError) -> String {
    var joined = ""
    for (index, part) in parts.enumerated() {
      if let text = text(of: part) {
        joined += text
      } else if !companions.contains(part["type"]?.string ?? "") {
        throw SchemaError(field: "\(path)[\(index)]", reason: "is a part that is not text")
      }
    }
    return joined
  }

  private static func text(of part: JSONValue) -> String? {
    guard let type = part["type"]?.string, textTypes.contains(type) else { return nil }
    return textKeys.lazy.compactMap { part[$0]?.string }.first
  }

  /// The parts with another text: unchanged where it is the same, otherwise all in the first.
  static func replacing(_ parts: [JSONValue], by text: String) -> [JSONValue] {
    guard !parts.compactMap(Self.text).joined().hasSameBytes(as: text) else { return parts }
    var rest: String? = text
    var replaced: [JSONValue] = []
    for part in parts {
      guard case .object(var object) = part, Self.text(of: part) != nil else {
        replaced.append(part)
        continue
      }
      guard let text = rest, let key = textKeys.first(where: { object[$0]?.string != nil }) else {
        continue
      }
      object[key] = .string(text)
      replaced.append(.object(object))
      rest = nil
    }
    if let rest { replaced.append(["type": "text", "text": .string(rest)]) }
    return replaced
  }
}
