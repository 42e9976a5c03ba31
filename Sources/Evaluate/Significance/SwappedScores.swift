/// Two systems, to be scored with the outputs of some records swapped between them.
///
/// A swap has a bit for each record, record r's at bit r % 8 of byte r / 8: 1 leaves its outputs with
/// their systems. Bytes fill whole words of eight, whose last bits mean nothing.
protocol SwappedScores: Sendable {
  /// For each swap, the first mixture's scores less the second's.
  func differences(_ swaps: [[UInt8]]) -> [[Double]]
}

/// Rows of two systems that know how to score swaps faster than by choosing rows.
protocol SwappableRows: ScoredRows {
  var swapped: any SwappedScores { get }
}

extension ScoredRows {
  /// These rows of two systems, ready for swaps.
  var pairedForSwaps: any SwappedScores {
    (self as? any SwappableRows)?.swapped ?? SwappedRows(rows: self)
  }
}

extension JoinedRows: SwappableRows {
  var swapped: any SwappedScores { JoinedSwaps(parts: parts.map(\.pairedForSwaps)) }
}

/// The same swaps by several lists of metrics.
private struct JoinedSwaps: SwappedScores {
  let parts: [any SwappedScores]

  func differences(_ swaps: [[UInt8]]) -> [[Double]] {
    let all = parts.map { $0.differences(swaps) }
    return swaps.indices.map { swap in all.flatMap { $0[swap] } }
  }
}

/// Swaps of any rows: each of the two mixtures is a choice of rows.
private struct SwappedRows<Rows: ScoredRows>: SwappedScores {
  let rows: Rows

  func differences(_ swaps: [[UInt8]]) -> [[Double]] {
    swaps.map { bits in
      let (first, second) = weights(bits)
      return zip(rows.scores(weights: first), rows.scores(weights: second)).map { $0 - $1 }
    }
  }

  private func weights(_ bits: [UInt8]) -> ([Int32], [Int32]) {
    let records = rows.count / 2
    var first = [Int32](repeating: 0, count: 2 * records)
    var second = first
    for record in 0..<records {
      let stays = Int32(bits[record >> 3] >> UInt8(record & 7) & 1)
      (first[record], first[records + record]) = (stays, 1 - stays)
      (second[record], second[records + record]) = (1 - stays, stays)
    }
    return (first, second)
  }
}
