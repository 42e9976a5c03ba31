public import Stages

let rougeFamily = TextMetricFamily(
  [
    .init("rouge1", "Shared words, as rouge_score; rouge2 to rouge9 are of n-grams."),
    .init("rougeL", "The longest common subsequence of words, as rouge_score."),
    .init("rougeLsum", "Common subsequences line by line, as rouge_score."),
  ],
  parameters: [RougeKeys.stemmer, RougeKeys.tokenizer],
  groups: ["rouge": ["rouge1", "rouge2", "rougeL", "rougeLsum"]],
  aliases: [
    "rougel": "rougeL", "rouge-l": "rougeL", "rougelsum": "rougeLsum", "rouge-lsum": "rougeLsum",
    "rouge-1": "rouge1", "rouge-2": "rouge2",
  ],
  ordered: "rouge",
  configure: { values, _, settings in
    settings.rouge = Rouge(
      stemmer: values[RougeKeys.stemmer], tokenizer: values[RougeKeys.tokenizer])
  },
  measure: { names, material, settings, threads in
    // Words are read once for all kinds.
    var rouge = settings.rouge
    rouge.kinds = names.map { name in
      switch name {
      case "rougeL": .longest
      case "rougeLsum": .longestByLine
      default: .ngrams(Int(name.dropFirst(5)) ?? 1)
      }
    }
    return rouge.measure(material.corpus, threads: threads).map { TextScore($0) }
  })

/// What `rouge` and its kinds take in a pipeline file.
enum RougeKeys {
  static let stemmer = Parameter(
    "stemmer", default: false, aliases: ["use-stemmer"], "Compare the stems of words.")
  static let tokenizer = Parameter(
    "tokenizer", default: RougeTokenizer.standard,
    "rouge_score's words of ASCII, or unicode ones, also Chinese.")
}

extension RougeTokenizer: ChoiceValue {}
