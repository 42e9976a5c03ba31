extension StatisticsRows: SwappableRows {
  var swapped: any SwappedScores { SwappedSums(self) }
}

/// Two systems' statistics, for sums over records of which some are swapped.
///
/// Such sums come from tables of the sums of all subsets of eight records, one look-up for eight: the
/// method of four Russians. O(swaps × records × width / 8).
private struct SwappedSums: SwappedScores {
  typealias Lane = SIMD4<Double>

  private let metric: any CorpusMetric
  private let width: Int
  /// Lanes a record.
  private let lanes: Int
  /// What each record adds when its outputs stay: the first system's statistics less the second's.
  private let gains: [Lane]
  /// The sums of the second system, and of both.
  private let base: [Double]
  private let total: [Double]

  init(_ rows: StatisticsRows) {
    let records = rows.count / 2
    let (width, lanes) = (rows.width, rows.lanesPerRow)
    var gains = [Lane](repeating: .zero, count: (records + 7) / 8 * 8 * lanes)
    for place in 0..<records * lanes {
      gains[place] = rows.lanes[place] - rows.lanes[records * lanes + place]
    }
    base = rows.sums(of: records..<2 * records)
    total = zip(rows.sums(of: 0..<records), base).map(+)
    (self.width, self.lanes, self.gains) = (width, lanes, gains)
    metric = rows.metric
  }

  /// One difference a swap, each as a list of one.
  func differences(_ swaps: [[UInt8]]) -> [[Double]] {
    let sums = self.sums(swaps)
    return swaps.indices.map { swap in
      let first = (0..<width).map { base[$0] + sums[swap * lanes + $0 / 4][$0 % 4] }
      let second = zip(total, first).map { $0 - $1 }
      return [metric.score(of: first) - metric.score(of: second)]
    }
  }

  /// The sums of gains over the records whose bit is 1, for each swap.
  private func sums(_ swaps: [[UInt8]]) -> [Lane] {
    var sums = [Lane](repeating: .zero, count: swaps.count * lanes)
    var table = [Lane](repeating: .zero, count: 256 * lanes)
    // A cache line of a swap's bits covers 64 groups of eight records.
    let groups = gains.count / (8 * lanes)
    for start in stride(from: 0, to: groups, by: 64) {
      let block = start..<min(start + 64, groups)
      let bits = block.map { group in swaps.map { $0[group] } }
      for (group, bytes) in zip(block, bits) {
        fill(&table, group)
        add(table, bytes, to: &sums)
      }
    }
    return sums
  }

  /// The sums of all subsets of a group's eight records.
  private func fill(_ table: inout [Lane], _ group: Int) {
    for record in 0..<8 {
      let gain = (group * 8 + record) * lanes
      for subset in 1 << record..<2 << record {
        let rest = (subset - (1 << record)) * lanes
        for lane in 0..<lanes {
          table[subset * lanes + lane] = table[rest + lane] + gains[gain + lane]
        }
      }
    }
  }

  private func add(_ table: [Lane], _ bytes: [UInt8], to sums: inout [Lane]) {
    var place = 0
    // BLEU's ten statistics are three lanes: its loop shall not count to three each time.
    if lanes == 3 {
      for byte in bytes {
        let subset = Int(byte) * 3
        sums[place] += table[subset]
        sums[place + 1] += table[subset + 1]
        sums[place + 2] += table[subset + 2]
        place += 3
      }
      return
    }
    for byte in bytes {
      let subset = Int(byte) * lanes
      for lane in 0..<lanes { sums[place + lane] += table[subset + lane] }
      place += lanes
    }
  }
}
