/// A form that English words take.
package enum WordForm: Int, CaseIterable, Sendable, Hashable {
  /// The lemma itself.
  case base
  /// Nouns: `illnesses`.
  case plural
  /// Verbs: `examines`.
  case thirdPerson
  /// Verbs: `examining`.
  case ing
  /// Verbs, past tense: `examined`, `began`.
  case past
  /// Verbs, past participle: `examined`, `begun`.
  case participle
  /// Adjectives and adverbs: `larger`.
  case comparative
  /// Adjectives and adverbs: `largest`.
  case superlative
}

/// Puts lemmas into forms.
///
/// Irregular verbs come from a table, irregular plurals and doubled consonants from WordNet's `.exc`
/// files read backwards, the rest from the rules of spelling (Quirk and others, A Comprehensive
/// Grammar of the English Language, 1985, chapters 3.2 to 3.20, 5.80 and 7.79).
package struct Inflector: Sendable {
  /// What verbs with an entry in `verb.exc` become with -ed and -ing: `admit` → `admitted`.
  private let regularVerbForms: [String: [String]]
  private let plurals: [String: [String]]

  /// Reads the dictionary's irregular forms backwards.
  package init(_ wordnet: WordNet) {
    regularVerbForms = wordnet.irregularForms(.verb)
    plurals = wordnet.irregularForms(.noun)
  }

  /// A lemma in a form; nil where there is no such form or it is not known well enough.
  package func inflect(_ lemma: String, _ part: WordClass, _ form: WordForm) -> String? {
    switch (part, form) {
    case (_, .base): lemma
    // `less` and `more` are forms of too many words.
    case (.adjective, _) where ["much", "many", "little"].contains(lemma): nil
    case (.noun, .plural): plural(lemma)
    case (.verb, .thirdPerson):
      lemma == "have" ? "has" : lemma == "be" ? "is" : Spelling.addS(lemma)
    case (.verb, .ing): ing(lemma)
    case (.verb, .past): IrregularVerbs.forms(of: lemma)?.past ?? ed(lemma)
    case (.verb, .participle): IrregularVerbs.forms(of: lemma)?.participle ?? ed(lemma)
    case (_, .comparative) where Self.grades[lemma] != nil: Self.grades[lemma]?.comparative
    case (_, .superlative) where Self.grades[lemma] != nil: Self.grades[lemma]?.superlative
    case (.adjective, .comparative), (.adverb, .comparative):
      Spelling.gradesBySuffix(lemma) ? Spelling.addEr(lemma) : "more \(lemma)"
    case (.adjective, .superlative), (.adverb, .superlative):
      Spelling.gradesBySuffix(lemma) ? Spelling.addEr(lemma, "est") : "most \(lemma)"
    default: nil
    }
  }

  /// The few adjectives that are graded by other words.
  private static let grades: [String: (comparative: String, superlative: String)] = [
    "good": ("better", "best"), "well": ("better", "best"), "bad": ("worse", "worst"),
    "ill": ("worse", "worst"), "far": ("farther", "farthest"),
  ]

  private func ing(_ lemma: String) -> String {
    listed(lemma, ending: "ing") ?? Spelling.addIng(lemma)
  }

  private func ed(_ lemma: String) -> String {
    listed(lemma, ending: "ed") ?? Spelling.addEd(lemma)
  }

  /// The form in `verb.exc` with an ending; it knows which verbs of several syllables double.
  private func listed(_ lemma: String, ending: String) -> String? {
    regularVerbForms[lemma]?.first { $0.hasSuffix(ending) }
  }

  private func plural(_ noun: String) -> String? {
    if PluralWords.unchanged.contains(noun) { return noun }
    if PluralWords.none.contains(noun) { return nil }
    if noun.hasSuffix("ism") { return nil }
    if noun.hasSuffix("man"), !PluralWords.regularMan.contains(noun) {
      return noun.dropLast(2) + "en"
    }
    if noun.hasSuffix("is"), let form = plurals[noun]?.first(where: { $0.hasSuffix("es") }) {
      return form
    }
    if PluralWords.irregular.contains(noun), let form = plurals[noun]?.first { return form }
    return Spelling.addS(noun)
  }
}

/// Nouns whose plural the rules of spelling do not give.
enum PluralWords {
  /// Nouns whose plural is the first of WordNet's list; of most others people prefer the regular one.
  static let irregular = words(
    "child foot tooth goose mouse louse ox life wife knife leaf half self shelf thief wolf calf loaf "
      + "scarf hoof wharf housewife fungus nucleus stimulus bacillus phenomenon criterion bacterium "
      + "larva vertebra ovum alga matrix vertex apex axis hero potato tomato echo veto torpedo "
      + "volcano mosquito cargo millennium stratum thrombus humerus alumnus")
  /// Words in -man that have nothing to do with men.
  static let regularMan = words(
    "human german roman norman talisman shaman ottoman caiman mussulman")
  /// Nouns whose plural is the word itself.
  static let unchanged = words(
    "sheep deer fish series species aircraft spacecraft offspring salmon trout shrimp headquarters "
      + "means crossroads bison moose swine")
  /// Nouns that have no plural.
  static let none = words(
    "person information data dust clothes advice equipment furniture luggage baggage knowledge evidence research homework "
      + "money music news progress software hardware traffic weather housework scenery jewelry "
      + "machinery poetry stuff garbage laundry clothing foliage merchandise harm luck wealth health "
      + "happiness sadness safety security intelligence assistance aid nutrition sickness rainfall "
      + "upkeep warfare usage anger courage patience violence humankind mankind electricity gravity "
      + "people cattle police mathematics physics chemistry biology economics politics chaos bulk "
      + "internet sunlight oxygen hydrogen sodium globe universe cosmos publicity taxation guidance"
  )

  private static func words(_ text: String) -> Set<String> {
    Set(text.split(separator: " ").map(String.init))
  }
}
