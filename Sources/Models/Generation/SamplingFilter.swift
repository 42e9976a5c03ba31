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

  /// Divides scores by the temperature and sets those that are not drawn from to minus infinity.
  package func apply(to scores: inout [Float]) {
    if temperature != 1 { for index in scores.indices { scores[index] /= temperature } }
    guard topK > 0 && topK < scores.count || topP < 1 else { return }
    let order = scores.indices.filter { scores[$0] > -.infinity }
      .sorted { scores[$0] > scores[$1] || scores[$0] == scores[$1] && $0 < $1 }
    let kept = keptByShare(order.prefix(keptByRank(order, scores)), scores)
    for index in order.dropFirst(kept) { scores[index] = -.infinity }
  }

  /// How many of the sorted tokens are among the best k; equals of the last one stay.
  private func keptByRank(_ order: [Int], _ scores: [Float]) -> Int {
    let rank = max(topK, leastKept)
    guard topK > 0, rank < order.count else { return order.count }
    let last = scores[order[rank - 1]]
    return order.firstIndex { scores[$0] < last } ?? order.count
  }

  /// How many of the sorted tokens have the wanted probability together.
  private func keptByShare(_ order: ArraySlice<Int>, _ scores: [Float]) -> Int {
    guard topP < 1, let best = order.first else { return order.count }
    let weights = order.map { expf(scores[$0] - scores[best]) }
    let total = weights.reduce(0, +)
    // From the least likely on, as transformers adds them up.
    var tail: Float = 0
    var kept = order.count
    for weight in weights.reversed() {
      tail += weight / total
      if tail > Float(1 - topP) { break }
      kept -= 1
    }
    return max(kept, min(leastKept, order.count))
  }

  /// The token at a share of the way through the probabilities, in the order of the ids.
  ///
  /// - Parameter share: A number from 0 to below 1.
  package static func draw(_ scores: [Float], at share: Double) -> Int {
    let best = scores.max() ?? 0
    let weights = scores.map { Double(expf($0 - best)) }
    var rest = share * weights.reduce(0, +)
    for (token, weight) in weights.enumerated() where weight > 0 {
      rest -= weight
      if rest < 0 { return token }
    }
    return weights.lastIndex { $0 > 0 } ?? 0
  }
}
