import Stages

let factFamily = TextMetricFamily(
  [
    .init("factscore", "Share of a text's facts that a source supports, less where they are few."),
    .init("factscore_init", "The same without the penalty for few facts."),
    .init("factscore_respond", "Share of texts that state a fact."),
    .init("factscore_facts", "Facts of a text that states any."),
  ],
  parameters: [
    FactKeys.facts, FactKeys.judge, FactKeys.label, FactKeys.gamma, FactKeys.knowledge,
    FactKeys.passages,
  ],
  groups: [
    "factscore": ["factscore", "factscore_init", "factscore_respond", "factscore_facts"]
  ],
  comparison: .nothing, readsWithModel: true,
  configure: { values, resources, settings in
    let splitter = try resources.judge(values[FactKeys.facts].resolved)
    try splitter.check(offers: FactScore.splitterFields, needs: [])
    let verifier = try resources.judge(values[FactKeys.judge].resolved)
    // Passages that are looked up are of use only to a prompt that shows them.
    let looksUp = values[FactKeys.knowledge] != nil
    try verifier.check(
      offers: FactScore.verifierFields, needs: looksUp ? ["fact", "context"] : ["fact"])
    try verifier.checkLabels()
    settings.facts = FactScore(
      splitter: splitter, verifier: verifier,
      supported: try FactKeys.place(values[FactKeys.label], verifier),
      gamma: values[FactKeys.gamma],
      knowledge: try values[FactKeys.knowledge].map { try resources.passages($0.resolved) },
      passages: values[FactKeys.passages])
  },
  measure: { names, material, settings, _ in
    guard let score = settings.facts else {
      throw TextModelError(
        "metric 'factscore' needs two judges",
        remedy: "name their files: {factscore: {facts: FILE, judge: FILE}}")
    }
    return try score.measure(material).filter { names.contains($0.name) }
  })

/// What `factscore` takes in a pipeline file.
private enum FactKeys {
  static let facts = Parameter<PathValue>(
    required: "facts", aliases: ["splitter"],
    "The file of the judge that takes texts apart into facts, lines that begin with '- '.")
  static let judge = Parameter<PathValue>(
    required: "judge", aliases: ["verifier"],
    "The file of the judge that says whether a fact is supported.")
  static let label = Parameter<String?>(
    "label", default: nil, "That judge's label for a fact that is; by default its first.")
  static let gamma = Parameter(
    "gamma", default: 10.0,
    "A text of n facts, fewer than this, counts exp(1 - gamma / n) of its share; 0 for no penalty.",
    check: Check.atLeast(0))
  static let knowledge = Parameter<PathValue?>(
    "knowledge", default: nil,
    "JSON lines of title and text to look facts up in; by default each record's context.")
  static let passages = Parameter(
    "passages", default: 5, "How many passages a fact is checked against.",
    check: Check.atLeast(1))

  static func place(_ label: String?, _ judge: any Judge) throws(Diagnostic) -> Int {
    guard let label else { return 0 }
    guard let place = judge.labels.firstIndex(of: label) else {
      throw Diagnostic(
        "\(judge.name) has no label '\(label)'", path: "factscore.label",
        remedy: Suggestion.remedy(for: label, among: judge.labels))
    }
    return place
  }
}
