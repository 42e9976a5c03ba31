/// Finding the schema of an object by its keys.
extension Schema {
  /// The schemas that an object may be written in, the likeliest first.
  ///
  /// Preferences come first: such files often hold the chosen conversation under `messages` too. What
  /// is `null` counts as absent, as tables have every column in every row.
  static func candidates(_ object: JSONObject) -> [Schema] {
    let keys = Keys(object)
    var found: [Schema] = []
    if keys.has("chosen", "rejected") {
      if keys.hasList("conversations") {
        found.append(.sharegptPreference)
      } else {
        found.append(
          keys.has("instruction") && !keys.has("prompt") ? .alpacaPreference : .preference)
      }
    }
    if keys.hasList("messages") { found.append(keys.has("kto_tag") ? .messagesKTO : .messages) }
    if keys.hasList("conversations") {
      found.append(keys.has("kto_tag") ? .sharegptKTO : .sharegpt)
    }
    if keys.has("instruction", "response") {
      found.append(.dolly)
    } else if keys.has("instruction") {
      found.append(keys.has("kto_tag") ? .alpacaKTO : .alpaca)
    }
    if keys.has("prompt", "completion") {
      found.append(object["label"]?.bool == nil ? .completion : .kto)
    }
    found += others(object, keys)
    // An answer that is not there yet.
    if found.isEmpty, object["prompt"] != nil, object["completion"] != nil {
      found.append(.completion)
    }
    return found
  }

  /// The forms that are told by keys of their own.
  private static func others(_ object: JSONObject, _ keys: Keys) -> [Schema] {
    var found: [Schema] = []
    if keys.has("prompt") {
      if keys.hasList("completions"), keys.hasList("labels") { found.append(.stepwise) }
      if keys.hasList("responses"), keys.hasList("scores") { found.append(.ranking) }
      if keys.has("response", "reward") { found.append(.reward) }
    }
    if keys.has("anchor", "positive") { found.append(keys.has("negative") ? .triplet : .pair) }
    if keys.has("sentence1", "sentence2") {
      found.append(keys.has("score") && !keys.has("label") ? .scoredPair : .sentencePair)
    }
    if keys.hasList("segments") { found.append(.segments) }
    if object["text"]?.string != nil { found.append(.text) }
    if keys.has("question"), object["answer"] != nil { found.append(.questionAnswer) }
    return found
  }

  /// The forms between which an object's keys do not decide; empty where they do.
  ///
  /// Two lists of turns, or a list of turns beside an instruction with its answer, may say different
  /// things. A text or a question beside other forms is what it was made of, and no rival.
  public static func rivals(in object: JSONObject) -> [Schema] {
    let found = candidates(object)
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

  /// Which keys of an object say something.
  private struct Keys {
    let object: JSONObject

    init(_ object: JSONObject) { self.object = object }

    func has(_ keys: String...) -> Bool {
      keys.allSatisfy { key in object[key].map { !$0.isNull } ?? false }
    }

    func hasList(_ key: String) -> Bool { object[key]?.array != nil }

  }
}
