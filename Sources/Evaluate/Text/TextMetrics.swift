import Stages

/// The settings of all text metrics that are named by a word.
public struct TextMetricSettings: Sendable {
  /// BLEU's, self-BLEU's and distinct-n's.
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

  /// Every metric as its reference computes it by default.
  public init() {}
}

/// What a text metric found.
public struct TextScore: Sendable {
  /// The metric's name.
  public let name: String
  /// The score of all records.
  public let score: Double
  /// The settings behind it.
  public let signature: String
  /// What each record adds; nil for metrics of the texts as a whole, such as distinct-n.
  public let measurement: CorpusMeasurement?

  init(_ measurement: CorpusMeasurement, named name: String? = nil) {
    self.name = name ?? measurement.metric.name
    score = measurement.score
    signature = measurement.metric.signature
    self.measurement = measurement
  }

  init(name: String, score: Double, signature: String) {
    (self.name, self.score, self.signature, measurement) = (name, score, signature, nil)
  }
}

/// Text metrics by their names.
///
///     let metrics = try TextMetrics(named: ["bleu", "rouge"])
///     for score in metrics.scores(of: corpus) { print(score.name, score.score) }
public struct TextMetrics: Sendable {
  /// Every metric's name, in the order shown, with a sentence about it.
  public static let catalog: [(name: String, summary: String)] = [
    ("bleu", "Shared n-grams of words, as sacreBLEU."),
    ("chrf", "Shared n-grams of characters, as sacreBLEU."),
    ("chrf++", "Shared n-grams of characters and words, as sacreBLEU."),
    ("ter", "Edits and moves a hundred words, as sacreBLEU; lower is better."),
    ("rouge1", "Shared words, as rouge_score; rouge2 to rouge9 are of n-grams."),
    ("rougeL", "The longest common subsequence of words, as rouge_score."),
    ("rougeLsum", "Common subsequences line by line, as rouge_score."),
    ("meteor", "Words matched exactly, by stem and as synonyms, as nltk."),
    ("exact_match", "Share of answers that equal a reference, as SQuAD."),
    ("token_f1", "Words shared with the best reference, as SQuAD."),
    ("keywords.all", "Share of texts that hold all their keywords."),
    ("keywords.any", "Share of texts that hold one of their keywords."),
    ("distinct1", "Different words over all words; distinct2 to distinct9 are of n-grams."),
    ("self_bleu", "Mean BLEU of each text against all others."),
  ]

  private static let groups: [String: [String]] = [
    "rouge": ["rouge1", "rouge2", "rougeL", "rougeLsum"],
    "squad": ["exact_match", "token_f1"],
    "distinct": ["distinct1", "distinct2"],
  ]

  private static let aliases: [String: String] = [
    "sacrebleu": "bleu", "chrf2": "chrf", "chrfpp": "chrf++", "chrf2++": "chrf++",
    "rougel": "rougeL", "rougelsum": "rougeLsum", "em": "exact_match",
    "exact-match": "exact_match", "token-f1": "token_f1", "self-bleu": "self_bleu",
    "selfbleu": "self_bleu", "keywords": "keywords.all", "keyword_accuracy": "keywords.all",
    "distinct-1": "distinct1", "distinct-2": "distinct2", "distinct_1": "distinct1",
    "distinct_2": "distinct2",
  ]

  /// The names asked, groups expanded.
  public let names: [String]

  /// The metric or metrics of a name; nil where it names no text metric.
  public static func expand(_ name: String) -> [String]? {
    let name = aliases[name.lowercased()] ?? name
    if let group = groups[name] { return group }
    if catalog.contains(where: { $0.name == name }) { return [name] }
    for prefix in ["rouge", "distinct"] where name.hasPrefix(prefix) {
      if let order = Int(name.dropFirst(prefix.count)), (1...9).contains(order),
        name == "\(prefix)\(order)"
      {
        return [name]
      }
    }
    return nil
  }

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

  private static func unknown(_ name: String) -> MetricError {
    let known = catalog.map(\.name) + groups.keys.sorted()
    return .unknown(
      name: name, suggestion: Suggestion.nearest(to: name, among: known), known: known)
  }

  /// Whether a metric's references are keywords.
  public static func isOfKeywords(_ name: String) -> Bool { name.hasPrefix("keywords.") }

  /// Whether a metric looks at the hypotheses alone.
  public static func needsNoReference(_ name: String) -> Bool {
    name.hasPrefix("distinct") || name == "self_bleu"
  }

  /// The scores in the order of ``names``.
  ///
  /// - Parameters:
  ///   - keywords: the corpus whose references are keywords; by default the same.
  ///   - threads: how many threads score, all cores if nil; the result is the same.
  public func scores(
    of corpus: TextCorpus, keywords: TextCorpus? = nil,
    settings: TextMetricSettings = TextMetricSettings(), threads: Int? = nil
  ) -> [TextScore] {
    var found: [String: TextScore] = [:]
    for name in names where found[name] == nil {
      for score in measure(name, corpus, keywords ?? corpus, settings, threads) {
        found[score.name] = score
      }
    }
    return names.map { name in
      guard let score = found[name] else { preconditionFailure("no score of \(name)") }
      return score
    }
  }

  /// Measures a metric, and with it those that cost no more.
  private func measure(
    _ name: String, _ corpus: TextCorpus, _ keywords: TextCorpus, _ settings: TextMetricSettings,
    _ threads: Int?
  ) -> [TextScore] {
    switch name {
    case "bleu": return [TextScore(settings.bleu.measure(corpus, threads: threads))]
    case "chrf":
      // With orders of words it would call itself chrF++, but by its name it was asked for.
      return [TextScore(settings.chrf.measure(corpus, threads: threads), named: name)]
    case "chrf++":
      var chrf = settings.chrf
      chrf.wordOrder = 2
      return [TextScore(chrf.measure(corpus, threads: threads), named: name)]
    case "ter": return [TextScore(settings.ter.measure(corpus, threads: threads))]
    case "meteor": return [TextScore(settings.meteor.measure(corpus, threads: threads))]
    case "exact_match", "token_f1":
      return settings.answers.measure(corpus, threads: threads).map { TextScore($0) }
    case "keywords.all", "keywords.any":
      var accuracy = settings.keywords
      accuracy.rule = name == "keywords.any" ? .any : .all
      return [TextScore(accuracy.measure(keywords, threads: threads))]
    case "self_bleu": return [selfBleu(corpus, settings)]
    default:
      return name.hasPrefix("distinct")
        ? [distinct(name, corpus, settings)] : rouge(corpus, settings, threads)
    }
  }

  /// All kinds of ROUGE that are asked, whose words are read once.
  private func rouge(
    _ corpus: TextCorpus, _ settings: TextMetricSettings, _ threads: Int?
  ) -> [TextScore] {
    var rouge = settings.rouge
    rouge.kinds = names.filter { $0.hasPrefix("rouge") }.map { name in
      switch name {
      case "rougeL": .longest
      case "rougeLsum": .longestByLine
      default: .ngrams(Int(name.dropFirst(5)) ?? 1)
      }
    }
    return rouge.measure(corpus, threads: threads).map { TextScore($0) }
  }

  private func selfBleu(_ corpus: TextCorpus, _ settings: TextMetricSettings) -> TextScore {
    var bleu = settings.bleu
    bleu.effectiveOrder = true
    return TextScore(
      name: "self_bleu", score: SelfBleu(bleu: bleu).score(of: corpus.hypotheses),
      signature: BleuMetric(bleu: bleu, references: corpus.count - 1).signature)
  }

  private func distinct(
    _ name: String, _ corpus: TextCorpus, _ settings: TextMetricSettings
  ) -> TextScore {
    let (tokenizer, lowercase) = (settings.bleu.tokenizer, settings.bleu.lowercase)
    let metric = DistinctNGrams(tokenizer: tokenizer, lowercase: lowercase)
    return TextScore(
      name: name, score: metric.share(of: corpus.hypotheses, order: Int(name.dropFirst(8)) ?? 1),
      signature: "case:\(lowercase ? "lc" : "mixed")|tok:\(tokenizer.rawValue)")
  }
}
