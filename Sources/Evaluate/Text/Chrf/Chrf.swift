/// chrF (Popović, 2015) and chrF++ (Popović, 2017) as sacreBLEU computes them.
///
///     let corpus = TextCorpus(hypotheses: ["The cat sat."], references: ["The cat sat down."])
///     Chrf().measure(corpus).score         // chrF2: character n-grams up to 6
///     Chrf(wordOrder: 2).measure(corpus).score  // chrF2++: and word n-grams up to 2
///
/// O(characters) time and memory; the statistics are, of each order, the n-grams of hypothesis and
/// reference and those they share. Identical to sacreBLEU 2.6.0.
public struct Chrf: Sendable, Hashable {
  /// The longest n-grams of characters.
  public var characterOrder: Int
  /// The longest n-grams of words; 0 is chrF, 2 is chrF++.
  public var wordOrder: Int
  /// How many times recall counts as much as precision.
  public var beta: Int
  /// Whether capitals count as small letters.
  public var lowercase: Bool
  /// Whether white space belongs to the n-grams.
  public var whitespace: Bool
  /// Whether each order has its own F-score, never 0, and the score is their mean.
  public var epsilonSmoothing: Bool

  /// The longest n-grams that are counted.
  public static let longestOrder = 100

  /// Sets the metric up; the defaults are sacreBLEU's.
  public init(
    characterOrder: Int = 6, wordOrder: Int = 0, beta: Int = 2, lowercase: Bool = false,
    whitespace: Bool = false, epsilonSmoothing: Bool = false
  ) {
    let orders = 0...Self.longestOrder
    precondition(
      orders.contains(characterOrder) && orders.contains(wordOrder)
        && characterOrder + wordOrder > 0,
      "n-grams of \(characterOrder) characters and \(wordOrder) words")
    self.characterOrder = characterOrder
    self.wordOrder = wordOrder
    self.beta = beta
    self.lowercase = lowercase
    self.whitespace = whitespace
    self.epsilonSmoothing = epsilonSmoothing
  }

  /// Counts the n-grams of every record.
  ///
  /// - Parameter threads: how many threads count, all cores if nil; the result is the same.
  public func measure(
    _ corpus: TextCorpus, threads: Int? = nil
  ) -> CorpusMeasurement {
    let metric = ChrfMetric(chrf: self, references: corpus.referencesPerRecord)
    return CorpusMeasurement(
      metric, corpus.statistics(width: metric.width, threads: threads) { ChrfScorer(self) })
  }

  /// The score of one segment alone.
  public func score(_ hypothesis: String, references: [String]) -> Double {
    measure(TextCorpus(hypotheses: [hypothesis], references: [references]), threads: 1).score
  }

  /// How many orders there are, of characters and of words.
  var orders: Int { characterOrder + wordOrder }

  /// The score that summed statistics give, from 0 to 100.
  func score(of sums: UnsafeBufferPointer<Double>) -> Double {
    let epsilon = 1e-16
    let factor = Double(beta) * Double(beta)
    var (score, counted) = (0.0, 0.0)
    var (precisions, recalls) = (0.0, 0.0)
    for order in 0..<orders {
      let (hypothesis, reference) = (sums[3 * order], sums[3 * order + 1])
      let matches = sums[3 * order + 2]
      let precision = hypothesis > 0 ? matches / hypothesis : epsilon
      let recall = reference > 0 ? matches / reference : epsilon
      let denominator = factor * precision + recall
      score += denominator > 0 ? (1 + factor) * precision * recall / denominator : epsilon
      if hypothesis > 0, reference > 0 {
        precisions += precision
        recalls += recall
        counted += 1
      }
    }
    if epsilonSmoothing { return 100 * score / Double(orders) }
    guard counted > 0 else { return 0 }
    let (precision, recall) = (precisions / counted, recalls / counted)
    guard precision + recall != 0 else { return 0 }
    return 100 * ((1 + factor) * precision * recall / (factor * precision + recall))
  }
}

/// chrF of a number of references: what resampling asks for scores.
public struct ChrfMetric: CorpusMetric, Hashable {
  /// The settings.
  public let chrf: Chrf
  /// How many references each record has; nil where that differs.
  public let references: Int?

  /// `chrf`, with a `+` for each order of words.
  public var name: String { "chrf" + String(repeating: "+", count: chrf.wordOrder) }
  /// Higher wins.
  public var direction: MetricDirection { .greater }
  /// n-grams of the hypothesis, of the reference and of both, of each order.
  public var width: Int { 3 * chrf.orders }

  /// sacreBLEU's signature.
  public var signature: String {
    SacreSignature.text(
      references: references,
      [
        "case:\(chrf.lowercase ? "lc" : "mixed")", "eff:\(chrf.epsilonSmoothing ? "no" : "yes")",
        "nc:\(chrf.characterOrder)", "nw:\(chrf.wordOrder)",
        "space:\(chrf.whitespace ? "yes" : "no")",
      ])
  }

  /// The score, from 0 to 100.
  public func score(of sums: [Double]) -> Double {
    sums.withUnsafeBufferPointer { chrf.score(of: $0) }
  }
}
