import Stages

let chrfFamily = TextMetricFamily(
  [
    .init("chrf", "Shared n-grams of characters, as sacreBLEU."),
    .init("chrf++", "Shared n-grams of characters and words, as sacreBLEU."),
  ],
  parameters: [
    ChrfKeys.characterOrder, ChrfKeys.beta, ChrfKeys.lowercase, ChrfKeys.whitespace,
    ChrfKeys.epsilonSmoothing,
  ],
  aliases: ["chrf2": "chrf", "chrfpp": "chrf++", "chrf2++": "chrf++"],
  configure: { values, _, settings in
    settings.chrf = Chrf(
      characterOrder: values[ChrfKeys.characterOrder], beta: values[ChrfKeys.beta],
      lowercase: values[ChrfKeys.lowercase], whitespace: values[ChrfKeys.whitespace],
      epsilonSmoothing: values[ChrfKeys.epsilonSmoothing])
  },
  measure: { names, material, settings, threads in
    names.map { name in
      var chrf = settings.chrf
      if name == "chrf++" { chrf.wordOrder = 2 }
      return TextScore(chrf.measure(material.corpus, threads: threads), name: name)
    }
  })

/// What `chrf` takes in a pipeline file.
enum ChrfKeys {
  static let characterOrder = Parameter(
    "char-order", default: 6, "The longest n-grams of characters.",
    check: Check.within(1...Chrf.longestOrder))
  static let beta = Parameter(
    "beta", default: 2, "How many times recall counts as much as precision.",
    check: Check.within(0...1000))
  static let lowercase = Parameter(
    "lowercase", default: false, "Let capitals count as small letters.")
  static let whitespace = Parameter(
    "whitespace", default: false, "Let white space belong to n-grams.")
  static let epsilonSmoothing = Parameter(
    "eps-smoothing", default: false, "An F-score of each order, never 0, and their mean.")
}
