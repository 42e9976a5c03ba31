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
      let stays = Self.stays(group, records)
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

  /// Each record's bits in up to eight swaps: swap s at bit s of its byte.
  private static func stays(_ swaps: ArraySlice<[UInt8]>, _ records: Int) -> [UInt8] {
    var stays = [UInt8](repeating: 0, count: (records + 7) / 8 * 8)
    for byte in 0..<stays.count / 8 {
      var square: UInt64 = 0
      for (lane, swap) in swaps.enumerated() { square |= UInt64(swap[byte]) << UInt64(8 * lane) }
      let turned = transposed(square)
      for bit in 0..<8 {
        stays[8 * byte + bit] = UInt8(truncatingIfNeeded: turned >> UInt64(8 * bit))
      }
    }
    return stays
  }

  /// Eight rows of eight bits as columns: Warren, Hacker's Delight, 7-3.
  private static func transposed(_ square: UInt64) -> UInt64 {
    var square = square
    let steps: [(UInt64, UInt64)] = [
      (7, 0x00AA_00AA_00AA_00AA), (14, 0x0000_CCCC_0000_CCCC), (28, 0x0000_0000_F0F0_F0F0),
    ]
    for (shift, mask) in steps {
      let moved = (square ^ (square >> shift)) & mask
      square ^= moved ^ (moved << shift)
    }
    return square
  }
}
