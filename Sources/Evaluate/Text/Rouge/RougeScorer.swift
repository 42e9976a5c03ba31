/// Scores one thread's share of the records.
struct RougeScorer: RecordScorer {
  private let kinds: [Rouge.Kind]
  private let orders: Int
  private let needsLines: Bool
  private var reader: RougeReader
  private var table = NGramTable()
  private var subsequence = CommonSubsequence()
  private var hypothesis = RougeText()
  private var reference = RougeText()
  private var matches: [Int]
  private var bag = TokenBag()

  init(_ rouge: Rouge) {
    kinds = rouge.kinds
    orders = kinds.reduce(0) { highest, kind in
      if case .ngrams(let order) = kind { max(highest, order) } else { highest }
    }
    needsLines = kinds.contains(.longestByLine)
    reader = RougeReader(rouge.tokenizer, stems: rouge.stemmer)
    matches = [Int](repeating: 0, count: orders)
  }

  mutating func score(_ record: TextRecord, into row: UnsafeMutableBufferPointer<Double>) {
    reader.beginRecord()
    hypothesis.read(record.hypothesis, &reader)
    for index in 0..<record.referenceCount {
      reference.read(record.reference(index), &reader)
      if orders > 0 { countMatches() }
      for (place, kind) in kinds.enumerated() {
        let score = score(kind)
        if index == 0 || score.f1 > row[4 * place + 2] {
          row[4 * place] = score.precision
          row[4 * place + 1] = score.recall
          row[4 * place + 2] = score.f1
          row[4 * place + 3] = 1
        }
      }
    }
  }

  private mutating func countMatches() {
    for order in 0..<orders { matches[order] = 0 }
    table.begin(reference.words.count * orders)
    table.add(reference.words, orders: orders)
    table.take(hypothesis.words, orders: orders) { matches[$0] = $1 }
  }

  private mutating func score(_ kind: Rouge.Kind) -> RougeScore {
    let (predicted, expected) = (hypothesis.words.count, reference.words.count)
    switch kind {
    case .ngrams(let order):
      return RougeScore(
        matches: matches[order - 1], hypothesis: max(0, predicted - order + 1),
        reference: max(0, expected - order + 1))
    case .longest:
      let length = subsequence.length(reference.words[...], hypothesis.words[...], reader.limit)
      return RougeScore(matches: length, hypothesis: predicted, reference: expected)
    case .longestByLine:
      return RougeScore(matches: unionMatches(), hypothesis: predicted, reference: expected)
    }
  }

  /// The words of the reference in the longest common subsequence of their line and any line of the
  /// hypothesis; none counts more often than either text has it.
  private mutating func unionMatches() -> Int {
    // One line each: the union is one subsequence, which no text can hold more often than it does.
    if reference.lines.count == 1, hypothesis.lines.count == 1 {
      return subsequence.length(reference.words[...], hypothesis.words[...], reader.limit)
    }
    bag.fill(reference.words, hypothesis.words, limit: reader.limit)
    var hits = 0
    var isHit: [Bool] = []
    for line in reference.lines {
      isHit.removeAll(keepingCapacity: true)
      for _ in line { isHit.append(false) }
      for other in hypothesis.lines {
        subsequence.mark(
          reference.words[line], hypothesis.words[other], reader.limit, &isHit)
      }
      for (place, token) in reference.words[line].enumerated() where isHit[place] {
        if bag.take(token) { hits += 1 }
      }
    }
    return hits
  }
}

/// A text's words, and which of them lie on each line that has text.
private struct RougeText {
  private(set) var words: [UInt32] = []
  private(set) var lines: [Range<Int>] = []

  mutating func read(_ text: UnsafeBufferPointer<UInt8>, _ reader: inout RougeReader) {
    words.removeAll(keepingCapacity: true)
    lines.removeAll(keepingCapacity: true)
    var start = 0
    for end in 0...text.count where end == text.count || text[end] == 0x0A {
      if start < end {
        let first = words.count
        reader.read(UnsafeBufferPointer(rebasing: text[start..<end]), into: &words)
        lines.append(first..<words.count)
      }
      start = end + 1
    }
  }
}

/// How often each word may still be counted in both of two texts.
private struct TokenBag {
  private var counts: [(reference: Int32, hypothesis: Int32)] = []

  mutating func fill(_ reference: [UInt32], _ hypothesis: [UInt32], limit: Int) {
    if counts.count < limit {
      counts += [(Int32, Int32)](repeating: (0, 0), count: limit * 2 - counts.count)
    }
    for token in reference { counts[Int(token)] = (0, 0) }
    for token in hypothesis { counts[Int(token)] = (0, 0) }
    for token in reference { counts[Int(token)].reference += 1 }
    for token in hypothesis { counts[Int(token)].hypothesis += 1 }
  }

  /// Counts a word, if both texts have it still.
  mutating func take(_ token: UInt32) -> Bool {
    let left = counts[Int(token)]
    guard left.reference > 0, left.hypothesis > 0 else { return false }
    counts[Int(token)] = (left.reference - 1, left.hypothesis - 1)
    return true
  }
}
