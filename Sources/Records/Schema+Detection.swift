/// Finding the schema of an object by its keys.
extension Schema {
  /// The schemas that an object may be written in, the likeliest first.
  ///
  /// Preferences come first: such files often hold the chosen conversation under `messages` too. What
  /// is `null` counts as absent, as tables have every column in every row.
  static func candidates(_ object: JSONObject) -> [Schema] {
    let (keys, lists) = DetectionKeys.of(object)
    var found: [Schema] = []
    if keys.contains([.chosen, .rejected]) {
      if lists.contains(.conversations) {
        found.append(.sharegptPreference)
      } else {
        found.append(
          keys.contains(.instruction) && !keys.contains(.prompt) ? .alpacaPreference : .preference)
      }
    }
    if lists.contains(.messages) { found.append(keys.contains(.ktoTag) ? .messagesKTO : .messages) }
    if lists.contains(.conversations) {
      found.append(keys.contains(.ktoTag) ? .sharegptKTO : .sharegpt)
    }
    if keys.contains([.instruction, .response]) {
      found.append(.dolly)
    } else if keys.contains(.instruction) {
      found.append(keys.contains(.ktoTag) ? .alpacaKTO : .alpaca)
    }
    if keys.contains([.prompt, .completion]) {
      found.append(object["label"]?.bool == nil ? .completion : .kto)
    }
    found += others(object, keys, lists)
    // An answer that is not there yet.
    if found.isEmpty, object["prompt"] != nil, object["completion"] != nil {
      found.append(.completion)
    }
    return found
  }

  /// The forms that are told by keys of their own.
  private static func others(
    _ object: JSONObject, _ keys: DetectionKeys, _ lists: DetectionKeys
  ) -> [Schema] {
    var found: [Schema] = []
    if keys.contains(.prompt) {
      if lists.contains(.completions), lists.contains(.labels) { found.append(.stepwise) }
      if lists.contains(.responses), lists.contains(.scores) { found.append(.ranking) }
      if keys.contains([.response, .reward]) { found.append(.reward) }
    }
    if keys.contains([.anchor, .positive]) {
      found.append(keys.contains(.negative) ? .triplet : .pair)
    }
    if keys.contains([.sentence1, .sentence2]) {
      found.append(keys.contains(.score) && !keys.contains(.label) ? .scoredPair : .sentencePair)
    }
    if lists.contains(.segments) { found.append(.segments) }
    if object["text"]?.string != nil { found.append(.text) }
    if keys.contains(.question), object["answer"] != nil { found.append(.questionAnswer) }
    return found
  }

  /// The forms between which an object's keys do not decide; empty where they do.
  ///
  /// Two lists of turns, or a list of turns beside an instruction with its answer, may say different
  /// things. A text or a question beside other forms is what it was made of, and no rival.
  public static func rivals(in object: JSONObject) -> [Schema] {
    rivals(among: candidates(object), of: object)
  }

  /// The schema an object is written in, nil where none fits; and the forms between which its keys do not
  /// decide, as `rivals` has them.
  package static func choice(for object: JSONObject) -> (schema: Schema?, rivals: [Schema]) {
    let found = candidates(object)
    return (found.first, found.count > 1 ? rivals(among: found, of: object) : [])
  }

  private static func rivals(among found: [Schema], of object: JSONObject) -> [Schema] {
    guard let first = found.first, !first.isPreference else { return [] }
    let answered = found.filter { schema in
      switch schema {
      case .text, .questionAnswer, .sentencePair, .scoredPair: false
      case .alpaca, .alpacaKTO: object["output"].map { !$0.isNull } ?? false
      default: true
      }
    }
    return answered.count > 1 ? answered : []
  }

  private var isPreference: Bool {
    [.preference, .alpacaPreference, .sharegptPreference].contains(self)
  }
}

/// Those keys of an object that tell its schema, found in one walk over the members.
private struct DetectionKeys: OptionSet {
  let rawValue: UInt32

  init(rawValue: UInt32) { self.rawValue = rawValue }

  private init(bit: Int) { rawValue = 1 << UInt32(bit) }

  static let chosen = DetectionKeys(bit: 0)
  static let rejected = DetectionKeys(bit: 1)
  static let conversations = DetectionKeys(bit: 2)
  static let instruction = DetectionKeys(bit: 3)
  static let prompt = DetectionKeys(bit: 4)
  static let messages = DetectionKeys(bit: 5)
  static let ktoTag = DetectionKeys(bit: 6)
  static let response = DetectionKeys(bit: 7)
  static let completion = DetectionKeys(bit: 8)
  static let completions = DetectionKeys(bit: 9)
  static let labels = DetectionKeys(bit: 10)
  static let responses = DetectionKeys(bit: 11)
  static let scores = DetectionKeys(bit: 12)
  static let reward = DetectionKeys(bit: 13)
  static let anchor = DetectionKeys(bit: 14)
  static let positive = DetectionKeys(bit: 15)
  static let negative = DetectionKeys(bit: 16)
  static let sentence1 = DetectionKeys(bit: 17)
  static let sentence2 = DetectionKeys(bit: 18)
  static let score = DetectionKeys(bit: 19)
  static let label = DetectionKeys(bit: 20)
  static let segments = DetectionKeys(bit: 21)
  static let question = DetectionKeys(bit: 22)

  private static let byName: [ByteKey: DetectionKeys] = [
    ByteKey("chosen"): .chosen,
    ByteKey("rejected"): .rejected,
    ByteKey("conversations"): .conversations,
    ByteKey("instruction"): .instruction,
    ByteKey("prompt"): .prompt,
    ByteKey("messages"): .messages,
    ByteKey("kto_tag"): .ktoTag,
    ByteKey("response"): .response,
    ByteKey("completion"): .completion,
    ByteKey("completions"): .completions,
    ByteKey("labels"): .labels,
    ByteKey("responses"): .responses,
    ByteKey("scores"): .scores,
    ByteKey("reward"): .reward,
    ByteKey("anchor"): .anchor,
    ByteKey("positive"): .positive,
    ByteKey("negative"): .negative,
    ByteKey("sentence1"): .sentence1,
    ByteKey("sentence2"): .sentence2,
    ByteKey("score"): .score,
    ByteKey("label"): .label,
    ByteKey("segments"): .segments,
    ByteKey("question"): .question,
  ]

  /// The keys that an object has, and those of them that hold lists; what is `null` counts as absent.
  static func of(_ object: JSONObject) -> (keys: DetectionKeys, lists: DetectionKeys) {
    var keys: DetectionKeys = []
    var lists: DetectionKeys = []
    for member in object.members {
      guard let key = byName[ByteKey(member.key)] else { continue }
      switch member.value {
      case .null: break
      case .array:
        lists.insert(key)
        keys.insert(key)
      case .bool, .number, .string, .object: keys.insert(key)
      }
    }
    return (keys, lists)
  }
}
