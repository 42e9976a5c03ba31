import Dispatch
import Synchronization

/// Scores in ascending order, as integers that order as the floats do.
struct SortedScores: Sendable {
  /// The integers, ascending; equal scores, among them both zeros, are equal integers.
  let keys: [UInt32]

  /// Number of scores.
  var count: Int { keys.count }

  /// Sorts scores: O(n), by radix; nil when one is not a number.
  init?(_ scores: [Float]) {
    var keys: [UInt32] = []
    keys.reserveCapacity(scores.count)
    var isNumber = true
    for score in scores {
      isNumber = isNumber && !score.isNaN
      keys.append(Self.orderedBits(score))
    }
    guard isNumber else { return nil }
    if keys.count < 256 {
      keys.sort()
    } else {
      Self.radixSort(&keys)
    }
    self.keys = keys
  }

  /// Scores of one class's records, and of the others, without a branch that a processor must guess.
  static func split(
    _ references: [Int], _ scores: [Float], positive: Int
  ) -> (positives: [Float], negatives: [Float]) {
    var positives = [Float](repeating: 0, count: scores.count)
    var negatives = positives
    var (high, low) = (0, 0)
    for (reference, score) in zip(references, scores) {
      positives[high] = score
      negatives[low] = score
      let isPositive = reference == positive ? 1 : 0
      high += isPositive
      low += 1 - isPositive
    }
    positives.removeLast(scores.count - high)
    negatives.removeLast(scores.count - low)
    return (positives, negatives)
  }

  /// Sorts two sets, large ones at once on two threads; nil when a score is not a number.
  static func both(_ first: [Float], _ second: [Float]) -> (SortedScores, SortedScores)? {
    guard min(first.count, second.count) >= 1 << 16 else {
      guard let low = SortedScores(first), let high = SortedScores(second) else { return nil }
      return (low, high)
    }
    let sorted = Mutex<[SortedScores?]>([nil, nil])
    DispatchQueue.concurrentPerform(iterations: 2) { index in
      let scores = SortedScores(index == 0 ? first : second)
      sorted.withLock { $0[index] = scores }
    }
    let results = sorted.withLock { $0 }
    guard let low = results[0], let high = results[1] else { return nil }
    return (low, high)
  }

  /// The share of pairs in which a score of this set is the greater, a tie counting one half.
  ///
  /// - Returns: nil when a set is empty.
  func area(over negatives: SortedScores) -> Double? {
    guard count > 0, negatives.count > 0 else { return nil }
    return Double(doubledWins(over: negatives.keys)) / (2 * Double(count) * Double(negatives.count))
  }

  /// Twice the number of pairs in which a score of this set is the greater, ties counted once.
  private func doubledWins(over low: [UInt32]) -> Int {
    var below = 0
    var notAbove = 0
    var wins = 0
    for key in keys {
      while below < low.count, low[below] < key { below += 1 }
      notAbove = max(notAbove, below)
      while notAbove < low.count, low[notAbove] == key { notAbove += 1 }
      wins += below + notAbove
    }
    return wins
  }

  /// An integer that orders as the float does: negative floats reversed, both zeros equal.
  static func orderedBits(_ value: Float) -> UInt32 {
    let bits = value == 0 ? 0 : value.bitPattern
    return bits >> 31 == 0 ? bits | 0x8000_0000 : ~bits
  }

  /// Sorts by three passes over digits of 11 bits, least significant first.
  private static func radixSort(_ keys: inout [UInt32]) {
    var scratch = [UInt32](repeating: 0, count: keys.count)
    for shift in [UInt32(0), 11, 22] {
      var starts = [Int](repeating: 0, count: 2048)
      for key in keys { starts[Int(key >> shift & 2047)] += 1 }
      // Scores of one range of values often share their highest digits: nothing moves then.
      if starts.contains(keys.count) { continue }
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
}
