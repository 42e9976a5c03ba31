/// The form of an instruction record or labelled text, as the field's tools spell it.
///
/// Reading and writing are inverse: fields that mean nothing to Anneal travel in `metadata`, so a
/// record read and written unchanged is the same JSON object.
public enum Schema: String, Sendable, Hashable, CaseIterable {
  /// `{instruction, input?, output?, system?, history?}` (Stanford Alpaca, LLaMA-Factory).
  case alpaca
  /// `{instruction, context?, response}` (Databricks Dolly).
  case dolly
  /// `{prompt, completion}`.
  case completion
  /// `{question, answer}`.
  case questionAnswer = "question-answer"
  /// `{conversations: [{from, value}], system?}` (ShareGPT, Vicuna).
  case sharegpt
  /// `{messages: [{role, content}]}` (OpenAI, ChatML).
  case messages
  /// `{prompt, chosen, rejected}`, each a text or a list of messages.
  case preference
  /// `{text, label?}`.
  case text

  /// The schema an object is written in, or nil where none fits.
  public static func detect(_ object: JSONObject) -> Schema? {
    func has(_ keys: String...) -> Bool { keys.allSatisfy { object[$0] != nil } }
    if object["messages"]?.array != nil { return .messages }
    if object["conversations"]?.array != nil { return .sharegpt }
    if has("chosen", "rejected") { return .preference }
    if has("instruction", "response") { return .dolly }
    if has("instruction") { return .alpaca }
    if has("prompt", "completion") { return .completion }
    if object["text"]?.string != nil { return .text }
    if has("question", "answer") { return .questionAnswer }
    return nil
  }

  /// Reads an object written in this schema.
  /// - Throws: `SchemaError` naming the field at fault.
  public func read(_ object: JSONObject) throws(SchemaError) -> RecordBody {
    switch self {
    case .alpaca, .dolly, .completion, .questionAnswer: try readTurns(object)
    case .sharegpt: try readShareGPT(object)
    case .messages: try readMessages(object)
    case .preference: try readPreference(object)
    case .text: try readText(object)
    }
  }

  /// Writes a record's content, label and metadata in this schema.
  ///
  /// A form that cannot hold the content (a text as alpaca, say) falls back to the content's own.
  public func write(_ body: RecordBody) -> JSONObject {
    var object: JSONObject
    switch (self, body.content) {
    case (.sharegpt, .conversation(let conversation)): object = writeShareGPT(conversation)
    case (.messages, .conversation(let conversation)): object = writeMessages(conversation)
    case (_, .conversation(let conversation)): object = writeTurns(conversation)
    case (_, .preference(let preference)): object = writePreference(preference)
    case (_, .text(let text)): object = ["text": .string(text)]
    }
    if let label = body.label { object["label"] = label.value }
    object.merge(body.metadata)
    return object
  }
}

/// The part of a record that a schema reads and writes.
public struct RecordBody: Sendable, Hashable {
  /// What the record says.
  public var content: Content
  /// The class or score.
  public var label: Label?
  /// Fields that mean nothing to Anneal.
  public var metadata: JSONObject

  /// The parts of a record that a schema reads and writes.
  public init(content: Content, label: Label? = nil, metadata: JSONObject = [:]) {
    self.content = content
    self.label = label
    self.metadata = metadata
  }
}

/// Why an object is not a record of the schema it was read as.
public struct SchemaError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The field at fault, such as `messages[2].role`.
  public let field: String
  /// What is wrong, as a clause that follows the field's name.
  public let reason: String

  /// A fault of a field.
  public init(field: String, reason: String) {
    self.field = field
    self.reason = reason
  }

  /// The fault in one line.
  public var description: String { "field '\(field)' \(reason)" }
}

extension JSONObject {
  /// The string under a key that must be there.
  func text(_ key: String, path: String? = nil) throws(SchemaError) -> String {
    guard let value = self[key] else {
      throw SchemaError(field: path ?? key, reason: "is missing")
    }
    guard let text = value.string else {
      throw SchemaError(field: path ?? key, reason: "is \(value.kindName), not a string")
    }
    return text
  }

  /// The string under a key, nil where the key is absent.
  func optionalText(_ key: String) throws(SchemaError) -> String? {
    self[key] == nil ? nil : try text(key)
  }
}
