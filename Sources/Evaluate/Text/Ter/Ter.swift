/// Translation edit rate (Snover et al., 2006) as sacreBLEU computes it, after Tercom.
///
///     let corpus = TextCorpus(hypotheses: ["sat the cat"], references: ["the cat sat"])
///     Ter().measure(corpus).score  // 33.3…: one phrase moved, of three words
///
/// Edits are insertions, deletions, substitutions and moves of phrases, of which the best is taken as
/// long as one helps. O(moves tried × words × beam); the statistics are the edits against the nearest
/// reference and the references' mean length. Identical to sacreBLEU 2.6.0.
public struct Ter: Sendable, Hashable {
  /// Whether punctuation is set apart and entities are decoded.
  public var normalized: Bool
  /// Whether punctuation is left out.
  public var noPunctuation: Bool
  /// Whether both also know the characters and marks of Chinese and Japanese.
  public var asianSupport: Bool
  /// Whether capitals differ from small letters.
  public var caseSensitive: Bool

  /// Sets the metric up; the defaults are sacreBLEU's.
  public init(
    normalized: Bool = false, noPunctuation: Bool = false, asianSupport: Bool = false,
    caseSensitive: Bool = false
  ) {
    self.normalized = normalized
    self.noPunctuation = noPunctuation
    self.asianSupport = asianSupport
    self.caseSensitive = caseSensitive
  }

  /// Counts the edits of every record.
  ///
  /// - Parameter threads: how many threads count, all cores if nil; the result is the same.
  public func measure(_ corpus: TextCorpus, threads: Int? = nil) -> CorpusMeasurement {
    let metric = TerMetric(ter: self, references: corpus.referencesPerRecord)
    return CorpusMeasurement(
      metric, corpus.statistics(width: metric.width, threads: threads) { TerScorer(self) })
  }

  /// The score of one segment alone.
  public func score(_ hypothesis: String, references: [String]) -> Double {
    measure(TextCorpus(hypotheses: [hypothesis], references: [references]), threads: 1).score
  }
}

/// TER of a number of references: what resampling asks for scores.
public struct TerMetric: CorpusMetric, Hashable {
  /// The settings.
  public let ter: Ter
  /// How many references each record has; nil where that differs.
  public let references: Int?

  /// `ter`.
  public var name: String { "ter" }
  /// Lower wins.
  public var direction: MetricDirection { .lower }
  /// Edits, and the length they are shares of.
  public var width: Int { 2 }

  /// sacreBLEU's signature.
  public var signature: String {
    func word(_ flag: Bool) -> String { flag ? "yes" : "no" }
    return SacreSignature.text(
      references: references,
      [
        "case:\(ter.caseSensitive ? "mixed" : "lc")", "tok:tercom", "norm:\(word(ter.normalized))",
        "punct:\(word(!ter.noPunctuation))", "asian:\(word(ter.asianSupport))",
      ])
  }

  /// Edits a hundred words of reference; 100 where there is nothing but edits.
  public func score(of sums: [Double]) -> Double {
    if sums[1] > 0 { return 100 * (sums[0] / sums[1]) }
    return sums[0] > 0 ? 100 : 0
  }
}

/// Counts one thread's share of the records.
private struct TerScorer: RecordScorer {
  private var reader: TerReader
  private var search = ShiftSearch()
  private var hypothesis: [UInt32] = []
  private var reference: [UInt32] = []

  init(_ ter: Ter) { reader = TerReader(ter) }

  mutating func score(_ record: TextRecord, into row: UnsafeMutableBufferPointer<Double>) {
    reader.beginRecord()
    reader.read(record.hypothesis, isReference: false, into: &hypothesis)
    var fewest = Int.max
    var length = 0
    for index in 0..<record.referenceCount {
      reader.read(record.reference(index), isReference: true, into: &reference)
      length += reference.count
      fewest = min(fewest, search.edits(from: hypothesis, to: reference))
    }
    row[0] = Double(fewest)
    row[1] = Double(length) / Double(record.referenceCount)
  }
}
