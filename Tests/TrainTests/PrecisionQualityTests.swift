import Models
import Records
import Stages
import Tensors
import TestSupport
import Testing
import Train

/// Whether tests that take minutes run: `ANNEAL_LONG_TESTS=1 swift test -c release --filter …`.
///
/// This one takes a quarter of an hour on four cores, where AMX is imitated.
private let hasTime = FilePaths.environment("ANNEAL_LONG_TESTS") != nil

private let model = try? ModelLocator().folder(of: "all-MiniLM-L6-v2", base: nil)

@Suite(
  .enabled(if: hasTime, "takes minutes; set ANNEAL_LONG_TESTS"),
  .enabled(if: model != nil, "needs all-MiniLM-L6-v2"))
struct `What lower precision costs` {
  /// The mean loss of 300 steps and the weighted F1 after them.
  private struct Outcome {
    let loss, f1: Double
  }

  /// Fine-tunes MiniLM on the quickstart's questions, AMX imitated.
  private func outcome(_ precision: String) throws -> Outcome {
    let options: JSONValue = [
      "model": .string(try #require(model)), "precision": .string(precision), "batch-size": 8,
      "epochs": 4, "max-steps": 300, "learning-rate": 5e-5, "logging-steps": 1,
      "best-metric": "f1.weighted",
    ]
    let workshop = try Workshop(questions())
    var context = workshop.context(precision)
    context.tokenizer = nil
    context.maximumLength = 96
    var events: [TrainingEvent] = []
    try Engine.$imitatesTiles.withValue(true) {
      let session = try TrainingSession(
        options: TrainTests.options(options), train: workshop.train,
        validation: workshop.validation, context)
      _ = try session.run { events.append($0) }
    }
    let scores = events.compactMap { event -> Double? in
      guard case .evaluated(_, _, let values, _) = event else { return nil }
      return values.first { $0.name == "f1.weighted" }?.value
    }
    let steps = losses(events)
    #expect(steps.count == 300)
    return Outcome(
      loss: steps.reduce(0) { $0 + Double($1) } / Double(steps.count),
      f1: try #require(scores.last))
  }

  private func questions() throws -> [Record] {
    let lines = try FileReader.contents("pipelines/data/patient-questions.jsonl")
      .split(separator: UInt8(ascii: "\n"))
    return lines.enumerated().compactMap { index, line in
      guard let object = try? JSONValue.parse(line).object,
        let text = object["input"]?.string, let label = object["output"]?.string
      else { return nil }
      return .text(text, id: "question:\(index)", label: label)
    }
  }

  @Test func `300 steps in bf16 stay within 1 % of the loss of fp32 and 0.01 of its F1`() throws {
    let (exact, rounded) = (try outcome("fp32"), try outcome("bf16"))
    print("loss \(rounded.loss) and F1 \(rounded.f1), in fp32 \(exact.loss) and \(exact.f1)")
    #expect(rounded.loss != exact.loss, "the products were not rounded")
    #expect(abs(rounded.loss - exact.loss) < 0.01 * exact.loss)
    #expect(abs(rounded.f1 - exact.f1) < 0.01)
  }
}
