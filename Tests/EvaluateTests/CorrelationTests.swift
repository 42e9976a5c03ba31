import Evaluate
import Foundation
import Records
import Testing

@Suite struct `Correlations and searches` {
  private func numbers(_ json: JSONValue?) -> [Double] { (json?.array ?? []).compactMap(\.double) }

  @Test func `Pearson, Spearman and Kendall are scipy's`() {
    let cases = Reference.shared.root["correlations"]?.array ?? []
    #expect(cases.count == 8)
    for json in cases {
      let outcomes = NumberOutcomes(
        references: numbers(json["references"]), predictions: numbers(json["predictions"]))
      for (name, found) in [
        ("pearson", outcomes.pearson), ("spearman", outcomes.spearman),
        ("kendall", outcomes.kendall),
      ] {
        #expect(agrees(found, json[name]), "\(json["name"]?.string ?? ""), \(name): \(found)")
      }
    }
  }

  @Test func `a correlation of numbers that are not finite is unavailable`() {
    for name in ["pearson", "spearman", "kendall"] {
      let metric = standardMetrics.first { $0.name == name }
      let broken = NumberOutcomes(references: [1, 2, 3], predictions: [1, .nan, 2])
      #expect(
        metric?.measure(.numbers(broken)).value
          == .unavailable(reason: "a number is not finite, or one side is constant"))
      let single = NumberOutcomes(references: [1], predictions: [1])
      #expect(
        metric?.measure(.numbers(single)).value
          == .unavailable(reason: "\(name) needs two records or more"))
    }
  }

  private func query(_ json: JSONValue) -> RetrievalOutcomes.Query {
    RetrievalOutcomes.Query(
      found: (json["found"]?.array ?? []).map {
        let parts = $0.array ?? []
        return RetrievalOutcomes.Document(
          id: parts[0].string ?? "", score: parts[1].double ?? .nan,
          relevance: parts[2].double ?? .nan)
      }, missed: numbers(json["missed"]))
  }

  @Test func `gain, rank and recall are trec_eval's, and scikit-learn's with averaged ties`() {
    let cases = Reference.shared.root["searches"]?.array ?? []
    #expect(cases.count == 7)
    for json in cases {
      let query = query(json)
      let found = [
        "map": query.averagePrecision, "ndcg": query.gain(), "ndcg@3": query.gain(at: 3),
        "ndcg@10": query.gain(at: 10), "mrr": query.reciprocalRank(),
        "recall@3": query.recall(at: 3), "recall@10": query.recall(at: 10),
        "averaged ndcg": query.gain(ties: .averaged),
        "averaged ndcg@3": query.gain(at: 3, ties: .averaged),
        "averaged ndcg@10": query.gain(at: 10, ties: .averaged),
      ]
      for (name, value) in found where json[name] != nil {
        #expect(agrees(value, json[name]), "\(json["name"]?.string ?? ""), \(name): \(value)")
      }
    }
  }

  @Test(.timeLimit(.minutes(1)))
  func `a document whose score is not a number comes last`() {
    let scores = [
      ("a", Double.nan, 0.0), ("b", 0.1, 0), ("c", 0.9, 1), ("d", .nan, 1), ("e", -9, 0),
    ]
    let query = RetrievalOutcomes.Query(
      found: scores.map { .init(id: $0.0, score: $0.1, relevance: $0.2) })
    #expect(query.reciprocalRank() == 1)
    // By name "d" comes before "a": ranks 1 and 4; averaged both have half of a gain.
    #expect(query.averagePrecision == 0.75)
    let discounts: [Double] = [2, 3, 5, 6].map { 1 / log2($0) }
    let best = discounts[0] + discounts[1]
    let byName = (discounts[0] + discounts[2]) / best
    let averaged = (discounts[0] + 0.5 * discounts[2] + 0.5 * discounts[3]) / best
    #expect(abs(query.gain() - byName) < 1e-15)
    #expect(abs(query.gain(ties: .averaged) - averaged) < 1e-15)
  }

  @Test func `gains averaged over ties are of no relevance below 0, as in scikit-learn`() {
    let query = RetrievalOutcomes.Query(
      found: [.init(id: "a", score: 2, relevance: 1), .init(id: "b", score: 1, relevance: -1)])
    #expect(query.gain() == 1)
    #expect(query.gain(ties: .averaged).isNaN)
  }

  @Test func `metrics of searches are means over queries`() throws {
    let cases = Reference.shared.root["searches"]?.array ?? []
    let outcomes = Outcomes.retrieval(RetrievalOutcomes(queries: cases.map(query)))
    for name in ["mrr", "map", "ndcg", "ndcg@10", "recall@10"] {
      let metric = try #require(standardMetrics.first { $0.name == name })
      let mean = cases.reduce(0) { $0 + ($1[name]?.double ?? .nan) } / Double(cases.count)
      guard case .number(let found) = metric.measure(outcomes).value else {
        Issue.record("\(name) is no number")
        continue
      }
      #expect(abs(found - mean) < 1e-12, "\(name)")
    }
  }
}
