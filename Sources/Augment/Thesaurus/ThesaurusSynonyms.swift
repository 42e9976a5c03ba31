import Records
import Stages
import Synchronization

final class ThesaurusSynonyms: SynonymSource {
  private let thesaurus: SharedThesaurus
  private let certainty: Double
  private let language: SynonymLanguage
  private let ready = Mutex<ThesaurusFinder?>(nil)

  init(thesaurus: SharedThesaurus, certainty: Double, language: SynonymLanguage) {
    self.thesaurus = thesaurus
    self.certainty = certainty
    self.language = language
  }

  var files: [String] { [thesaurus.path] }

  func swapper(
    _ record: Record, _ fields: [Field], protecting spans: ProtectedSpans, keepsAnswers: Bool
  ) throws(StageError) -> SynonymSwapper {
    let finder = try finder()
    let words = FreeWords(
      of: record, protecting: spans, keepsAnswers: keepsAnswers,
      language: language.code)
    return SynonymSwapper(
      fields.map { field in
        ThesaurusReader(field.text, words.find(in: field.text), finder).slotted(field.path)
      })
  }

  private func finder() throws(StageError) -> ThesaurusFinder {
    if let finder = ready.withLock({ $0 }) { return finder }
    let lexicon = try thesaurus.lexicon()
    let made = ThesaurusFinder(lexicon, language.grammar(of: lexicon), certainty: certainty)
    return ready.withLock { ready in
      if let ready { return ready }
      ready = made
      return made
    }
  }
}

/// Reads a text: which words may be changed, and where a synonym of the thesaurus fits.
struct ThesaurusReader {
  private let bytes: [UInt8]
  private let words: [TextWord]
  private let finder: ThesaurusFinder
  /// Whether a word may be put into this text at all.
  private let isFitting: (String) -> Bool

  init(_ text: String, _ words: [TextWord], _ finder: ThesaurusFinder) {
    isFitting = finder.grammar.fitting(text)
    bytes = Array(text.utf8)
    self.words = words
    self.finder = finder
  }

  func slotted(_ path: String) -> SlottedText {
    let eligible = words.count {
      $0.isFree && !finder.grammar.isFunctionWord($0.text.lowercased())
    }
    return SlottedText(
      path: path, bytes: bytes, eligible: eligible,
      slots: words.indices.compactMap { words[$0].isFree ? slot($0) : nil })
  }

  private func slot(_ index: Int) -> Slot? {
    let word = words[index]
    guard let listed = listedForm(index), let entry = finder.entry(of: listed),
      !touchesJoiner(word.range),
      finder.grammar.allows(listed, entry.agreement, surroundings(index))
    else { return nil }
    let isCapital = listed != word.text
    let beside = [index - 1, index + 1].filter(words.indices.contains).map {
      words[$0].text.lowercased()
    }
    let choices = entry.choices.filter { choice in
      !beside.contains(choice.word.lowercased()) && isFitting(choice.word)
    }.map { choice in
      Slot.Choice(
        text: isCapital ? Self.capitalized(choice.word) : choice.word, lemma: choice.word,
        weight: choice.weight, synset: nil)
    }
    return choices.isEmpty
      ? nil
      : Slot(
        range: word.range, part: entry.agreement.part, lemma: listed, choices: choices,
        article: nil)
  }

  /// The word in the case that it is listed in: at a sentence's start a capital says nothing.
  ///
  /// Nil for names and for what may be two words, such as `Essen`.
  private func listedForm(_ index: Int) -> String? {
    let word = words[index].text
    let lower = word.lowercased()
    if word == lower { return word }
    let isCapital = word == Self.capitalized(lower)
    guard isCapital else { return nil }
    guard startsSentence(index) else { return finder.grammar.capitalizesNouns ? word : nil }
    guard finder.grammar.capitalizesNouns else { return lower }
    switch (finder.senses(of: word).isEmpty, finder.senses(of: lower).isEmpty) {
    case (false, true): return word
    case (true, false): return lower
    default: return nil
    }
  }

  /// Whether nothing but quotation marks and blanks part a word from a sentence's end before it.
  private func startsSentence(_ index: Int) -> Bool {
    let before = bytes[..<words[index].range.lowerBound]
    let passed = "\"'([*-\u{201C}\u{201E}\u{AB}\u{2018}\u{BF}\u{A1} \t".utf8
    guard let last = before.last(where: { !passed.contains($0) }) else { return true }
    return ".!?:\n\r".utf8.contains(last)
  }

  /// `E-Mail`, `l'auto`: part of something larger.
  private func touchesJoiner(_ range: Range<Int>) -> Bool {
    func joins(_ place: Int) -> Bool {
      bytes.indices.contains(place) && "-'_/".utf8.contains(bytes[place])
    }
    return joins(range.lowerBound - 1) || joins(range.upperBound)
  }

  /// How many words the rest of a clause has at most: texts without marks take linear time.
  private static let longestClause = 60

  private func surroundings(_ index: Int) -> Surroundings {
    let previous = index > 0 && isJoined(index - 1) ? words[index - 1].text.lowercased() : ""
    let next =
      index + 1 < words.count && isJoined(index) ? words[index + 1].text.lowercased() : ""
    var last = index
    while last + 1 < min(words.count, index + Self.longestClause), isJoined(last) { last += 1 }
    return Surroundings(
      previous: previous, next: next, last: words[last].text.lowercased())
  }

  /// Whether only blanks part a word from the next one.
  private func isJoined(_ index: Int) -> Bool {
    bytes[words[index].range.upperBound..<words[index + 1].range.lowerBound]
      .allSatisfy { $0 == 0x20 || $0 == 0x09 }
  }

  private static func capitalized(_ word: String) -> String {
    word.prefix(1).uppercased() + word.dropFirst()
  }
}
