import Foundation
import Records
import Stages
import TestSupport
import Testing
import Train

/// Records of rare classes count more; the loss itself is checked against torch in TensorsTests.
struct ClassWeightTests {
  /// Twelve records of ear, six of eye, three of skin on the training side.
  private static let records: [Record] = {
    let classes = Workshop.classified(105)
    func of(_ label: String, _ count: Int) -> [Record] {
      Array(classes.filter { $0.label?.name == label }.prefix(count))
    }
    let training = of("ear", 12) + of("eye", 6) + of("skin", 3)
    return training + Workshop.classified(14)
  }()

  private let workshop: Workshop

  init() throws {
    #expect(Self.records.count == 35)
    workshop = try Workshop(Self.records)
  }

  private func run(_ name: String, _ weights: JSONValue?, _ changes: JSONObject = [:]) throws
    -> (training: Double, validation: Double)
  {
    var options: JSONObject = [
      "epochs": 1, "batch-size": 32, "learning-rate": 0, "dropout": 0,
    ]
    if let weights { options["objective"] = ["classification": ["class-weights": weights]] }
    options.merge(changes)
    let (_, events) = try workshop.run(name, classification(options))
    for case .evaluated(_, _, let values, _) in events {
      return (
        Double(try #require(losses(events).first)),
        try #require(values.first { $0.name == "loss" }).value
      )
    }
    throw CancellationError()
  }

  @Test func `the loss is the mean weighed by the classes, and that of validation is not`() throws {
    let plain = try run("plain", nil)
    // The losses of each class alone, by giving the others no weight.
    let alone = try ["ear", "eye", "skin"].map { label in
      var weights: JSONObject = ["ear": 0, "eye": 0, "skin": 0]
      weights[label] = 1
      return try run(label, .object(weights)).training
    }
    let counts = [12.0, 6, 3]
    let mean = zip(alone, counts).reduce(0) { $0 + $1.0 * $1.1 } / 21
    #expect(abs(plain.training - mean) < 1e-5)
    let balanced = try run("balanced", "balanced")
    #expect(abs(balanced.training - alone.reduce(0, +) / 3) < 1e-5)
    #expect(balanced.validation == plain.validation)
    #expect(Set(alone).count == 3)
  }

  @Test func `balanced counts the records that a mixture takes`() throws {
    // 12 long ones of a; of 48 short ones 24 of a and 24 of b.
    let workshop = try Workshop(
      (0..<100).map { index in
        let isLong = index % 5 == 0
        let words = (0..<(isLong ? 7 : 3)).map { "w\((index * 7 + $0 * 3) % 30)" }
        var record = Record.text(
          words.joined(separator: " "), id: "test:\(index)",
          label: isLong || index % 2 == 1 ? "a" : "b")
        record.metadata["set"] = isLong ? "long" : "short"
        return record
      })
    func curve(_ name: String, _ weights: JSONValue) throws -> [Float] {
      let (_, events) = try workshop.run(
        name,
        classification([
          "objective": ["classification": ["class-weights": weights]], "epochs": 2,
          "mixture": ["weights": ["long": 2, "short": 1], "by": "metadata.set"],
        ]))
      return losses(events)
    }
    // An epoch takes 12 long ones and 6 short ones: 15 of a and 3 of b in the mean.
    let balanced = try curve("balanced", "balanced")
    let named = try curve("named", ["a": 0.6, "b": 3])
    let whole = try curve("whole", ["a": .real(60 / 72), "b": .real(60 / 48)])
    #expect(balanced.count == 6)
    for (left, right) in zip(balanced, named) { #expect(abs(left - right) < 1e-6) }
    #expect(zip(balanced, whole).contains { abs($0 - $1) > 1e-3 })
  }

  @Test func `a step of several batches has one divisor`() throws {
    let whole = try run("whole", ["skin": 5])
    let cut = try run(
      "cut", ["skin": 5], ["batch-size": 4, "gradient-accumulation-steps": 8])
    #expect(abs(whole.training - cut.training) < 1e-5)
  }

  @Test func `a label that no record has is refused with a near one`() throws {
    #expect {
      try run("run", ["skim": 2])
    } throws: {
      "\($0)".contains("did you mean 'skin'")
    }
  }

  @Test(arguments: ["rare", -1, ["ear": -1]] as [JSONValue])
  func `what is no weight is refused`(weights: JSONValue) {
    #expect(throws: Diagnostics.self) {
      try options([
        "model": "x", "objective": ["classification": ["class-weights": weights]],
      ])
    }
  }

  @Test func `it is not joined with label smoothing`() {
    #expect {
      try options([
        "model": "x",
        "objective": ["classification": ["class-weights": "balanced", "label-smoothing": 0.1]],
      ])
    } throws: {
      "\($0)".contains("not joined")
    }
  }
}
