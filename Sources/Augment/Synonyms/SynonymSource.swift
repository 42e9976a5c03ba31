import Records
import Stages

/// Where synonyms come from.
protocol SynonymSource: Sendable {
  /// The files that are read.
  var files: [String] { get }
  /// The texts of a record with the places where synonyms fit.
  /// - Throws: `StageError` where a file cannot be read or is damaged.
  func swapper(
    _ record: Record, _ fields: [Field], protecting spans: ProtectedSpans, keepsAnswers: Bool
  ) throws(StageError) -> SynonymSwapper
}

/// Synonyms of English words from WordNet.
struct WordNetSynonyms: SynonymSource {
  let dictionary: SharedWordNet
  let rules: SynonymRules

  var files: [String] { WordNet.paths(below: dictionary.folder) }

  func swapper(
    _ record: Record, _ fields: [Field], protecting spans: ProtectedSpans, keepsAnswers: Bool
  ) throws(StageError) -> SynonymSwapper {
    let finder = try dictionary.finder(rules)
    return finder.withCache { cache in
      let kept = KeptWords(of: record, keepsAnswers: keepsAnswers, finder, &cache)
      return SynonymSwapper(
        fields.map { field in
          let bytes = Array(field.text.utf8)
          let reader = TextReader(
            bytes, protecting: spans.find(in: bytes, names: kept.names), kept: kept.lemmas,
            finder, &cache)
          return SlottedText(
            path: field.path, bytes: bytes, eligible: reader.eligible, slots: reader.slots)
        })
    }
  }
}

/// Finds the dictionary of a language before anything runs.
enum SynonymSources {
  /// The source that a stage's parameters name.
  /// - Throws: `Diagnostic` where the files are not there, with what to install.
  static func find(
    _ language: SynonymLanguage, _ stage: String, rules: SynonymRules = SynonymRules(),
    dictionary: PathValue, thesaurus: PathValue?
  ) throws(Diagnostic) -> any SynonymSource {
    if language.isEnglish {
      return try wordNet(stage, rules, dictionary: dictionary, thesaurus: thesaurus)
    }
    guard let path = thesaurus?.resolved ?? language.packaged?.path else {
      throw Diagnostic(
        "no thesaurus of '\(language.code)' is known", path: stage,
        remedy:
          "name an Open Multilingual Wordnet (.tab)\(language.code == "zh" ? ", a Cilin" : "") "
          + "or a MyThes thesaurus with 'thesaurus'")
    }
    let file = path.hasSuffix(".idx") ? path.dropLast(4) + ".dat" : path
    guard Folders.exists(file) else {
      let package = language.packaged.map { "apt-get install \($0.package), or " } ?? ""
      throw Diagnostic(
        "the thesaurus is not there: \(file)", path: stage,
        remedy: "\(package)name its file with 'thesaurus'")
    }
    return ThesaurusSynonyms(
      thesaurus: SharedThesaurus(path: file), certainty: rules.certainty, language: language)
  }

  private static func wordNet(
    _ stage: String, _ rules: SynonymRules, dictionary: PathValue, thesaurus: PathValue?
  ) throws(Diagnostic) -> WordNetSynonyms {
    guard thesaurus == nil else {
      throw Diagnostic(
        "synonyms of English come from WordNet, not from a thesaurus", path: stage,
        remedy: "leave out 'thesaurus', or say the language of the texts with 'language'")
    }
    let shared = SharedWordNet(folder: dictionary.resolved)
    if let missing = shared.missingFiles.first {
      throw Diagnostic(
        "WordNet is not there: \(missing) is missing", path: stage,
        remedy: "apt-get install wordnet-base, or name its folder with 'dictionary'")
    }
    return WordNetSynonyms(dictionary: shared, rules: rules)
  }
}
