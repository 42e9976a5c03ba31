import Stages

let meteorFamily = TextMetricFamily(
  [.init("meteor", "Words matched exactly, by stem and as synonyms, as nltk.")],
  parameters: [MeteorKeys.tokenizer, MeteorKeys.wordnet],
  configure: { values, resources, settings in
    settings.meteor = Meteor(
      tokenizer: values[MeteorKeys.tokenizer],
      synonyms: try resources.synonyms(values[MeteorKeys.wordnet]?.resolved))
  },
  measure: { _, material, settings, threads in
    [TextScore(settings.meteor.measure(material.corpus, threads: threads))]
  })

/// What `meteor` takes in a pipeline file.
enum MeteorKeys {
  static let tokenizer = Parameter(
    "tokenizer", default: BleuTokenizer.none, "How texts are cut into words.")
  static let wordnet = Parameter<PathValue?>(
    "wordnet", default: nil,
    "WordNet's folder; by default where Debian's wordnet-base puts it, if it is there.")
}
