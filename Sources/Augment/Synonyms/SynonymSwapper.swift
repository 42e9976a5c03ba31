import Records

/// One change of a text.
struct TextEdit: Sendable, Hashable {
  /// What is replaced, in UTF-8 bytes of the parent's text.
  let range: Range<Int>
  let replacement: String
  /// `noun`, `verb`, `adjective`, `adverb`, or `article` for an `a` that became `an`.
  let part: String
  /// Where the sense stands in WordNet's data file; nil for articles.
  let synset: Int?
}

/// The texts of one record, read once, from which any number of changed copies are drawn.
struct SynonymSwapper: Sendable {
  /// A text of the record.
  private struct Text: Sendable {
    let path: String
    let bytes: [UInt8]
    let slots: [Slot]
  }

  private let texts: [Text]
  /// How many words may be changed, whether or not a synonym is known.
  let eligible: Int
  /// How many places a synonym fits in.
  let swappable: Int

  /// Reads the texts.
  init(
    _ fields: [Field], protecting spans: ProtectedSpans, kept: KeptWords, _ finder: SynonymFinder,
    _ cache: inout WordCache
  ) {
    var texts: [Text] = []
    var eligible = 0
    for field in fields {
      let bytes = Array(field.text.utf8)
      let reader = TextReader(
        bytes, protecting: spans.find(in: bytes, names: kept.names), kept: kept.lemmas, finder,
        &cache)
      eligible += reader.eligible
      texts.append(Text(path: field.path, bytes: bytes, slots: reader.slots))
    }
    self.texts = texts
    self.eligible = eligible
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

  private static func edits(_ slot: Slot, _ choice: Slot.Choice, in bytes: [UInt8]) -> [TextEdit] {
    let swap = TextEdit(
      range: slot.range, replacement: choice.text, part: "\(slot.part)", synset: choice.synset)
    guard let article = slot.article else { return [swap] }
    let old = String(decoding: bytes[article], as: UTF8.self)
    let fitting = agreeing(old, with: choice.text)
    guard fitting != old else { return [swap] }
    return [TextEdit(range: article, replacement: fitting, part: "article", synset: nil), swap]
  }

  /// `a` or `an`, in the casing of the article that stands there.
  private static func agreeing(_ article: String, with word: String) -> String {
    let base = article.utf8.first == UInt8(ascii: "A") ? "A" : "a"
    guard Spelling.takesAn(word) else { return base }
    return article == "AN" || article == "A" && word == word.uppercased() ? "AN" : "\(base)n"
  }
}

extension TextEdit {
  /// The text with edits made in place; all that they do not name stays byte for byte.
  static func apply(_ edits: [TextEdit], to text: String) -> String {
    let bytes = Array(text.utf8)
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count + 32)
    var place = 0
    for edit in edits {
      result += bytes[place..<edit.range.lowerBound]
      result += edit.replacement.utf8
      place = edit.range.upperBound
    }
    result += bytes[place...]
    return String(decoding: result, as: UTF8.self)
  }

  /// The edit as the ledger shows it; `at` counts Unicode scalars from the start of the text.
  func note(field: String, in bytes: [UInt8]) -> JSONValue {
    let at = bytes[..<range.lowerBound].count { $0 & 0xC0 != 0x80 }
    var note: JSONObject = [
      "field": .string(field), "at": .integer(at),
      "from": .string(String(decoding: bytes[range], as: UTF8.self)),
      "to": .string(replacement), "pos": .string(part),
    ]
    if let synset { note["synset"] = .integer(synset) }
    return .object(note)
  }
}
