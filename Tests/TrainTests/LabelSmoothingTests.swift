import Foundation
import Records
import Stages
import TestSupport
import Testing
import Train

/// Label smoothing through every objective; the loss itself is checked against torch in TensorsTests.
struct LabelSmoothingTests {
  /// The first loss of a training that changes nothing, and the loss of the validation side.
  private func losses(
    _ workshop: Workshop, _ options: JSONValue, _ objective: String, share: Double
  ) throws -> (training: Double, validation: Double) {
    var options = options.object ?? [:]
    options["objective"] = .object([objective: ["label-smoothing": .real(share)]])
    options["learning-rate"] = 0
    options["batch-size"] = 200
    options["max-steps"] = 1
    options["dropout"] = 0
    let (_, events) = try workshop.run("run-\(share)", .object(options))
    let loss = try #require(TrainTests.losses(events).first)
    for case .evaluated(_, _, let values, _) in events {
      return (Double(loss), try #require(values.first { $0.name == "loss" }).value)
    }
    throw CancellationError()
  }

  private static let translator: JSONValue = [
    "model": "scratch", "epochs": 1,
    "architecture": ["marian": ["layers": 1, "width": 16, "heads": 2, "context": 32]],
  ]

  @Test(arguments: [
    ("classification", classification(["epochs": 1])), ("causal", causal(["epochs": 1])),
    ("sequence-to-sequence", translator),
  ])
  func `it moves the loss of training towards that of all choices, and no other`(
    objective: String, options: JSONValue
  ) throws {
    let records =
      objective == "classification" ? Workshop.classified(60) : Workshop.instructions(60)
    let workshop = try Workshop(records)
    let found = try [0, 0.1, 0.2, 0.9].map {
      try losses(workshop, options, objective, share: $0)
    }
    // (1 - share) · loss of the target + share · mean loss of all: a line.
    let slope = (found[1].training - found[0].training) / 0.1
    #expect(abs(slope) > 1e-4)
    #expect(abs(found[2].training - found[0].training - 0.2 * slope) < 5e-6)
    #expect(abs(found[3].training - found[0].training - 0.9 * slope) < 2e-5)
    #expect(Set(found.map(\.validation)).count == 1)
  }

  @Test func `of classes it is that of the probabilities`() throws {
    let workshop = try Workshop(Workshop.classified(60))
    let options = classification(["epochs": 1])
    let share = 0.3
    let smoothed = try losses(workshop, options, "classification", share: share).training
    let predictor = try Predictor(
      model: "\(workshop.folder.path)/run-\(share)/model", options: TrainTests.options(options))
    let path = "\(workshop.folder.path)/predictions.jsonl"
    try predictor.predict(workshop.train).write(workshop.train, to: path)
    let lines = try FileReader.contents(path).split(separator: UInt8(ascii: "\n")).map {
      try JSONValue.parse(Array($0))
    }
    let expected = try lines.map { line in
      let probabilities = try #require(line["scores"]?.object)
      let reference = try #require(line["reference"]?.string)
      let target = try #require(probabilities[reference]?.double)
      let logarithms = probabilities.members.compactMap { $0.value.double }.map { -log($0) }
      return (1 - share) * -log(target)
        + share * logarithms.reduce(0, +) / Double(logarithms.count)
    }
    #expect(abs(smoothed - expected.reduce(0, +) / Double(expected.count)) < 1e-5)
  }

  @Test func `a share of all or more is refused, and transformers' name is known`() throws {
    for share in [1, 1.5, -0.1] {
      #expect(throws: Diagnostics.self) {
        try options([
          "model": "m", "objective": ["causal": ["label-smoothing": .real(share)]],
        ])
      }
    }
    _ = try options(["model": "m", "objective": ["causal": ["label_smoothing_factor": 0.1]]])
  }
}
