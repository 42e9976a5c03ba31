/// BLEU (Papineni and others, 2002) as sacreBLEU computes it, with its tokenizers (Post, 2018).
///
///     let corpus = TextCorpus(hypotheses: ["The cat sat."], references: ["The cat sat down."])
///     let measurement = Bleu().measure(corpus)
///     measurement.score               // of the corpus, from 0 to 100
///     measurement.metric.signature    // nrefs:1|case:mixed|eff:no|tok:13a|smooth:exp|version:2.6.0
///
/// O(words) time and memory; the statistics are the hypothesis's and the closest reference's length,
/// and of each order the matching and the total n-grams. Identical to sacreBLEU 2.6.0.
public struct Bleu: Sendable, Hashable {
  /// What to put in place of a precision of 0 (Chen and Cherry, 2014).
  public enum Smoothing: Sendable, Hashable {
    /// Nothing: the score is 0.
    case none
    /// So many matches, 0.1 by default.
    case floor(Double = 0.1)
    /// So many matches and n-grams more in every order above the first, 1 by default.
    case addK(Double = 1)
    /// A half, a quarter, … of a match, as in mteval-v13a: the default.
    case exponential
  }

  /// How texts are cut into words.
  public var tokenizer: BleuTokenizer
  /// What a precision of 0 counts as.
  public var smoothing: Smoothing
  /// Whether capitals count as small letters.
  public var lowercase: Bool
  /// Whether orders without n-grams are left out, as sentences want.
  public var effectiveOrder: Bool
  /// The longest n-grams that count.
  public var order: Int

  /// Sets the metric up; the defaults are sacreBLEU's.
  public init(
    tokenizer: BleuTokenizer = .mteval13a, smoothing: Smoothing = .exponential,
    lowercase: Bool = false, effectiveOrder: Bool = false, order: Int = 4
  ) {
    precondition(order > 0, "n-grams of order \(order)")
    self.tokenizer = tokenizer
    self.smoothing = smoothing
    self.lowercase = lowercase
    self.effectiveOrder = effectiveOrder
    self.order = order
  }

  /// Counts the n-grams of every record.
  ///
  /// - Parameter threads: how many threads count, all cores if nil; the result is the same.
  public func measure(
    _ corpus: TextCorpus, threads: Int? = nil
  ) -> CorpusMeasurement {
    let metric = BleuMetric(bleu: self, references: corpus.referencesPerRecord)
    return CorpusMeasurement(
      metric,
      corpus.statistics(width: metric.width, threads: threads) { BleuScorer(self) })
  }

  /// The score of one segment alone, which wants ``effectiveOrder``.
  public func score(_ hypothesis: String, references: [String]) -> BleuScore {
    let corpus = TextCorpus(hypotheses: [hypothesis], references: [references])
    return score(of: measure(corpus, threads: 1).statistics.sums())
  }

  /// The score that summed statistics give.
  ///
  /// - Precondition: there are 2 + 2 × ``order`` sums.
  public func score(of sums: [Double]) -> BleuScore {
    precondition(sums.count == 2 + 2 * order, "\(sums.count) sums for BLEU of order \(order)")
    return BleuScore(
      self, hypothesisLength: sums[0], referenceLength: sums[1],
      correct: Array(sums[2..<2 + order]), total: Array(sums[(2 + order)...]))
  }
}

/// BLEU of a number of references: what resampling asks for scores.
public struct BleuMetric: CorpusMetric, Hashable {
  /// The settings.
  public let bleu: Bleu
  /// How many references each record has; nil where that differs.
  public let references: Int?

  /// `bleu`.
  public var name: String { "bleu" }
  /// Higher wins.
  public var direction: MetricDirection { .greater }
  /// Two lengths, and matches and totals of each order.
  public var width: Int { 2 + 2 * bleu.order }

  /// sacreBLEU's signature.
  public var signature: String {
    let settings = [
      "case:\(bleu.lowercase ? "lc" : "mixed")", "eff:\(bleu.effectiveOrder ? "yes" : "no")",
      "tok:\(bleu.tokenizer.rawValue)", "smooth:\(bleu.smoothing.signature)",
    ]
    return SacreSignature.text(references: references, settings)
  }

  /// The score, from 0 to 100.
  public func score(of sums: [Double]) -> Double { bleu.score(of: sums).score }
}

extension Bleu.Smoothing {
  fileprivate var signature: String {
    switch self {
    case .none: "none"
    case .floor(let value): "floor[\(FixedPoint.text(value, digits: 2))]"
    case .addK(let value): "add-k[\(FixedPoint.text(value, digits: 2))]"
    case .exponential: "exp"
    }
  }
}

/// Counts one thread's share of the records.
private struct BleuScorer: RecordScorer {
  private let order: Int
  private var reader: BleuReader
  private var table = NGramTable()
  private var hypothesis: [UInt32] = []
  private var references: [[UInt32]] = []

  init(_ bleu: Bleu) {
    order = bleu.order
    reader = BleuReader(bleu.tokenizer, lowercase: bleu.lowercase)
  }

  mutating func score(_ record: TextRecord, into row: UnsafeMutableBufferPointer<Double>) {
    reader.beginRecord()
    reader.read(record.hypothesis, into: &hypothesis)
    while references.count < record.referenceCount { references.append([]) }
    var ngrams = 0
    for index in 0..<record.referenceCount {
      reader.read(record.reference(index), into: &references[index])
      ngrams += references[index].count * order
    }
    table.begin(ngrams)
    for index in 0..<record.referenceCount {
      table.add(references[index], orders: order, reference: index)
    }
    row[0] = Double(hypothesis.count)
    row[1] = Double(closestLength(record.referenceCount))
    table.take(hypothesis, orders: order) { row[2 + $0] = Double($1) }
    for n in 0..<min(order, hypothesis.count) {
      row[2 + order + n] = Double(hypothesis.count - n)
    }
  }

  /// The reference length that is nearest to the hypothesis's; of two the shorter.
  private func closestLength(_ count: Int) -> Int {
    var best = references[0].count
    for reference in references[..<count] {
      let (length, wanted) = (reference.count, hypothesis.count)
      let (gap, least) = (abs(length - wanted), abs(best - wanted))
      if gap < least || (gap == least && length < best) { best = length }
    }
    return best
  }
}
