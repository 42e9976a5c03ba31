/// The area under the ROC curve of two sets of scores: the chance that a positive outranks a
/// negative, a tie counting one half.
///
/// Exact: the rank sum of Mann and Whitney (1947) in integers, which is the trapezoid area with
/// ties grouped. O(n) by a radix sort of each set.
///
/// - Returns: nil when a set is empty or a score is not a number.
public func areaUnderROC(positives: [Float], negatives: [Float]) -> Double? {
  guard !positives.isEmpty, !negatives.isEmpty,
    let high = sortedKeys(positives), let low = sortedKeys(negatives)
  else { return nil }
  return Double(doubledWins(of: high, over: low))
    / (2 * Double(high.count) * Double(low.count))
}

/// Twice the number of pairs in which an element of `high` is the greater, ties counted once.
private func doubledWins(of high: [UInt32], over low: [UInt32]) -> Int {
  var below = 0
  var notAbove = 0
  var wins = 0
  for key in high {
    while below < low.count, low[below] < key { below += 1 }
    notAbove = max(notAbove, below)
    while notAbove < low.count, low[notAbove] == key { notAbove += 1 }
    wins += below + notAbove
  }
  return wins
}

/// The scores as integers of the same order, ascending; nil when one is not a number.
private func sortedKeys(_ scores: [Float]) -> [UInt32]? {
  var keys: [UInt32] = []
  keys.reserveCapacity(scores.count)
  for score in scores {
    guard !score.isNaN else { return nil }
    keys.append(orderedBits(score))
  }
  if keys.count < 256 {
    keys.sort()
  } else {
    radixSort(&keys)
  }
  return keys
}

/// An integer that orders as the float does: negative floats reversed, both zeros equal.
private func orderedBits(_ value: Float) -> UInt32 {
  let bits = value == 0 ? 0 : value.bitPattern
  return bits >> 31 == 0 ? bits | 0x8000_0000 : ~bits
}

/// Sorts by three passes over digits of 11 bits, least significant first.
private func radixSort(_ keys: inout [UInt32]) {
  var scratch = [UInt32](repeating: 0, count: keys.count)
  for shift in [UInt32(0), 11, 22] {
    var starts = [Int](repeating: 0, count: 2048)
    for key in keys { starts[Int(key >> shift & 2047)] += 1 }
    var total = 0
    for digit in starts.indices { (starts[digit], total) = (total, total + starts[digit]) }
    for key in keys {
      let digit = Int(key >> shift & 2047)
      scratch[starts[digit]] = key
      starts[digit] += 1
    }
    swap(&keys, &scratch)
  }
}
