/// How many candidates train for how many steps (successive halving: Jamieson, Talwalkar 2016).
///
/// All train for a small share of the steps; of each rung one in `eta` goes on, from where it is, to `eta`
/// times the steps. The last rung is a share 1 / eta of all steps, so that each rung costs about as much as
/// the others.
package struct SuccessiveHalving: Sendable {
  /// Candidates of each rung.
  package let counts: [Int]
  private let eta: Int

  /// The rungs of a number of candidates; none where there is nothing to choose.
  package init(candidates: Int, eta: Int) {
    self.eta = eta
    var counts: [Int] = []
    var left = candidates
    while left > 1 {
      counts.append(left)
      left = max(1, left / eta)
    }
    self.counts = counts
  }

  /// The steps that candidates of a rung, counted from 0, have taken at its end.
  package func steps(of rung: Int, total: Int) -> Int {
    var steps = total
    for _ in rung..<counts.count { steps = (steps + eta - 1) / eta }
    return max(1, min(steps, total))
  }

  /// How many of a rung go on.
  package func survivors(of rung: Int) -> Int {
    rung + 1 < counts.count ? counts[rung + 1] : 1
  }

  /// Places by score, the best first; equal scores are ordered by loss, and what is equal in both stays in its
  /// order; what has no score comes last.
  ///
  /// Few steps leave many candidates at the score of guessing one class, which losses still tell apart.
  package static func ranking(
    _ results: [(score: Double?, loss: Double?)], isGreaterBetter: Bool
  ) -> [Int] {
    /// Less is better in all of them.
    func key(_ place: Int) -> (Int, Double, Double, Int) {
      let (score, loss) = results[place]
      guard let score else { return (1, 0, 0, place) }
      return (0, isGreaterBetter ? -score : score, loss ?? .infinity, place)
    }
    return results.indices.sorted { key($0) < key($1) }
  }
}

/// Which of some choices are not worse than another one in everything.
package enum ParetoFront {
  /// Places of choices on the front.
  /// - Parameter costs: What each choice costs in every respect; less is better.
  package static func places(_ costs: [[Double]]) -> [Int] {
    costs.indices.filter { place in
      !costs.indices.contains { other in
        other != place && dominates(costs[other], costs[place])
      }
    }
  }

  private static func dominates(_ one: [Double], _ other: [Double]) -> Bool {
    let pairs = zip(one, other)
    return pairs.allSatisfy { $0 <= $1 } && pairs.contains { $0 < $1 }
  }
}
