import Records

/// A text and the places of it where synonyms fit.
struct SlottedText: Sendable {
  let path: String
  let bytes: [UInt8]
  /// How many words may be changed, whether or not a synonym is known.
  let eligible: Int
  let slots: [Slot]
}

/// The texts of one record, read once, from which any number of changed copies are drawn.
struct SynonymSwapper: Sendable {
  let texts: [SlottedText]
  /// How many words may be changed, whether or not a synonym is known.
  let eligible: Int
  /// How many places a synonym fits in.
  let swappable: Int

  init(_ texts: [SlottedText]) {
    self.texts = texts
    eligible = texts.reduce(0) { $0 + $1.eligible }
    swappable = texts.reduce(0) { $0 + $1.slots.count }
  }

  /// Draws one set of edits, by the path of the text they belong to and in order.
  ///
  /// `count` places are drawn without replacement; a lemma that is swapped twice gets one synonym.
  func draw(_ count: Int, _ random: inout CounterRandom) -> [String: [TextEdit]] {
    var places = texts.indices.flatMap { text in texts[text].slots.indices.map { (text, $0) } }
    let count = min(count, places.count)
    for index in 0..<count {
      places.swapAt(index, index + random.below(places.count - index))
    }
    var chosen: [String: String] = [:]
    var edits: [String: [TextEdit]] = [:]
    for (text, slot) in places[..<count].sorted(by: { $0 < $1 }) {
      let slot = texts[text].slots[slot]
      let choice = choose(slot, &chosen, &random)
      edits[texts[text].path, default: []] += Self.edits(slot, choice, in: texts[text].bytes)
    }
    return edits
  }

  /// Draws synonyms of up to `count` words of one text, as dictionaries list them.
  func drawSynonyms(_ count: Int, in path: String, _ random: inout CounterRandom) -> [String] {
    let slots = texts.first { $0.path == path }?.slots ?? []
    var chosen: [String: String] = [:]
    return random.some(count, of: slots).map { choose($0, &chosen, &random).lemma }
  }

  private func choose(
    _ slot: Slot, _ chosen: inout [String: String], _ random: inout CounterRandom
  ) -> Slot.Choice {
    let key = "\(slot.part) \(slot.lemma)"
    if let known = slot.choices.first(where: { $0.lemma == chosen[key] }) { return known }
    var rest = random.below(slot.choices.reduce(0) { $0 + $1.weight })
    let choice = slot.choices.first { choice in
      rest -= choice.weight
      return rest < 0
    }
    guard let choice else { preconditionFailure("a slot for '\(slot.lemma)' has no choices") }
    chosen[key] = choice.lemma
    return choice
  }

  /// What puts a choice in the place of a word, the article before it included.
  static func edits(_ slot: Slot, _ choice: Slot.Choice, in bytes: [UInt8]) -> [TextEdit] {
    let swap = TextEdit(
      range: slot.range, replacement: choice.text,
      cause: .synonym(part: slot.part, synset: choice.synset, score: choice.score))
    guard let article = slot.article else { return [swap] }
    let old = String(decoding: bytes[article], as: UTF8.self)
    let fitting = agreeing(old, with: choice.text)
    guard fitting != old else { return [swap] }
    return [
      TextEdit(range: article, replacement: fitting, cause: .synonym(part: "article", synset: nil)),
      swap,
    ]
  }

  /// `a` or `an`, in the casing of the article that stands there.
  private static func agreeing(_ article: String, with word: String) -> String {
    let base = article.utf8.first == UInt8(ascii: "A") ? "A" : "a"
    guard Spelling.takesAn(word) else { return base }
    return article == "AN" || article == "A" && word == word.uppercased() ? "AN" : "\(base)n"
  }
}
