import Stages

/// The settings of all text metrics that are named by a word.
public struct TextMetricSettings: Sendable {
  /// BLEU's.
  public var bleu = Bleu()
  /// chrF's; chrF++ has two orders of words besides.
  public var chrf = Chrf()
  /// TER's.
  public var ter = Ter()
  /// ROUGE's, but for its kinds, which the names say.
  public var rouge = Rouge()
  /// METEOR's.
  public var meteor = Meteor()
  /// Those of exact match and token F1.
  public var answers = AnswerMatch()
  /// Those of keyword accuracy, but for its rule.
  public var keywords = KeywordAccuracy()
  /// Those of distinct-n.
  public var distinct = DistinctNGrams()
  /// Self-BLEU's.
  public var selfBleu = SelfBleu()
  /// How personal data are counted.
  public var personalData = PersonalDataCount()
  /// BERTScore, once there is an encoder.
  public var bertScore: BERTScore?
  /// Similarity of vectors, once there is an encoder.
  public var similarity: EmbeddingSimilarity?

  /// Metrics by a classifier, by their names, once there is one.
  public var classifiers: [String: ClassifierScore] = [:]
  /// FactScore, once there are judges.
  public var facts: FactScore?

  /// Every metric as its reference computes it by default.
  public init() {}

  /// Whether a metric compares with the context that each record gives.
  public func needsContext(_ metric: String) -> Bool {
    if metric.hasPrefix("factscore") { return facts?.needsContext == true }
    return classifiers.values.contains { $0.premise == .context && metric.hasPrefix($0.name) }
  }

  /// Whether a metric compares with the references, or with keywords in their place.
  public func needsReference(_ metric: String) -> Bool {
    guard let family = TextMetrics.family(of: metric), family.comparison != .nothing else {
      return false
    }
    // What a classifier of pairs compares with is an option of it.
    let score = classifiers.values.first { $0.premise != nil && family.expand($0.name) != nil }
    return score.map { $0.premise == .reference } ?? true
  }

  /// Changes when a classifier or judge does that metrics ask; nil where none is asked.
  ///
  /// - Throws: What says why a file of a classifier cannot be read.
  public func fingerprint() throws -> String? {
    let names = classifiers.keys.sorted()
    var parts = try names.compactMap { name in
      try classifiers[name].map { "\(name) \(try $0.classifier.fingerprint())" }
    }
    if let facts { parts.append("factscore \(facts.fingerprint)") }
    return parts.isEmpty ? nil : parts.joined(separator: "\n")
  }
}

/// Text metrics by their names.
///
///     let metrics = try TextMetrics(named: ["bleu", "rouge"])
///     for score in try metrics.scores(of: corpus) { print(score.name, score.score) }
public struct TextMetrics: Sendable {
  /// Every family, in the order shown; a new one is a line here.
  public static let families = [
    bleuFamily, chrfFamily, terFamily, rougeFamily, meteorFamily, answerFamily, keywordFamily,
    distinctFamily, selfBleuFamily, bertScoreFamily, embeddingSimilarityFamily,
    consistencyFamily, factFamily, toxicityFamily, biasFamily, classifierFamily, refusalFamily,
    personalDataFamily,
  ]

  /// Every metric, in the order shown.
  public static var catalog: [TextMetricFamily.Member] { families.flatMap(\.members) }

  /// The names asked, groups expanded.
  public let names: [String]

  /// The family of a metric, a group or another tool's name for one; nil where it names no text metric.
  public static func family(of name: String) -> TextMetricFamily? {
    families.first { $0.expand(name) != nil }
  }

  /// The metric or metrics of a name; nil where it names no text metric.
  public static func expand(_ name: String) -> [String]? {
    families.lazy.compactMap { $0.expand(name) }.first
  }

  /// No metric.
  public init() { names = [] }

  /// Looks names up.
  ///
  /// - Throws: ``MetricError`` for a name that no text metric has.
  public init(named asked: [String]) throws(MetricError) {
    var names: [String] = []
    for name in asked {
      guard let expanded = Self.expand(name) else { throw Self.unknown(name) }
      for name in expanded where !names.contains(name) { names.append(name) }
    }
    self.names = names
  }

  /// All names that are known, for suggestions.
  public static var known: [String] {
    let members = catalog.map(\.name)
    let groups = families.flatMap { $0.groups.keys }.filter { !members.contains($0) }
    return members + groups.sorted()
  }

  private static func unknown(_ name: String) -> MetricError {
    .unknown(name: name, suggestion: Suggestion.nearest(to: name, among: known), known: known)
  }

  /// The metric that chooses among models where one number is asked.
  ///
  /// - Throws: ``MetricError`` for a name that is unknown or stands for several metrics.
  public static func selector(named name: String) throws(MetricError) -> (
    name: String, direction: MetricDirection
  ) {
    guard let family = family(of: name), let names = family.expand(name) else {
      throw unknown(name)
    }
    // A group that is called like one of its members is chosen by that.
    let chosen = names.count == 1 ? names.first : names.first { $0 == name }
    guard let metric = chosen else {
      throw .isGroup(name: name, members: names)
    }
    return (metric, family.member(metric)?.direction ?? .greater)
  }

  /// Whether a metric, or all that a name stands for, is of all texts together: no record has a score of
  /// its own, and drawing records anew says nothing about it.
  public static func isOfWhole(_ name: String) -> Bool {
    guard let family = family(of: name), let metrics = family.expand(name) else { return false }
    return metrics.allSatisfy { family.member($0)?.isOfWhole == true }
  }

  /// Whether a metric's references are keywords.
  public static func isOfKeywords(_ name: String) -> Bool {
    family(of: name)?.comparison == .keywords
  }

  /// The scores in the order of ``names``.
  ///
  /// - Parameters:
  ///   - keywords: the corpus whose references are keywords; by default the same.
  ///   - threads: how many threads score, all cores if nil; the result is the same.
  /// - Throws: `TextModelError` of a metric that reads texts with a model.
  public func scores(
    of corpus: TextCorpus, keywords: TextCorpus? = nil,
    settings: TextMetricSettings = TextMetricSettings(), threads: Int? = nil
  ) throws -> [TextScore] {
    try scores(of: TextMaterial(corpus, keywords: keywords), settings: settings, threads: threads)
  }

  /// The scores in the order of ``names``, also of metrics that look at inputs and contexts.
  ///
  /// - Throws: `TextModelError` of a metric that reads texts with a model.
  public func scores(
    of material: TextMaterial, settings: TextMetricSettings = TextMetricSettings(),
    threads: Int? = nil
  ) throws -> [TextScore] {
    var found: [String: TextScore] = [:]
    for family in Self.families {
      let names = names.filter { family.expand($0) != nil }
      guard !names.isEmpty else { continue }
      for score in try family.measure(names, material, settings, threads) {
        found[score.name] = score
      }
    }
    var scores: [TextScore] = []
    for name in names {
      guard let score = found[name] else { preconditionFailure("no score of \(name)") }
      scores.append(score)
    }
    return scores
  }
}
