import Evaluate
import Records
import Testing

@Suite struct `Metrics of tokens` {
  @Test func `perplexity is e to the mean loss`() {
    let rows = Reference.shared.root["perplexity"]?.array ?? []
    #expect(rows.count == 2)
    for row in rows {
      let outcomes = LanguageOutcomes(
        totalLoss: row["totalLoss"]?.double ?? -1, tokens: row["tokens"]?.int ?? -1)
      #expect(agrees(outcomes.perplexity, row["perplexity"]))
    }
  }

  @Test func `sums of batches merge into the sum of all`() {
    let parts = [LanguageOutcomes(totalLoss: 3, tokens: 2), .init(totalLoss: 5, tokens: 6)]
    #expect(parts[0] + parts[1] == LanguageOutcomes(totalLoss: 8, tokens: 8))
    #expect((parts[0] + parts[1]).meanLoss == 1)
  }

  @Test func `bits per byte are of the bytes, where these are known`() throws {
    let metric = try #require(standardMetrics.first { $0.name == "bits-per-byte" })
    let known = LanguageOutcomes(totalLoss: 3, tokens: 2, bytes: 8)
    #expect(known.bitsPerByte == 3 / (8 * 0.6931471805599453))
    #expect((known + known).bytes == 16)
    let unknown = known + LanguageOutcomes(totalLoss: 1, tokens: 1)
    #expect(unknown.bytes == nil)
    #expect(
      metric.measure(.language(unknown)).value
        == .unavailable(reason: "the length of the predicted text in bytes is not known"))
  }

  @Test func `the mean loss of a classifier is over its records`() {
    let outcomes = ClassificationOutcomes(
      labels: ["a", "b"], references: [0, 1], predictions: [0, 0], scores: nil, totalLoss: 3)
    let evaluation = Evaluation(
      of: .classification(outcomes), metrics: standardMetrics.filter { $0.name == "loss" })
    #expect(evaluation["loss"] == 1.5)
  }
}
