/// The share of texts that hold their keywords: a cheap test of what an answer has to mention.
///
///     let corpus = TextCorpus(hypotheses: ["Take aspirin."], references: [["aspirin", "ibuprofen"]])
///     KeywordAccuracy(.any).measure(corpus).score  // 100
///
/// The references of a record are its keywords; a keyword is found wherever its bytes stand, also
/// within words. The score is from 0 to 100. O(characters × keywords).
public struct KeywordAccuracy: Sendable, Hashable {
  /// How many of its keywords a text must hold.
  public enum Rule: String, Sendable, CaseIterable {
    /// Every one.
    case all
    /// At least one.
    case any
  }

  /// How many of its keywords a text must hold.
  public var rule: Rule
  /// Whether capitals count as small letters.
  public var ignoreCase: Bool

  /// Sets the metric up.
  public init(_ rule: Rule = .all, ignoreCase: Bool = false) {
    self.rule = rule
    self.ignoreCase = ignoreCase
  }

  /// Scores every record; the references are keywords.
  ///
  /// - Parameter threads: how many threads score, all cores if nil; the result is the same.
  public func measure(_ corpus: TextCorpus, threads: Int? = nil) -> CorpusMeasurement {
    let metric = MeanMetric(
      name: "keywords.\(rule.rawValue)", signature: "case:\(ignoreCase ? "lc" : "mixed")")
    let statistics = corpus.statistics(width: 2, threads: threads) { KeywordScorer(self) }
    return CorpusMeasurement(metric, statistics)
  }
}

/// Scores one thread's share of the records.
private struct KeywordScorer: RecordScorer {
  private let accuracy: KeywordAccuracy
  private var text: [UInt8] = []
  private var keyword: [UInt8] = []

  init(_ accuracy: KeywordAccuracy) { self.accuracy = accuracy }

  mutating func score(_ record: TextRecord, into row: UnsafeMutableBufferPointer<Double>) {
    read(record.hypothesis, &text)
    let wanted = accuracy.rule == .any
    var isRight = !wanted
    for index in 0..<record.referenceCount where isRight != wanted {
      read(record.reference(index), &keyword)
      if holdsKeyword == wanted { isRight = wanted }
    }
    row[0] = isRight ? 1 : 0
    row[1] = 1
  }

  private func read(_ bytes: UnsafeBufferPointer<UInt8>, _ result: inout [UInt8]) {
    if accuracy.ignoreCase { return PythonLowercase.lower(bytes, into: &result) }
    result.removeAll(keepingCapacity: true)
    result.append(contentsOf: bytes)
  }

  private var holdsKeyword: Bool {
    guard let first = keyword.first else { return true }
    guard keyword.count <= text.count else { return false }
    for start in 0...text.count - keyword.count where text[start] == first {
      if text[start..<start + keyword.count].elementsEqual(keyword) { return true }
    }
    return false
  }
}
