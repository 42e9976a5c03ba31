import Foundation

/// How documents of equal score are put in order.
public enum RankingTies: String, Sendable, CaseIterable {
  /// The document with the greater name first: trec_eval.
  case byName
  /// All orders alike: gains are averaged over the tied documents, as in scikit-learn.
  case averaged
}

extension RetrievalOutcomes.Document {
  /// What documents are put in order by: a score that is not a number never wins.
  fileprivate var height: Double { score.isNaN ? -.infinity : score }
}

extension RetrievalOutcomes.Query {
  /// Relevances by rank, best first; of equal scores the greater name comes first.
  private var ranked: [Double] {
    found.sorted { left, right in
      left.height != right.height
        ? left.height > right.height
        : right.id.utf8.lexicographicallyPrecedes(left.id.utf8)
    }.map(\.relevance)
  }

  /// How many documents are relevant, found or not.
  private var relevant: Int {
    found.count { $0.relevance > 0 } + missed.count { $0 > 0 }
  }

  /// One over the rank of the first relevant document; 0 where none is among the first `k`.
  public func reciprocalRank(at k: Int? = nil) -> Double {
    guard let place = ranked.prefix(k ?? found.count).firstIndex(where: { $0 > 0 }) else {
      return 0
    }
    return 1 / Double(place + 1)
  }

  /// The share of relevant documents among the first `k`; 0 where nothing is relevant.
  public func recall(at k: Int) -> Double {
    relevant == 0 ? 0 : Double(ranked.prefix(k).count { $0 > 0 }) / Double(relevant)
  }

  /// Mean precision at the ranks of relevant documents, over all relevant ones.
  public var averagePrecision: Double {
    var hits = 0
    var sum = 0.0
    for (place, relevance) in ranked.enumerated() where relevance > 0 {
      hits += 1
      sum += Double(hits) / Double(place + 1)
    }
    return relevant == 0 ? 0 : sum / Double(relevant)
  }

  /// Gain discounted by the logarithm of the rank, over that of the best order; 0 without gain.
  ///
  /// Järvelin and Kekäläinen (2002) with gains as they are, discount 1 / log2(rank + 1). Levels below
  /// 0, such as of spam, gain nothing, as in trec_eval; averaged over ties they have no gain (NaN):
  /// scikit-learn refuses them.
  public func gain(at k: Int? = nil, ties: RankingTies = .byName) -> Double {
    let limit = k ?? Int.max
    let ideal = (found.map(\.relevance) + missed).sorted(by: >)
    if ties == .averaged, let least = ideal.last, least < 0 { return .nan }
    let best = Self.discounted(ideal, limit)
    guard best > 0 else { return 0 }
    return Self.discounted(ties == .byName ? ranked : tieAveraged, limit) / best
  }

  /// Relevances by rank, each the mean of those of its score.
  private var tieAveraged: [Double] {
    let sorted = found.sorted { $0.height > $1.height }
    var gains: [Double] = []
    while gains.count < sorted.count {
      let tied = sorted[gains.count...].prefix { $0.height == sorted[gains.count].height }
      let mean = tied.reduce(0) { $0 + $1.relevance } / Double(tied.count)
      gains += [Double](repeating: mean, count: tied.count)
    }
    return gains
  }

  private static func discounted(_ gains: [Double], _ limit: Int) -> Double {
    gains.prefix(limit).enumerated().reduce(0) {
      $0 + max(0, $1.element) / log2(Double($1.offset) + 2)
    }
  }
}

let retrievalMetrics: [MetricDescriptor] =
  [
    retrieval("mrr", "One over the rank of the first relevant document, averaged.") {
      $0.reciprocalRank()
    },
    retrieval("mrr@10", "One over the rank of the first relevant document of ten, averaged.") {
      $0.reciprocalRank(at: 10)
    },
    retrieval("map", "Precision at the ranks of relevant documents, averaged.") {
      $0.averagePrecision
    },
    retrieval("ndcg", "Discounted gain of all documents over that of the best order.") {
      $0.gain()
    },
    retrieval("ndcg@10", "Discounted gain of ten documents over that of the best order.") {
      $0.gain(at: 10)
    },
  ]
  + [1, 5, 10, 100].map { k in
    retrieval("recall@\(k)", "Share of relevant documents among the first \(k).") {
      $0.recall(at: k)
    }
  }

/// A metric at a depth that the catalog does not list, such as `recall@20`; nil for other names.
func retrievalMetric(named name: String) -> MetricDescriptor? {
  let parts = name.split(separator: "@", omittingEmptySubsequences: false)
  guard parts.count == 2, let k = Int(parts[1]), k > 0 else { return nil }
  switch parts[0] {
  case "mrr":
    return retrieval(name, "One over the rank of the first relevant document of \(k), averaged.") {
      $0.reciprocalRank(at: k)
    }
  case "ndcg":
    return retrieval(name, "Discounted gain of \(k) documents over that of the best order.") {
      $0.gain(at: k)
    }
  case "recall":
    return retrieval(name, "Share of relevant documents among the first \(k).") {
      $0.recall(at: k)
    }
  default: return nil
  }
}

private func retrieval(
  _ name: String, _ summary: String,
  _ compute: @escaping @Sendable (RetrievalOutcomes.Query) -> Double
) -> MetricDescriptor {
  MetricDescriptor(name: name, summary: summary, needs: .rankings, direction: .greater) {
    outcomes in
    guard case .retrieval(let outcomes) = outcomes else {
      return .unavailable("\(name) is of searches; these outcomes are of \(outcomes.subject)")
    }
    let sum = outcomes.queries.reduce(0) { $0 + compute($1) }
    return .number(sum / Double(outcomes.queries.count), orElse: "there are no queries")
  }
}
