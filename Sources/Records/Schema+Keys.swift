/// Which members of an object a schema reads, and which contents it can hold.
extension Schema {
  static let systemKey = "system"
  static let historyKey = "history"
  static let promptKey = "prompt"

  private static let alpacaKeys = ["instruction", "input", systemKey, historyKey]
  private static let answerKeys = ["chosen", "rejected"]

  /// The key of the class or score.
  var labelKey: String {
    switch self {
    case .alpacaKTO, .sharegptKTO, .messagesKTO: "kto_tag"
    case .scoredPair: "score"
    case .reward: "reward"
    default: "label"
    }
  }

  /// The keys that hold content or label; all others are metadata.
  var ownKeys: [String] {
    switch self {
    case .alpacaKTO: Self.ownAlpacaKTO
    case .sharegptKTO: Self.ownShareGPTKTO
    case .messagesKTO: Self.ownMessagesKTO
    case .kto: Self.ownCompletion
    case .pair: Self.ownPair
    case .triplet: Self.ownTriplet
    case .sentencePair: Self.ownSentencePair
    case .scoredPair: Self.ownScoredPair
    case .reward: Self.ownReward
    case .ranking: Self.ownRanking
    case .stepwise: Self.ownStepwise
    case .segments: Self.ownSegments
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

  private static let labelName = "label"
  private static let ownAlpacaKTO = alpacaKeys + ["output", "kto_tag"]
  private static let ownShareGPTKTO = ["conversations", systemKey, "kto_tag"]
  private static let ownMessagesKTO = ["messages", "kto_tag"]
  private static let ownPair = ["anchor", "positive", labelName]
  private static let ownTriplet = ["anchor", "positive", "negative", labelName]
  private static let ownSentencePair = ["sentence1", "sentence2", labelName]
  private static let ownScoredPair = ["sentence1", "sentence2", "score"]
  private static let ownReward = [promptKey, "response", "reward"]
  private static let ownRanking = [promptKey, "responses", "scores", labelName]
  private static let ownStepwise = [promptKey, "completions", "labels", labelName]
  private static let ownSegments = ["segments", labelName]
  private static let ownAlpaca = alpacaKeys + ["output", labelName]
  private static let ownDolly = ["instruction", "context", "response", labelName]
  private static let ownCompletion = [promptKey, "completion", labelName]
  private static let ownQuestionAnswer = ["question", "answer", labelName]
  private static let ownShareGPT = ["conversations", systemKey, labelName]
  private static let ownMessages = ["messages", labelName]
  private static let ownPreference = answerKeys + [promptKey, labelName]
  private static let ownAlpacaPreference = answerKeys + alpacaKeys + [labelName]
  private static let ownShareGPTPreference = answerKeys + ["conversations", systemKey, labelName]
  private static let ownText = ["text", labelName]

  /// Whether reading takes a member as content or label.
  ///
  /// Of its own keys a schema leaves in the metadata what says nothing: `null`, an empty history or
  /// prompt, and a label that is no scalar. So they are written back as they were.
  func reads(_ member: JSONObject.Member) -> Bool {
    guard ownKeys.contains(where: { $0.hasSameBytes(as: member.key) }) else { return false }
    // Where turns are a list, a system prompt that is no text is somebody else's.
    if holdsList, member.key == Self.systemKey { return member.value.string != nil }
    switch member.value {
    case .null: return false
    case .array(let array): return array.isEmpty ? !mayBeEmpty(member.key) : !isLabel(member)
    case .object: return !isLabel(member)
    case .bool, .number, .string: return true
    }
  }

  /// Whether the turns are a list under `conversations`.
  private var holdsList: Bool {
    [.sharegpt, .sharegptKTO, .sharegptPreference].contains(self)
  }

  private func mayBeEmpty(_ key: String) -> Bool {
    key == Self.historyKey || key == labelKey || (key == Self.promptKey && self == .preference)
  }

  private func isLabel(_ member: JSONObject.Member) -> Bool { member.key == labelKey }

  /// What is neither content nor label.
  func metadata(of object: JSONObject, ignoring key: String?) -> JSONObject {
    JSONObject(
      unique: object.members.filter { member in
        if let key, member.key.hasSameBytes(as: key) { return false }
        return !reads(member)
      })
  }

  /// A label is a string, a number or a boolean; anything else stays in the metadata.
  func label(of object: JSONObject) -> Label? {
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
    case (.sharegpt, .conversation), (.messages, .conversation), (.sharegptKTO, .conversation),
      (.messagesKTO, .conversation):
      self
    case (.alpaca, .conversation(let turns)), (.dolly, .conversation(let turns)),
      (.questionAnswer, .conversation(let turns)), (.pair, .conversation(let turns)),
      (.reward, .conversation(let turns)), (.alpacaKTO, .conversation(let turns)):
      holds(turns) ? self : turnList
    case (.completion, .conversation(let turns)), (.kto, .conversation(let turns)):
      holdsCompletion(turns) ? self : turnList
    case (.sentencePair, .conversation(let turns)), (.scoredPair, .conversation(let turns)),
      (.ranking, .conversation(let turns)), (.stepwise, .conversation(let turns)),
      (.segments, .conversation(let turns)):
      holdsParts(turns) ? self : turnList
    case (_, .conversation): .messages
    case (.triplet, .preference(let preference)):
      holdsTriplet(preference) ? self : .preference
    case (.alpacaPreference, .preference(let preference)):
      holds(preference.prompt, answered: false) ? self : .preference
    case (.sharegptPreference, .preference): self
    case (_, .preference): .preference
    case (_, .text): .text
    }
  }

  /// The list of messages whose label stands under the same key, or under the usual one.
  private var turnList: Schema { self == .alpacaKTO ? .messagesKTO : .messages }
}
