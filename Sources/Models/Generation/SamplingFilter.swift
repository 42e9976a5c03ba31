package import Tensors

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Which tokens are drawn from, and how: temperature, top-k, then top-p (Holtzman and others, 2020).
package struct SamplingFilter: Sendable {
  private let temperature: Float
  private let topK: Int
  private let topP: Double
  private let leastKept: Int

  /// - Parameter leastKept: How many tokens stay whatever the limits.
  package init(_ options: DecodingOptions, leastKept: Int = 1) {
    temperature = Float(options.temperature)
    topK = options.topK
    topP = options.topP
    self.leastKept = leastKept
  }

  /// The tokens that can be drawn, by their ids, with their scores divided by the temperature.
  package struct Candidates {
    /// The ids, rising.
    package let tokens: [Int32]
    /// The score of each.
    package let scores: [Float]
  }

  /// What can be drawn of each of the given rows of scores.
  package func candidates(_ scores: Tensor, rows: [Int]) -> [Candidates] {
    let limits = limits(scores, rows)
    return zip(rows, limits).map { row, least in
      guard let least else { return all(scores, row) }
      let order = scores.ranking(row: row, divisor: temperature, least: least)
      let values = scores.entries(row: row, at: order).map { $0 / temperature }
      let kept = keptByShare(values.prefix(keptByRank(values)))
      let tokens = order.prefix(kept).sorted()
      return Candidates(
        tokens: tokens, scores: scores.entries(row: row, at: tokens).map { $0 / temperature })
    }
  }

  /// Every token of a row.
  private func all(_ scores: Tensor, _ row: Int) -> Candidates {
    let tokens = (0..<Int32(scores.columns)).map { $0 }
    return Candidates(
      tokens: tokens, scores: scores.entries(row: row, at: tokens).map { $0 / temperature })
  }

  /// What the scores of each row's candidates are at least; nil for rows that nothing limits.
  private func limits(_ scores: Tensor, _ rows: [Int]) -> [Float?] {
    let rank = max(topK, leastKept)
    guard topK > 0 && topK < scores.columns else {
      return rows.map { _ in topP < 1 ? -.infinity : nil }
    }
    // The search for the best few passes over the scores once; many are found by putting all in order.
    guard rank <= 256, rank <= scores.columns else { return rows.map { _ in -.infinity } }
    let best = scores.bestOfRows(count: rank, offsets: [Float](repeating: 0, count: scores.rows))
    return rows.map { best.sums[$0 * rank + rank - 1] / temperature }
  }

  /// How many of the falling scores are among the best k; equals of the last one stay.
  private func keptByRank(_ scores: [Float]) -> Int {
    let rank = max(topK, leastKept)
    guard topK > 0, rank < scores.count else { return scores.count }
    return scores.firstIndex { $0 < scores[rank - 1] } ?? scores.count
  }

  /// How many of the falling scores have the wanted probability together.
  private func keptByShare(_ scores: ArraySlice<Float>) -> Int {
    guard topP < 1, let best = scores.first else { return scores.count }
    let weights = scores.map { expf($0 - best) }
    let total = weights.reduce(0, +)
    // From the least likely on, as transformers adds them up.
    var tail: Float = 0
    var kept = scores.count
    for weight in weights.reversed() {
      tail += weight / total
      if tail > Float(1 - topP) { break }
      kept -= 1
    }
    return max(kept, min(leastKept, scores.count))
  }
}

extension SamplingFilter.Candidates {
  /// The token at a share of the way through the probabilities, in the order of the ids; nil where
  /// none can be drawn, as all are ruled out or the scores are not numbers.
  ///
  /// - Parameter share: A number from 0 to below 1.
  package func draw(at share: Double) -> Int32? {
    guard let best = scores.max(), best.isFinite else { return nil }
    let weights = scores.map { Double(expf($0 - best)) }
    var rest = share * weights.reduce(0, +)
    for (token, weight) in zip(tokens, weights) where weight > 0 {
      rest -= weight
      if rest < 0 { return token }
    }
    return weights.lastIndex { $0 > 0 }.map { tokens[$0] }
  }
}
