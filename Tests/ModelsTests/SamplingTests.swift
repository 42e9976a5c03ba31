import Models
import Records
import Stages
import Tensors
import TestSupport
import Testing

/// Temperature, top-k and top-p against the processors of transformers, and what is then drawn.
struct SamplingTests {
  private func rows() throws -> [JSONValue] {
    let path = "\(Shared.project)/Tests/Fixtures/Generation/filters.json"
    return try #require(JSONValue.parse(FileReader.contents(path)).array)
  }

  private func filtered(
    _ row: JSONValue
  ) throws -> (candidates: SamplingFilter.Candidates, probabilities: [Double]) {
    var options = DecodingOptions()
    try options.apply(try #require(row.object), file: "filters")
    let filter = SamplingFilter(options, leastKept: try #require(row["least"]?.int))
    let scores = try #require(row["scores"]?.array)
      .map { $0.double.map { Float($0) } ?? -Float.infinity }
    // Rows before and behind, which are another prompt's.
    let other = [Float](repeating: 3, count: scores.count)
    let rows = Tensor(other + scores + other, shape: [3, scores.count])
    return (
      filter.candidates(rows, rows: [1])[0],
      try #require(row["probabilities"]?.array).compactMap(\.double)
    )
  }

  @Test func `filters leave the probabilities that transformers leaves`() throws {
    #expect(try rows().count == 9)
    for row in try rows() {
      let (candidates, expected) = try filtered(row)
      // Shares of the draws' line, found by where the token changes.
      let found = shares(candidates, of: expected.count)
      let isLimited = candidates.tokens.count < expected.count
      let allowed = zip(candidates.tokens, candidates.scores)
        .filter { isLimited || $0.1 > -.infinity }.map { Int($0.0) }
      for (token, (ours, theirs)) in zip(found, expected).enumerated() {
        #expect(abs(ours - theirs) < 1e-4, "token \(token) of \(row.text.prefix(80))")
        #expect(allowed.contains(token) == (theirs != 0))
      }
    }
  }

  /// How much of the line from 0 to 1 each token has, to a ten-thousandth.
  private func shares(_ candidates: SamplingFilter.Candidates, of tokens: Int) -> [Double] {
    var counts = [Int](repeating: 0, count: tokens)
    let steps = 100_000
    for step in 0..<steps {
      if let token = candidates.draw(at: (Double(step) + 0.5) / Double(steps)) {
        counts[Int(token)] += 1
      }
    }
    return counts.map { Double($0) / Double(steps) }
  }

  @Test func `draws of many prompts follow the probabilities`() throws {
    let (candidates, expected) = try filtered(rows()[5])
    var counts = [Int](repeating: 0, count: expected.count)
    let draws = 4000
    for prompt in 0..<draws {
      var random = CounterRandom(seed: 3, purpose: "test", record: "\(prompt)")
      counts[Int(try #require(candidates.draw(at: random.uniform())))] += 1
    }
    for (count, probability) in zip(counts, expected) {
      let deviation = (Double(draws) * probability * (1 - probability)).squareRoot()
      #expect(abs(Double(count) - Double(draws) * probability) <= 4 * deviation)
    }
  }

  @Test func `the ends of the line are tokens that can be drawn`() {
    var options = DecodingOptions()
    options.topK = 0
    let scores = Tensor([-.infinity, 0, -.infinity, 1, -.infinity], shape: [1, 5])
    let candidates = SamplingFilter(options).candidates(scores, rows: [0])[0]
    #expect(candidates.draw(at: 0) == 1)
    #expect(candidates.draw(at: 1 - 1e-16) == 3)
  }

  @Test(arguments: [0, 5, 300])
  func `nothing is drawn of scores that are not numbers, or all ruled out`(topK: Int) {
    for score in [Float.nan, -.infinity, .infinity] {
      var options = DecodingOptions()
      options.topK = topK
      options.topP = 0.9
      let scores = Tensor(repeating: score, shape: [1, 400])
      #expect(SamplingFilter(options).candidates(scores, rows: [0])[0].draw(at: 0.5) == nil)
    }
  }

  @Test(arguments: [(4, 1), (300, 1), (3, 5)])
  func `each row keeps its own best, equals of the last one too`(topK: Int, leastKept: Int) {
    // Many equals, each score some four times.
    let rows = (0..<3).map { row in (0..<1000).map { Float(($0 * 7919 + row * 31) % 251) } }
    var options = DecodingOptions()
    (options.topK, options.topP) = (topK, 1)
    let filter = SamplingFilter(options, leastKept: leastKept)
    let found = filter.candidates(Tensor(rows.flatMap(\.self), shape: [3, 1000]), rows: [2, 0])
    for (candidates, row) in zip(found, [rows[2], rows[0]]) {
      let least = row.sorted(by: >)[max(topK, leastKept) - 1]
      #expect(candidates.tokens == (0..<1000).filter { row[$0] >= least }.map { Int32($0) })
    }
  }
}
