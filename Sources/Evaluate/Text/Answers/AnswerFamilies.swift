public import Stages

let answerFamily = TextMetricFamily(
  [
    .init("exact_match", "Share of answers that equal a reference, as SQuAD."),
    .init("token_f1", "Words shared with the best reference, as SQuAD."),
  ],
  parameters: [AnswerKeys.form, AnswerKeys.emptyMatchesEmpty],
  groups: ["squad": ["exact_match", "token_f1"]],
  aliases: ["em": "exact_match", "exact-match": "exact_match", "token-f1": "token_f1"],
  configure: { values, _, settings in
    settings.answers = AnswerMatch(
      form: values[AnswerKeys.form], emptyMatchesEmpty: values[AnswerKeys.emptyMatchesEmpty])
  },
  measure: { _, material, settings, threads in
    settings.answers.measure(material.corpus, threads: threads).map { TextScore($0) }
  })

let keywordFamily = TextMetricFamily(
  [
    .init("keywords.all", "Share of texts that hold all their keywords."),
    .init("keywords.any", "Share of texts that hold one of their keywords."),
  ],
  parameters: [AnswerKeys.ignoreCase],
  aliases: [
    "keywords": "keywords.all", "keyword_accuracy": "keywords.all",
    "keyword-accuracy": "keywords.all",
  ],
  comparison: .keywords,
  configure: { values, _, settings in
    settings.keywords = KeywordAccuracy(ignoreCase: values[AnswerKeys.ignoreCase])
  },
  measure: { names, material, settings, threads in
    names.map { name in
      var accuracy = settings.keywords
      accuracy.rule = name == "keywords.any" ? .any : .all
      return TextScore(
        accuracy.measure(material.keywords ?? material.corpus, threads: threads))
    }
  })

/// What metrics of answers take in a pipeline file.
enum AnswerKeys {
  static let form = Parameter(
    "form", default: AnswerForm.squad, aliases: ["answers"],
    "The form in which answers are compared: squad, or characters (Chinese).")
  static let emptyMatchesEmpty = Parameter(
    "empty-matches-empty", default: false,
    "Let an empty answer score 1 against an empty reference, as in SQuAD 2.")
  static let ignoreCase = Parameter(
    "ignore-case", default: false, aliases: ["lowercase"],
    "Let capitals count as small letters.")
}

extension AnswerForm: ChoiceValue {}
