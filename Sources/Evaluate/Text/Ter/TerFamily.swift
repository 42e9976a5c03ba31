import Stages

let terFamily = TextMetricFamily(
  [
    .init(
      "ter", "Edits and moves a hundred words, as sacreBLEU; lower is better.", direction: .lower)
  ],
  parameters: [
    TerKeys.normalized, TerKeys.noPunctuation, TerKeys.asianSupport, TerKeys.caseSensitive,
  ],
  configure: { values, _, settings in
    settings.ter = Ter(
      normalized: values[TerKeys.normalized], noPunctuation: values[TerKeys.noPunctuation],
      asianSupport: values[TerKeys.asianSupport], caseSensitive: values[TerKeys.caseSensitive])
  },
  measure: { _, material, settings, threads in
    [TextScore(settings.ter.measure(material.corpus, threads: threads))]
  })

/// What `ter` takes in a pipeline file.
enum TerKeys {
  static let normalized = Parameter(
    "normalized", default: false, "Set punctuation apart and decode entities.")
  static let noPunctuation = Parameter("no-punct", default: false, "Leave punctuation out.")
  static let asianSupport = Parameter(
    "asian-support", default: false, "Know Chinese and Japanese characters and marks.")
  static let caseSensitive = Parameter(
    "case-sensitive", default: false, "Tell capitals from small letters.")
}
