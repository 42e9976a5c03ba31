/// What is done to contractions.
struct ContractionDirections: Sendable {
  let expands: Bool
  let contracts: Bool
}

/// Finds the contractions of an English text, and the words that may be contracted.
///
/// By exact lists, and only where the words beside show that nothing else is meant.
struct ContractionFinder {
  private let bytes: [UInt8]
  private let tokens: [TextToken]
  /// The words in lower case, with `'` for the typographic apostrophe.
  private let words: [String]
  private let locked: [Range<Int>]
  /// The apostrophe that the text uses.
  private let apostrophe: String

  private init(_ text: String, locked: [Range<Int>]) {
    bytes = Array(text.utf8)
    self.locked = locked
    tokens = TextScanner.scan(bytes)
    words = tokens.map { String($0.lower.map { $0 == "\u{2019}" ? "'" : $0 }) }
    apostrophe = text.contains("\u{2019}") ? "\u{2019}" : "'"
  }

  /// The changes that a text allows, in order and without overlap; `locked` stretches stay.
  static func find(
    in text: String, locked: [Range<Int>], _ directions: ContractionDirections
  ) -> [TextEdit] {
    let finder = ContractionFinder(text, locked: locked)
    var edits: [TextEdit] = []
    var place = 0
    while place < finder.tokens.count {
      if directions.expands, let edit = finder.expansion(at: place) {
        edits.append(edit)
      } else if directions.contracts, let edit = finder.contraction(at: place) {
        edits.append(edit)
        // `can not` and its like are two words.
        if edit.range.upperBound > finder.tokens[place].range.upperBound { place += 1 }
      }
      place += 1
    }
    return edits.filter { edit in !locked.contains { $0.overlaps(edit.range) } }
  }

  // MARK: - Expanding

  private func expansion(at place: Int) -> TextEdit? {
    if words[place] == "let", isShortUs(place + 1) {
      let range = tokens[place].range.lowerBound..<tokens[place + 1].range.upperBound
      return edit(range, "let us", by: "expand")
    }
    // `shouldn't've` and `I'd've` are one token with two apostrophes, which no list holds.
    let word = words[place]
    if let long = ContractionTable.auxiliaries[word] {
      return edit(tokens[place].range, long, by: "expand")
    }
    guard let long = ContractionTable.negations[word], isStatement(place) else { return nil }
    return edit(tokens[place].range, long, by: "expand")
  }

  /// The `'s` of `let's`.
  private func isShortUs(_ place: Int) -> Bool {
    guard place < tokens.count, case .mark(UInt8(ascii: "'")) = tokens[place].kind else {
      return false
    }
    return tokens[place].range.count > 1
      && tokens[place].range.lowerBound == tokens[place - 1].range.upperBound
  }

  /// Whether the subject stands before a negation, and not behind it as in a question.
  private func isStatement(_ place: Int) -> Bool {
    let next = place + 1 < words.count ? words[place + 1] : ""
    if ContractionTable.subjects.contains(next) { return false }
    let before = place > 0 ? tokens[place - 1] : nil
    var opens = tokens[place].startsSentence
    if let before {
      if case .mark = before.kind { opens = true }
      opens = opens || ContractionTable.questions.contains(words[place - 1])
    }
    return !opens || words[place] == "don't" && ContractionTable.commands.contains(next)
  }

  // MARK: - Contracting

  private func contraction(at place: Int) -> TextEdit? {
    if words[place] == "cannot", !Self.staysLong(words, behind: place) {
      return edit(tokens[place].range, "can't", by: "contract")
    }
    guard place + 1 < tokens.count, tokens[place].kind == .word, tokens[place + 1].kind == .word,
      standsAlone(between: tokens[place], tokens[place + 1]),
      let short = ContractionTable.contractable["\(words[place]) \(words[place + 1])"],
      isCalm(tokens[place], tokens[place + 1]), allows(short, behind: place + 1)
    else { return nil }
    let range = tokens[place].range.lowerBound..<tokens[place + 1].range.upperBound
    return edit(range, short, by: "contract")
  }

  /// Whether one blank and nothing else parts two words.
  private func standsAlone(between first: TextToken, _ second: TextToken) -> Bool {
    bytes[first.range.upperBound..<second.range.lowerBound].elementsEqual([0x20])
  }

  /// Whether no word is set off by capitals: `do NOT` says more than `don't`.
  private func isCalm(_ first: TextToken, _ second: TextToken) -> Bool {
    switch second.casing {
    case .lower: first.casing == .lower || first.casing == .title
    case .upper: first.casing == .upper || first.lower == "i"
    default: false
    }
  }

  private func allows(_ short: String, behind place: Int) -> Bool {
    let next = place + 1 < words.count && tokens[place + 1].kind == .word ? words[place + 1] : ""
    if short.hasSuffix("n't") {
      return !Self.staysLong(words, behind: place)
        && !(short == "haven't" && ["a", "the", "any"].contains(next))
    }
    if short.hasSuffix("'ll") { return ContractionTable.verbsBehindWill.contains(next) }
    if short.hasSuffix("'ve") { return ContractionTable.participles.contains(next) }
    return next.utf8.count > 4 && next.hasSuffix("ing")
      && !ContractionTable.notGerunds.contains(next)
  }

  /// `not only …` and `cannot but …` belong together.
  private static func staysLong(_ words: [String], behind place: Int) -> Bool {
    place + 1 < words.count && ["only", "but"].contains(words[place + 1])
  }

  // MARK: - Edits

  private func edit(_ range: Range<Int>, _ words: String, by rule: String) -> TextEdit {
    TextEdit(
      range: range, replacement: cased(words, like: bytes[range]), cause: .rule(rule))
  }

  /// Words in the casing of those they replace, with the text's apostrophe.
  private func cased(_ words: String, like old: ArraySlice<UInt8>) -> String {
    let letters = old.filter(Bytes.isASCIILetter)
    let isUpper = letters.allSatisfy { $0 < 0x61 }
    var text = isUpper && letters.count > 1 ? words.uppercased() : words
    if !isUpper, letters.first.map({ $0 < 0x61 }) == true {
      text = Bytes.capitalized(text)
    }
    return apostrophe == "'" ? text : String(text.map { $0 == "'" ? "\u{2019}" : $0 })
  }
}
