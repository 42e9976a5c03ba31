/// ROUGE (Lin, 2004) as rouge_score computes it: n-grams and longest common subsequences.
///
///     let corpus = TextCorpus(hypotheses: ["A cat sat."], references: ["The cat sat down."])
///     for measurement in Rouge(stemmer: true).measure(corpus) {
///       print(measurement.metric.name, measurement.score)  // rouge1 57.1…
///     }
///
/// O(words) time for n-grams; words × words / 64 for common subsequences. The score is the mean over
/// records; of several references the one with the best F counts, for each kind alone. Identical to
/// rouge_score 0.1.2 with the tokenizer ``RougeTokenizer/standard``.
public struct Rouge: Sendable, Hashable {
  /// What is compared.
  public enum Kind: Sendable, Hashable {
    /// n-grams of this order, 1 to 9.
    case ngrams(Int)
    /// The longest common subsequence of the whole texts.
    case longest
    /// The union of longest common subsequences of lines: for summaries of a sentence a line.
    case longestByLine

    /// rouge_score's name, such as `rouge1` or `rougeLsum`.
    public var name: String {
      switch self {
      case .ngrams(let order): "rouge\(order)"
      case .longest: "rougeL"
      case .longestByLine: "rougeLsum"
      }
    }
  }

  /// What is compared, each kind a score of its own.
  public var kinds: [Kind]
  /// Whether words lose their suffixes by Porter's rules.
  public var stemmer: Bool
  /// How texts are cut into words.
  public var tokenizer: RougeTokenizer

  /// Sets the metric up; the defaults are rouge_score's.
  ///
  /// - Precondition: n-grams have orders 1 to 9.
  public init(
    kinds: [Kind] = [.ngrams(1), .ngrams(2), .longest, .longestByLine], stemmer: Bool = false,
    tokenizer: RougeTokenizer = .standard
  ) {
    for case .ngrams(let order) in kinds {
      precondition((1...9).contains(order), "ROUGE of n-grams of order \(order)")
    }
    self.kinds = kinds
    self.stemmer = stemmer
    self.tokenizer = tokenizer
  }

  /// Scores every record in every kind.
  ///
  /// - Parameter threads: how many threads score, all cores if nil; the result is the same.
  public func measure(_ corpus: TextCorpus, threads: Int? = nil) -> [CorpusMeasurement] {
    let statistics = corpus.statistics(width: 4 * kinds.count, threads: threads) {
      RougeScorer(self)
    }
    return kinds.enumerated().map { place, kind in
      let metric = RougeMetric(rouge: self, kind: kind, references: corpus.referencesPerRecord)
      var values: [Double] = []
      values.reserveCapacity(4 * corpus.count)
      for record in 0..<statistics.count {
        values += statistics[record].dropFirst(4 * place).prefix(4)
      }
      return CorpusMeasurement(metric, RecordStatistics(width: 4, values: values))
    }
  }

  /// The scores of one text alone, in the order of ``kinds``.
  public func score(_ hypothesis: String, references: [String]) -> [RougeScore] {
    let corpus = TextCorpus(hypotheses: [hypothesis], references: [references])
    return measure(corpus, threads: 1).map { measurement in
      let sums = measurement.statistics.sums()
      return RougeScore(precision: sums[0], recall: sums[1], f1: sums[2])
    }
  }
}

/// How much two texts share, as shares of the one, of the other and of both.
public struct RougeScore: Sendable, Equatable {
  /// Of what the hypothesis has, from 0 to 1.
  public let precision: Double
  /// Of what the reference has, from 0 to 1.
  public let recall: Double
  /// The harmonic mean of both.
  public let f1: Double

  /// Creates a score of its parts.
  public init(precision: Double, recall: Double, f1: Double) {
    self.precision = precision
    self.recall = recall
    self.f1 = f1
  }

  /// The score of so many matches among what two texts have.
  init(matches: Int, hypothesis: Int, reference: Int) {
    precision = Double(matches) / Double(max(hypothesis, 1))
    recall = Double(matches) / Double(max(reference, 1))
    let sum = precision + recall
    f1 = sum > 0 ? 2 * precision * recall / sum : 0
  }
}

/// One kind of ROUGE: what resampling asks for scores.
public struct RougeMetric: CorpusMetric, Hashable {
  /// The settings.
  public let rouge: Rouge
  /// What is compared.
  public let kind: Rouge.Kind
  /// How many references each record has; nil where that differs.
  public let references: Int?

  /// rouge_score's name.
  public var name: String { kind.name }
  /// Higher wins.
  public var direction: MetricDirection { .greater }
  /// Precision, recall, F and 1.
  public var width: Int { 4 }

  /// The settings in sacreBLEU's notation, with the version of rouge_score that is matched.
  public var signature: String {
    "nrefs:\(references.map { "\($0)" } ?? "var")|tok:\(rouge.tokenizer.rawValue)"
      + "|stem:\(rouge.stemmer ? "porter" : "no")|rouge_score:0.1.2"
  }

  /// 100 times the mean F.
  public func score(of sums: [Double]) -> Double { 100 * (sums[2] / sums[3]) }

  /// The mean precision, recall and F, from 0 to 1.
  public func means(of sums: [Double]) -> RougeScore {
    RougeScore(precision: sums[0] / sums[3], recall: sums[1] / sums[3], f1: sums[2] / sums[3])
  }
}
