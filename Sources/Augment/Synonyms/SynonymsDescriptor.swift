import Records
import Stages

/// The languages that synonyms are known in.
enum SynonymLanguage: String, ChoiceValue {
  case english = "en"
}

/// What `augment.synonyms` is called, takes and needs.
enum SynonymsDescriptor {
  static let rate = Parameter(
    "rate", default: 0.1, "The share of a record's content words that is swapped.",
    check: Check.within(0.0...1.0))
  static let copies = Parameter(
    "copies", default: 1, "How many children are derived from each record.",
    check: Check.within(1...100))
  static let minimum = Parameter(
    "min-changes", default: 1, "Derive no child with fewer words swapped.", check: Check.atLeast(1))
  static let fields = Parameter(
    "fields", default: ["text", "messages[user]"].compactMap { Selector($0) },
    "The texts to change; by default a text, or what the user says. Never the label.")
  static let answers = Parameter(
    "keep-answer-words", default: true,
    "Leave words that the assistant's answer uses too, so that the answer still fits.")
  static let protect = Parameter(
    "protect", default: [String](),
    "Spans to leave as they are; * stands for anything within a line: '[[*]]'.")
  static let certainty = Parameter(
    "certainty", default: 0.6,
    "Swap a word only if its first sense has this share of its uses in WordNet's tagged texts.",
    check: Check.within(0.0...1.0))
  static let familiarity = Parameter(
    "familiarity", default: 8,
    "Use only synonyms met this often in WordNet's tagged texts, definitions and examples.",
    check: Check.atLeast(0))
  static let multiword = Parameter(
    "multiword", default: false, "Also use synonyms of several words: 'start' to 'set out'.")
  static let language = Parameter(
    "language", default: SynonymLanguage.english, aliases: ["lang"], "The language of the texts.")
  static let dictionary = Parameter(
    "dictionary", default: PathValue(SharedWordNet.standardFolder, base: "/"),
    "The folder of WordNet's database files.")

  static let descriptor = StageDescriptor(
    AugmentNames.synonyms,
    "Derives records in which some words are replaced by synonyms from WordNet.",
    role: .augmenting,
    parameters: [
      rate, copies, minimum, fields, answers, protect, certainty, familiarity, multiword, language,
      dictionary,
    ],
    memory: "60 MB for the dictionary, whatever the number of records",
    example: "augment.synonyms: {rate: 0.1, copies: 1}",
    make: { values throws(Diagnostic) in try make(values) })

  private static func make(_ values: ParameterValues) throws(Diagnostic) -> any Stage {
    let shared = SharedWordNet(folder: values[dictionary].resolved)
    if let missing = shared.missingFiles.first {
      throw Diagnostic(
        "WordNet is not there: \(missing) is missing", path: AugmentNames.synonyms,
        remedy: "apt-get install wordnet-base, or name its folder with 'dictionary'")
    }
    return SynonymsStage(
      rate: values[rate], copies: values[copies], minimum: values[minimum],
      fields: values[fields], keepsAnswers: values[answers],
      spans: ProtectedSpans(values[protect]), dictionary: shared,
      rules: SynonymRules(
        certainty: values[certainty], familiarity: values[familiarity],
        allowsExpressions: values[multiword]))
  }
}
