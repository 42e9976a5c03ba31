import Foundation

/// Tells which words mean the same, such as WordNet does.
public protocol SynonymSource: Sendable {
  /// The words that share a meaning with a word of small letters, however inflected; single words
  /// only. The word itself may be among them or not.
  func synonyms(of word: String) -> [String]
}

/// METEOR (Lavie and Agarwal, 2007) as nltk computes it: words matched exactly, then by stem, then as
/// synonyms, with a penalty for matches out of order.
///
///     let corpus = TextCorpus(hypotheses: ["cats sat there"], references: ["the cat sat"])
///     Meteor().measure(corpus).score
///
/// nltk takes lists of words; here ``tokenizer`` makes them, by default at white space. Without
/// ``synonyms`` the third stage is left out. O(words); the score is the mean over records, of several
/// references the best. Identical to nltk 3.10.4.
public struct Meteor: Sendable {
  /// How texts are cut into words, small letters throughout.
  public var tokenizer: BleuTokenizer
  /// Which words mean the same; nil leaves the stage out.
  public var synonyms: (any SynonymSource)?
  /// The weight of precision against recall.
  public var alpha: Double
  /// How fast the penalty grows with the number of pieces.
  public var beta: Double
  /// The greatest penalty.
  public var gamma: Double

  /// Sets the metric up; the defaults are nltk's.
  public init(
    tokenizer: BleuTokenizer = .none, synonyms: (any SynonymSource)? = nil, alpha: Double = 0.9,
    beta: Double = 3, gamma: Double = 0.5
  ) {
    self.tokenizer = tokenizer
    self.synonyms = synonyms
    self.alpha = alpha
    self.beta = beta
    self.gamma = gamma
  }

  /// Scores every record.
  ///
  /// - Parameter threads: how many threads score, all cores if nil; the result is the same.
  public func measure(_ corpus: TextCorpus, threads: Int? = nil) -> CorpusMeasurement {
    let references = corpus.referencesPerRecord.map { "\($0)" } ?? "var"
    let metric = MeanMetric(
      name: "meteor",
      signature: "nrefs:\(references)|tok:\(tokenizer.rawValue)|stem:porter"
        + "|syn:\(synonyms == nil ? "no" : "yes")|nltk:3.10.4")
    let statistics = corpus.statistics(width: 2, threads: threads) { MeteorScorer(self) }
    return CorpusMeasurement(metric, statistics)
  }

  /// The score of one text alone, from 0 to 1.
  public func score(_ hypothesis: String, references: [String]) -> Double {
    let corpus = TextCorpus(hypotheses: [hypothesis], references: [references])
    return measure(corpus, threads: 1).statistics.values[0]
  }

  /// The score of so many matches in so many pieces.
  func score(matches: Int, pieces: Int, hypothesis: Int, reference: Int) -> Double {
    guard matches > 0 else { return 0 }
    let precision = Double(matches) / Double(hypothesis)
    let recall = Double(matches) / Double(reference)
    let mean = precision * recall / (alpha * precision + (1 - alpha) * recall)
    let penalty = gamma * pow(Double(pieces) / Double(matches), beta)
    return (1 - penalty) * mean
  }
}

/// Scores one thread's share of the records.
private struct MeteorScorer: RecordScorer {
  private let meteor: Meteor
  private var words: MeteorWords
  private var aligner = MeteorAligner()
  private var hypothesis: [UInt32] = []
  private var reference: [UInt32] = []

  init(_ meteor: Meteor) {
    self.meteor = meteor
    words = MeteorWords(meteor.tokenizer, synonyms: meteor.synonyms)
  }

  mutating func score(_ record: TextRecord, into row: UnsafeMutableBufferPointer<Double>) {
    words.beginRecord()
    words.read(record.hypothesis, into: &hypothesis)
    var best = 0.0
    for index in 0..<record.referenceCount {
      words.read(record.reference(index), into: &reference)
      let (matches, pieces) = aligner.align(hypothesis, reference, &words)
      best = max(
        best,
        meteor.score(
          matches: matches, pieces: pieces, hypothesis: hypothesis.count,
          reference: reference.count))
    }
    row[0] = best
    row[1] = 1
  }
}
