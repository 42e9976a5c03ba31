extension RankedRows: SwappableRows {
  var swapped: any SwappedScores { SwappedRanks(rows: self) }
}

/// Two classifiers' rankings, eight swaps at a time: all of them walk the same rows.
private struct SwappedRanks: SwappedScores {
  let rows: RankedRows

  func differences(_ swaps: [[UInt8]]) -> [[Double]] {
    let records = rows.count / 2
    let supports = rows.supports(of: records)
    return stride(from: 0, to: swaps.count, by: 8).flatMap { start in
      let group = swaps[start..<min(start + 8, swaps.count)]
      let stays = Self.lanes(group, records)
      let found = zip(rows.orders, supports).map { order, support in
        order.map { MixtureWalk($0, stays, records, own: support, others: records - support) }
      }
      let pooled = rows.pooled.map {
        MixtureWalk(
          $0, stays, records, own: records, others: records * (rows.orders.count - 1))
      }
      return (0..<group.count).map { lane in
        let first = rows.scores(
          found.map { $0?.first(lane) }, pooled: pooled?.first(lane), supports)
        let second = rows.scores(
          found.map { $0?.second(lane) }, pooled: pooled?.second(lane), supports)
        return zip(first, second).map { $0 - $1 }
      }
    }
  }

  /// Each record's bits in up to eight swaps, side by side.
  private static func lanes(_ swaps: ArraySlice<[UInt8]>, _ records: Int) -> [SIMD8<Int32>] {
    var lanes = [SIMD8<Int32>](repeating: .zero, count: (records + 7) / 8 * 8)
    for byte in 0..<lanes.count / 8 {
      var bits = SIMD8<Int32>.zero
      for (lane, swap) in swaps.enumerated() { bits[lane] = Int32(swap[byte]) }
      for bit in 0..<8 { lanes[8 * byte + bit] = (bits &>> Int32(bit)) & 1 }
    }
    return lanes
  }
}
