/// Exact match and token F1 of short answers, as SQuAD's script computes them (Rajpurkar et al., 2016).
///
///     let corpus = TextCorpus(hypotheses: ["The cat"], references: [["cat", "a dog"]])
///     AnswerMatch().measure(corpus).map(\.score)  // exact_match 100, token_f1 100
///
/// Answers are brought into a form first; of several references the best counts. The scores are means
/// over records, from 0 to 100. O(words).
public struct AnswerMatch: Sendable, Hashable {
  /// The form in which answers are compared.
  public var form: AnswerForm
  /// Whether an answer with nothing in it scores 1 against another such: SQuAD 2's F1.
  ///
  /// In SQuAD 1.1 its F1 is 0, though it matches exactly.
  public var emptyMatchesEmpty: Bool

  /// Sets the metrics up; the defaults are SQuAD 1.1's.
  public init(form: AnswerForm = .squad, emptyMatchesEmpty: Bool = false) {
    self.form = form
    self.emptyMatchesEmpty = emptyMatchesEmpty
  }

  /// Scores every record: `exact_match` and `token_f1`.
  ///
  /// - Parameter threads: how many threads score, all cores if nil; the result is the same.
  public func measure(_ corpus: TextCorpus, threads: Int? = nil) -> [CorpusMeasurement] {
    let statistics = corpus.statistics(width: 2, threads: threads) { AnswerScorer(self) }
    let references = corpus.referencesPerRecord.map { "\($0)" } ?? "var"
    let signature =
      "nrefs:\(references)|form:\(form.rawValue)|empty:\(emptyMatchesEmpty ? "yes" : "no")"
    return ["exact_match", "token_f1"].enumerated().map { column, name in
      MeanMetric(name: name, signature: signature)
        .measurement(of: (0..<corpus.count).map { statistics.values[2 * $0 + column] })
    }
  }
}

/// Scores one thread's share of the records.
private struct AnswerScorer: RecordScorer {
  private let emptyMatchesEmpty: Bool
  private var reader: AnswerReader
  private var table = NGramTable()
  private var hypothesis: [UInt32] = []
  private var reference: [UInt32] = []

  init(_ match: AnswerMatch) {
    emptyMatchesEmpty = match.emptyMatchesEmpty
    reader = AnswerReader(match.form)
  }

  mutating func score(_ record: TextRecord, into row: UnsafeMutableBufferPointer<Double>) {
    reader.beginRecord()
    reader.read(record.hypothesis, into: &hypothesis)
    for index in 0..<record.referenceCount {
      reader.read(record.reference(index), into: &reference)
      row[0] = max(row[0], hypothesis == reference ? 1 : 0)
      row[1] = max(row[1], f1())
    }
  }

  private mutating func f1() -> Double {
    if emptyMatchesEmpty, hypothesis.isEmpty || reference.isEmpty {
      return hypothesis == reference ? 1 : 0
    }
    var same = 0
    table.begin(reference.count)
    table.add(reference, orders: 1)
    table.take(hypothesis, orders: 1) { same = $1 }
    guard same > 0 else { return 0 }
    let precision = Double(same) / Double(hypothesis.count)
    let recall = Double(same) / Double(reference.count)
    return 2 * precision * recall / (precision + recall)
  }
}
