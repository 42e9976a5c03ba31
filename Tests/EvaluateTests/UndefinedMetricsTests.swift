import Evaluate
import Records
import Testing

@Suite struct `Metrics that cannot be computed` {
  private func reason(_ name: String, _ outcomes: Outcomes) -> String? {
    guard let metric = standardMetrics.first(where: { $0.name == name }),
      case .unavailable(let reason) = metric.measure(outcomes).value
    else { return nil }
    return reason
  }

  private func outcomes(
    _ references: [Int], labels: [String] = ["no", "yes"], scores: [Float]?
  ) -> Outcomes {
    .classification(
      ClassificationOutcomes(
        labels: labels, references: references, predictions: references, scores: scores))
  }

  @Test func `without records every metric says that there are none`() {
    let metrics = standardMetrics.filter { [.labels, .probabilities].contains($0.needs) }
    #expect(metrics.count == 33)
    for metric in metrics {
      let value = metric.measure(outcomes([], scores: [])).value
      #expect(value == .unavailable(reason: "there are no records"), "\(metric.name)")
    }
  }

  @Test func `without tokens there is no perplexity`() {
    let empty = Outcomes.language(LanguageOutcomes(totalLoss: 0, tokens: 0))
    #expect(reason("perplexity", empty) == "there are no tokens")
    #expect(reason("loss", empty) == "there are no tokens")
  }

  @Test func `an area of one class names the class`() {
    let one = outcomes([1, 1], scores: [0.5, 0.5, 0.2, 0.8])
    #expect(reason("auc.binary", one) == "every record is of class 'yes'")
    #expect(reason("auc.macro", one) == "every record is of class 'yes'")
    #expect(
      reason("auc.binary", outcomes([0], scores: [0.5, 0.5])) == "no record is of class 'yes'")
  }

  @Test func `an area with a score that is no number says so`() {
    let broken = outcomes([0, 1], scores: [0.5, 0.5, 0.2, .nan])
    #expect(reason("auc.binary", broken) == "a score of class 'yes' is not a number")
  }

  @Test func `an area without scores says what is missing`() {
    #expect(
      reason("auc.macro", outcomes([0, 1], scores: nil))
        == "auc.macro needs probabilities; these outcomes hold labels")
  }

  @Test func `a class without records is left out of the mean area and named`() throws {
    let scores: [Float] = [0.7, 0.2, 0.1, 0.4, 0.5, 0.1, 0.6, 0.3, 0.1]
    let outcomes = ClassificationOutcomes(
      labels: ["a", "b", "c"], references: [0, 1, 0], predictions: [0, 1, 0], scores: scores)
    let measurement = outcomes.rocAUC(average: .macro)
    #expect(measurement.value == .number(1))
    #expect(measurement.note == "left out, having no records: 'c'")
  }

  @Test func `a binary rate of three classes is unavailable`() {
    let three = outcomes([0, 1, 2], labels: ["a", "b", "c"], scores: nil)
    #expect(reason("f1.binary", three) == "f1.binary needs two classes; there are 3")
  }

  @Test func `a perplexity past the largest number is unavailable`() {
    let huge = Outcomes.language(LanguageOutcomes(totalLoss: 8000, tokens: 10))
    #expect(reason("perplexity", huge) == "a mean loss of 800.0 nats has no finite perplexity")
    let broken = Outcomes.language(LanguageOutcomes(totalLoss: .nan, tokens: 10))
    #expect(reason("loss", broken) == "the loss is nan")
  }

  @Test func `every finding reaches the file, numbers and reasons apart`() {
    let metrics = standardMetrics.filter { ["accuracy", "auc.macro"].contains($0.name) }
    let evaluation = Evaluation(of: outcomes([0, 1], scores: nil), metrics: metrics)
    #expect(
      evaluation.json.text
        == #"{"accuracy":1,"unavailable":{"auc.macro":"auc.macro needs probabilities; "#
        + #"these outcomes hold labels"}}"#)
    #expect(evaluation["accuracy"] == 1)
    #expect(evaluation["auc.macro"] == nil)
  }
}
