import Models
import Records
import Stages
import TestSupport
import Testing

/// Temperature, top-k and top-p against the processors of transformers, and what is then drawn.
struct SamplingTests {
  private func rows() throws -> [JSONValue] {
    let path = "\(Shared.project)/Tests/Fixtures/Generation/filters.json"
    return try #require(JSONValue.parse(FileReader.contents(path)).array)
  }

  private func filtered(_ row: JSONValue) throws -> (scores: [Float], probabilities: [Double]) {
    var options = DecodingOptions()
    try options.apply(try #require(row.object), file: "filters")
    let filter = SamplingFilter(options, leastKept: try #require(row["least"]?.int))
    var scores = try #require(row["scores"]?.array)
      .map { $0.double.map { Float($0) } ?? -Float.infinity }
    filter.apply(to: &scores)
    return (scores, try #require(row["probabilities"]?.array).compactMap(\.double))
  }

  @Test func `filters leave the probabilities that transformers leaves`() throws {
    #expect(try rows().count == 9)
    for row in try rows() {
      let (scores, expected) = try filtered(row)
      // Shares of the draws' line, found by where the token changes.
      let found = shares(scores)
      for (token, (ours, theirs)) in zip(found, expected).enumerated() {
        #expect(abs(ours - theirs) < 1e-4, "token \(token) of \(row.text.prefix(80))")
        #expect((scores[token] == -.infinity) == (theirs == 0))
      }
    }
  }

  /// How much of the line from 0 to 1 each token has, to a ten-thousandth.
  private func shares(_ scores: [Float]) -> [Double] {
    var counts = [Int](repeating: 0, count: scores.count)
    let steps = 100_000
    for step in 0..<steps {
      counts[SamplingFilter.draw(scores, at: (Double(step) + 0.5) / Double(steps))] += 1
    }
    return counts.map { Double($0) / Double(steps) }
  }

  @Test func `draws of many prompts follow the probabilities`() throws {
    let (scores, expected) = try filtered(rows()[5])
    var counts = [Int](repeating: 0, count: scores.count)
    let draws = 4000
    for prompt in 0..<draws {
      var random = CounterRandom(seed: 3, purpose: "test", record: "\(prompt)")
      counts[SamplingFilter.draw(scores, at: random.uniform())] += 1
    }
    for (count, probability) in zip(counts, expected) {
      let deviation = (Double(draws) * probability * (1 - probability)).squareRoot()
      #expect(abs(Double(count) - Double(draws) * probability) <= 4 * deviation)
    }
  }

  @Test func `the ends of the line are tokens that can be drawn`() {
    let scores: [Float] = [-.infinity, 0, -.infinity, 1, -.infinity]
    #expect(SamplingFilter.draw(scores, at: 0) == 1)
    #expect(SamplingFilter.draw(scores, at: 1 - 1e-16) == 3)
  }
}
