/// Which members of an object a schema reads, and which contents it can hold.
extension Schema {
  static let labelKey = "label"
  static let systemKey = "system"
  static let historyKey = "history"
  static let promptKey = "prompt"

  private static let alpacaKeys = ["instruction", "input", systemKey, historyKey]
  private static let answerKeys = ["chosen", "rejected"]

  /// The keys that hold content or label; all others are metadata.
  var ownKeys: [String] {
    switch self {
    case .alpaca: Self.ownAlpaca
    case .dolly: Self.ownDolly
    case .completion: Self.ownCompletion
    case .questionAnswer: Self.ownQuestionAnswer
    case .sharegpt: Self.ownShareGPT
    case .messages: Self.ownMessages
    case .preference: Self.ownPreference
    case .alpacaPreference: Self.ownAlpacaPreference
    case .sharegptPreference: Self.ownShareGPTPreference
    case .text: Self.ownText
    }
  }

  private static let ownAlpaca = alpacaKeys + ["output", labelKey]
  private static let ownDolly = ["instruction", "context", "response", labelKey]
  private static let ownCompletion = [promptKey, "completion", labelKey]
  private static let ownQuestionAnswer = ["question", "answer", labelKey]
  private static let ownShareGPT = ["conversations", labelKey]
  private static let ownMessages = ["messages", labelKey]
  private static let ownPreference = answerKeys + [promptKey, labelKey]
  private static let ownAlpacaPreference = answerKeys + alpacaKeys + [labelKey]
  private static let ownShareGPTPreference = answerKeys + ["conversations", labelKey]
  private static let ownText = ["text", labelKey]

  /// Whether reading takes a member as content or label.
  ///
  /// Of its own keys a schema leaves in the metadata what says nothing: `null`, an empty history or
  /// prompt, and a label that is no scalar. So they are written back as they were.
  func reads(_ member: JSONObject.Member) -> Bool {
    guard ownKeys.contains(where: { $0.hasSameBytes(as: member.key) }) else { return false }
    switch member.value {
    case .null: return false
    case .array(let array): return array.isEmpty ? !Self.mayBeEmpty(member.key) : !isLabel(member)
    case .object: return !isLabel(member)
    case .bool, .number, .string: return true
    }
  }

  private static func mayBeEmpty(_ key: String) -> Bool {
    [historyKey, promptKey, labelKey].contains(key)
  }

  private func isLabel(_ member: JSONObject.Member) -> Bool { member.key == Self.labelKey }

  /// What is neither content nor label.
  func metadata(of object: JSONObject, ignoring key: String?) -> JSONObject {
    JSONObject(
      unique: object.members.filter { member in
        if let key, member.key.hasSameBytes(as: key) { return false }
        return !reads(member)
      })
  }

  /// A label is a string, a number or a boolean; anything else stays in the metadata.
  static func label(of object: JSONObject) -> Label? {
    switch object[labelKey] {
    case .some(let value):
      switch value {
      case .string, .number, .bool: Label(value)
      case .null, .array, .object: nil
      }
    case nil: nil
    }
  }

  /// This schema if it can hold a content without loss, otherwise the one that can.
  package func form(for content: Content) -> Schema {
    switch (self, content) {
    case (.sharegpt, .conversation), (.messages, .conversation): self
    case (.alpaca, .conversation(let turns)), (.dolly, .conversation(let turns)),
      (.completion, .conversation(let turns)), (.questionAnswer, .conversation(let turns)):
      holds(turns) ? self : .messages
    case (_, .conversation): .messages
    case (.alpacaPreference, .preference(let preference)):
      holds(preference.prompt, answered: false) ? self : .preference
    case (.sharegptPreference, .preference): self
    case (_, .preference): .preference
    case (_, .text): .text
    }
  }
}
