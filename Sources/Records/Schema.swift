/// The form of an instruction record or labelled text, as the field's tools spell it.
///
/// Reading and writing are inverse: fields that mean nothing to Anneal travel in `metadata`, so a
/// record read and written unchanged is the same JSON object.
public enum Schema: String, Sendable, Hashable, CaseIterable {
  /// `{instruction, input?, output?, system?, history?}` (Stanford Alpaca, LLaMA-Factory).
  case alpaca
  /// `{instruction, context?, response}` (Databricks Dolly).
  case dolly
  /// `{prompt, completion}`, each a text or a list of messages (TRL).
  case completion
  /// `{prompt, completion, label}` with a label of true or false (TRL).
  case kto
  /// `{question, answer}`.
  case questionAnswer = "question-answer"
  /// `{conversations: [{from, value}], system?}` (ShareGPT, Vicuna).
  case sharegpt
  /// `{messages: [{role, content}]}` (OpenAI, ChatML).
  case messages
  /// Alpaca's with `kto_tag` for a label (LLaMA-Factory).
  case alpacaKTO = "alpaca-kto"
  /// ShareGPT's with `kto_tag` for a label (LLaMA-Factory).
  case sharegptKTO = "sharegpt-kto"
  /// Messages with `kto_tag` for a label (LLaMA-Factory).
  case messagesKTO = "messages-kto"
  /// `{prompt, chosen, rejected}`, each a text or a list of messages.
  case preference
  /// `{instruction, input?, system?, history?, chosen, rejected}` (LLaMA-Factory).
  case alpacaPreference = "alpaca-preference"
  /// `{conversations: [{from, value}], chosen: {from, value}, rejected: {…}}` (LLaMA-Factory).
  case sharegptPreference = "sharegpt-preference"
  /// `{anchor, positive, negative}`: a preference whose prompt is the anchor (sentence-transformers).
  case triplet
  /// `{anchor, positive}`: a question and its answer (sentence-transformers).
  case pair
  /// `{sentence1, sentence2, label?}`: two turns of the user.
  case sentencePair = "sentence-pair"
  /// `{sentence1, sentence2, score}`, the score being the label.
  case scoredPair = "scored-pair"
  /// `{prompt, response, reward}`, the reward being the label.
  case reward
  /// `{prompt, responses, scores}`: answers one after the other, each with its score.
  case ranking
  /// `{prompt, completions, labels}`: steps one after the other, each with its label (TRL).
  case stepwise
  /// `{segments: [{text, label}]}`: what is not trained on is the user's (axolotl).
  case segments
  /// `{text, label?}`.
  case text

  /// The schema an object is written in, or nil where none fits.
  ///
  /// Preferences come first: such files often hold the chosen conversation under `messages` too.
  public static func detect(_ object: JSONObject) -> Schema? {
    candidates(object).first
  }

  /// Reads an object written in this schema.
  /// - Throws: `SchemaError` naming the field at fault.
  public func read(_ object: JSONObject) throws(SchemaError) -> RecordBody {
    try read(object, ignoring: nil)
  }

  /// Reads an object, one key of which is none of its metadata.
  func read(_ object: JSONObject, ignoring key: String?) throws(SchemaError) -> RecordBody {
    RecordBody(
      content: try content(of: object), label: label(of: object),
      metadata: metadata(of: object, ignoring: key))
  }

  /// Writes a record's content, label and metadata in this schema.
  ///
  /// A form that cannot hold the content falls back to one that can: turns to `messages`, a text to
  /// `text`, a preference to `preference`. Content goes before metadata of the same key.
  public func write(_ body: RecordBody) -> JSONObject {
    let own = form(for: body.content).write(body.content, body.label)
    // Keys of metadata differ: looking at these too would take time in the square of their number.
    var object = own
    for member in body.metadata.members where !own.holds(member.key) { object.append(new: member) }
    return object
  }

  /// Writes a content that this schema holds, and a label.
  func write(_ content: Content, _ label: Label?) -> JSONObject {
    var object: JSONObject
    switch content {
    case .text(let text): object = ["text": .string(text)]
    case .conversation(let conversation): object = write(conversation)
    case .preference(let preference): object = write(preference)
    }
    if let label { object[labelKey] = label.value }
    return object
  }

  private func content(of object: JSONObject) throws(SchemaError) -> Content {
    switch self {
    case .alpaca, .alpacaKTO, .dolly, .questionAnswer, .pair, .reward:
      .conversation(try readTurns(object))
    case .completion, .kto:
      .conversation(try readCompletion(object))
    case .sharegpt, .sharegptKTO:
      .conversation(try readConversations(object))
    case .messages, .messagesKTO:
      .conversation(try TurnForm.messages.read(object["messages"], at: "messages"))
    case .sentencePair, .scoredPair, .ranking, .stepwise, .segments:
      .conversation(try readParts(object))
    case .triplet:
      .preference(try readTriplet(object))
    case .preference, .alpacaPreference, .sharegptPreference:
      .preference(try readPreference(object))
    case .text:
      .text(try object.text("text"))
    }
  }

  private func write(_ conversation: Conversation) -> JSONObject {
    switch self {
    case .sharegpt, .sharegptKTO: writeConversations(conversation)
    case .messages, .messagesKTO: ["messages": TurnForm.messages.write(conversation)]
    case .completion, .kto: writeCompletion(conversation)
    case .sentencePair, .scoredPair, .ranking, .stepwise, .segments: writeParts(conversation)
    default: writeTurns(conversation)
    }
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

  /// The string under a key, nil where the key is absent or `null`.
  func optionalText(_ key: String) throws(SchemaError) -> String? {
    switch self[key] {
    case nil, .null?: nil
    default: try text(key)
    }
  }
}
