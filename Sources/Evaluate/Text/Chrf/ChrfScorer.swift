/// Counts one thread's share of the records.
struct ChrfScorer: RecordScorer {
  private let chrf: Chrf
  private var interner = TokenInterner()
  private var table = NGramTable()
  private var lowered: [UInt8] = []
  private var hypothesis = ChrfUnits()
  private var reference = ChrfUnits()
  private var row: [Double]

  init(_ chrf: Chrf) {
    self.chrf = chrf
    row = [Double](repeating: 0, count: 3 * chrf.orders)
  }

  mutating func score(_ record: TextRecord, into best: UnsafeMutableBufferPointer<Double>) {
    interner.trim()
    hypothesis.read(record.hypothesis, chrf, &interner, &lowered)
    var bestScore = -1.0
    for index in 0..<record.referenceCount {
      reference.read(record.reference(index), chrf, &interner, &lowered)
      count()
      let score =
        record.referenceCount == 1 ? 0 : row.withUnsafeBufferPointer { chrf.score(of: $0) }
      if score > bestScore {
        bestScore = score
        _ = best.update(fromContentsOf: row)
      }
    }
  }

  /// Fills the row for the reference last read.
  private mutating func count() {
    for column in row.indices { row[column] = 0 }
    count(hypothesis.characters, reference.characters, orders: chrf.characterOrder, from: 0)
    if chrf.wordOrder > 0 {
      count(hypothesis.words, reference.words, orders: chrf.wordOrder, from: chrf.characterOrder)
    }
  }

  private mutating func count(
    _ hypothesis: [UInt32], _ reference: [UInt32], orders: Int, from first: Int
  ) {
    table.begin(reference.count * orders)
    table.add(reference, orders: orders)
    table.take(hypothesis, orders: orders) { row[3 * (first + $0) + 2] = Double($1) }
    for order in 0..<orders {
      let column = 3 * (first + order)
      let expected = max(0, reference.count - order)
      // An order of which the reference has nothing does not count against the hypothesis.
      row[column] = expected == 0 ? 0 : Double(max(0, hypothesis.count - order))
      row[column + 1] = Double(expected)
    }
  }
}

/// A segment's characters, and its words where they count.
private struct ChrfUnits {
  private(set) var characters: [UInt32] = []
  private(set) var words: [UInt32] = []

  mutating func read(
    _ segment: UnsafeBufferPointer<UInt8>, _ chrf: Chrf, _ interner: inout TokenInterner,
    _ lowered: inout [UInt8]
  ) {
    guard chrf.lowercase else { return readCased(segment, chrf, &interner) }
    PythonLowercase.lower(segment, into: &lowered)
    lowered.withUnsafeBufferPointer { readCased($0, chrf, &interner) }
  }

  private mutating func readCased(
    _ segment: UnsafeBufferPointer<UInt8>, _ chrf: Chrf, _ interner: inout TokenInterner
  ) {
    characters.removeAll(keepingCapacity: true)
    PythonText.forEachScalar(segment) { value, range in
      if chrf.whitespace || PythonText.spaceLength(segment, range.lowerBound) == 0 {
        characters.append(value)
      }
    }
    guard chrf.wordOrder > 0 else { return }
    words.removeAll(keepingCapacity: true)
    PythonText.forEachWord(segment) { range in
      let cut = Self.cut(segment, range)
      for part in [range.lowerBound..<cut, cut..<range.upperBound] where !part.isEmpty {
        words.append(interner.id(of: UnsafeBufferPointer(rebasing: segment[part])))
      }
    }
  }

  /// Where a word is cut in two: before punctuation at its end, else behind that at its start.
  private static func cut(_ segment: UnsafeBufferPointer<UInt8>, _ word: Range<Int>) -> Int {
    let first = PythonText.scalar(segment, word.lowerBound)
    if first.length == word.count { return word.upperBound }
    if isPunctuation(segment[word.upperBound - 1]) { return word.upperBound - 1 }
    return isPunctuation(segment[word.lowerBound]) ? word.lowerBound + 1 : word.upperBound
  }

  private static func isPunctuation(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x21...0x2F, 0x3A...0x40, 0x5B...0x60, 0x7B...0x7E: true
    default: false
    }
  }
}
