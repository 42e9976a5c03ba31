/// Rows as one of their scores falls: sorted once, then walked for every choice of rows.
struct RankedOrder: Sendable {
  /// A row in its place.
  struct Entry: Sendable {
    private let bits: UInt32

    fileprivate init(row: Int, isOwn: Bool, isLast: Bool) {
      bits = UInt32(row) << 2 | (isOwn ? 2 : 0) | (isLast ? 1 : 0)
    }

    var row: Int { Int(bits >> 2) }
    /// Whether it should be above the others.
    var isOwn: Bool { bits & 2 != 0 }
    /// Whether the next score is lower.
    var isLast: Bool { bits & 1 != 0 }
  }

  let entries: [Entry]

  /// Puts scores in order: O(n log n).
  ///
  /// - Parameters:
  ///   - row: the row that a score is of.
  ///   - isOwn: whether a score should be above those that are not.
  /// - Precondition: no score is NaN; there are fewer than 2^30 rows.
  init(_ scores: [Float], row: (Int) -> Int, isOwn: (Int) -> Bool) {
    precondition(scores.count < 1 << 32, "\(scores.count) scores are too many to put in order")
    let keys = scores.enumerated().map { place, score in
      UInt64(~SortedScores.orderedBits(score)) << 32 | UInt64(place)
    }.sorted()
    entries = keys.indices.map { index in
      let place = Int(keys[index] & 0xFFFF_FFFF)
      let isLast = index + 1 == keys.count || keys[index] >> 32 != keys[index + 1] >> 32
      return Entry(row: row(place), isOwn: isOwn(place), isLast: isLast)
    }
  }

  /// Both areas of rows that count as often as their weights say: NaN and 0 where none is its own.
  ///
  /// - Parameters:
  ///   - positives: how often its own rows count.
  ///   - negatives: how often the others count.
  func areas(_ weights: [Int32], positives: Int, negatives: Int) -> RankedAreas<Double> {
    guard positives > 0 else { return RankedAreas(receiver: .nan, precision: 0) }
    var (hits, misses, wins, precision) = (0, 0, 0, 0.0)
    var (own, others) = (0, 0)
    for entry in entries {
      let weight = Int(weights[entry.row])
      if entry.isOwn { own += weight } else { others += weight }
      guard entry.isLast else { continue }
      misses += others
      if own > 0 {
        hits += own
        wins += own * (2 * (negatives - misses) + others)
        precision += Double(own) / Double(positives) * (Double(hits) / Double(hits + misses))
      }
      (own, others) = (0, 0)
    }
    return RankedAreas(
      receiver: negatives == 0
        ? .nan : Double(wins) / (2 * Double(positives) * Double(negatives)),
      precision: precision)
  }
}

/// What one class's order gives.
struct RankedAreas<Value: Sendable>: Sendable {
  /// The area under the ROC curve.
  var receiver: Value
  /// The area under the steps of precision over recall.
  var precision: Value
}
