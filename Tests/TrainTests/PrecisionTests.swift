import Records
import Stages
import Tensors
import Testing
import Train

@Suite struct `The precision of a training` {
  @Test(arguments: [
    (Precision.auto, "precision fp32: this processor has no AMX"),
    (.fp32, "precision fp32: as asked for"),
    (.bf16x3, "precision fp32: bf16x3 asked for, but this processor has no AMX"),
    (.bf16, "precision fp32: bf16 asked for, but this processor has no AMX"),
  ])
  func `is fp32 without AMX, and the line says why`(wish: Precision, line: String) {
    let choice = PrecisionChoice(wish, tilesFault: "this processor has no AMX")
    #expect(choice.used == .fp32)
    #expect(choice.description == line)
  }

  @Test(arguments: [
    (Precision.auto, Engine.Precision.bf16x3), (.fp32, .fp32), (.bf16x3, .bf16x3), (.bf16, .bf16),
  ])
  func `is what was asked for with AMX, and by itself what comes near fp32`(
    wish: Precision, used: Engine.Precision
  ) {
    let choice = PrecisionChoice(wish, tilesFault: nil)
    #expect(choice.used == used)
    #expect(choice.description.hasPrefix("precision \(used.rawValue): "))
  }

  @Test(arguments: ["fp32", "bf16"])
  func `is told when training begins`(wish: String) throws {
    let workshop = try Workshop(Workshop.classified(60))
    let changes: JSONObject = ["precision": .string(wish), "max-steps": 2]
    let events = try workshop.run("run", classification(changes)).events
    let told = events.compactMap { event -> PrecisionChoice? in
      guard case .started(let plan) = event else { return nil }
      return plan.precision
    }
    #expect(told == [try options(classification(changes)).precision])
    #expect(told.first?.description.contains(wish) == true)
  }

  @Test func `of another kind makes other weights, and a checkpoint is not of both`() throws {
    let workshop = try Workshop(Workshop.classified(60))
    let losses = { (precision: String) -> [Float] in
      try Engine.$imitatesTiles.withValue(true) {
        try workshop.run("run", classification(["precision": .string(precision), "max-steps": 3]))
          .events.compactMap { event in
            guard case .stepped(let report) = event else { return nil }
            return report.loss
          }
      }
    }
    let plain = try losses("fp32")
    let rounded = try losses("bf16")
    #expect(plain.count == 3 && rounded.count == 3, "a run in another precision begins anew")
    #expect(plain != rounded)
    #expect(zip(plain, rounded).allSatisfy { abs($0 - $1) < 0.05 })
  }

  @Test func `is one of four words`() throws {
    let error = #expect(throws: Diagnostics.self) {
      try options(classification(["precision": "bf61"]))
    }
    #expect(error?.list.first?.remedy?.contains("bf16") == true)
  }
}
