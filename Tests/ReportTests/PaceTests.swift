import Foundation
import Records
import Report
import Testing

@Suite struct `The time that is left of a training` {
  /// What `Scripts/record_steps.py` recorded of a real training.
  struct Recording {
    enum Event { case step(Int), look, checkpoint }

    var steps: Int
    var events: [(moment: Double, event: Event)]
    let trainingRecords: Int
    let validationRecords: Int
    let stepsPerEpoch: Int

    init(_ name: String, training: Int, validation: Int, stepsPerEpoch: Int) throws {
      let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Fixtures/Report/steps/\(name).json")
      let json = try JSONValue.parse([UInt8](Data(contentsOf: file)))
      steps = json["steps"]?.int ?? 0
      events = (json["events"]?.array ?? []).compactMap { event in
        guard let parts = event.array, parts.count == 3, let moment = parts[0].double,
          let number = parts[2].int
        else { return nil }
        return switch parts[1].string {
        case "step": (moment, .step(number))
        case "look": (moment, .look)
        default: (moment, .checkpoint)
        }
      }
      (trainingRecords, validationRecords) = (training, validation)
      self.stepsPerEpoch = stepsPerEpoch
    }

    /// How far each foretelling after the first tenth is off, as a share of what was truly left; what
    /// is off by less than a fiftieth of the whole is as good as right.
    func faults() -> [(step: Int, share: Double)] {
      var pace = Pace(
        totalSteps: steps, doneSteps: 0, trainingRecords: trainingRecords,
        validationRecords: validationRecords)
      pace.start(at: 0)
      let end = events.last?.moment ?? 0
      var faults: [(step: Int, share: Double)] = []
      for (moment, event) in events {
        switch event {
        case .look: pace.pause(at: moment, isLook: true)
        case .checkpoint: pace.pause(at: moment, isLook: false)
        case .step(let number):
          pace.step(number, epoch: Double(number) / Double(stepsPerEpoch), at: moment)
          guard number * 10 >= steps, number < steps, let left = pace.remaining(at: moment)
          else { continue }
          let error = abs(left - (end - moment))
          faults.append((number, error < end / 50 ? 0 : error / (end - moment)))
        }
      }
      return faults
    }
  }

  @Test(arguments: [("quickstart", 201), ("scratch", 335)])
  func `of a recorded training it proves right within a fifth after the first tenth`(
    name: String, steps: Int
  ) throws {
    let recording = try Recording(name, training: 1070, validation: 101, stepsPerEpoch: 67)
    let faults = recording.faults()
    #expect(recording.steps == steps && faults.count > steps * 8 / 10)
    let worst = faults.max { $0.share < $1.share }
    #expect((worst?.share ?? 1) <= 0.2, "\(String(describing: worst))")
  }

  private func isNear(_ value: Double?, _ expected: Double) -> Bool {
    value.map { abs($0 - expected) < 1e-9 } ?? false
  }

  @Test func `looks at the validation side are foreseen before the first`() {
    var pace = Pace(totalSteps: 400, doneSteps: 0, trainingRecords: 1000, validationRecords: 600)
    pace.start(at: 0)
    for step in 1...40 { pace.step(step, epoch: Double(step) / 100, at: Double(step)) }
    // Four looks of 100 × 0.6 / 3 = 20 seconds each.
    #expect(isNear(pace.remaining(at: 40), 360 + 80))
    for step in 41...100 { pace.step(step, epoch: Double(step) / 100, at: Double(step)) }
    #expect(isNear(pace.remaining(at: 100), 300 + 80))
    pace.pause(at: 110, isLook: true)
    pace.step(101, epoch: 1.01, at: 111)
    #expect(isNear(pace.remaining(at: 111), 299 + 30))
  }

  @Test func `checkpoints within an epoch are part of the steps, those behind looks are not`() {
    var pace = Pace(totalSteps: 400, doneSteps: 0, trainingRecords: 1000, validationRecords: 600)
    pace.start(at: 0)
    var moment = 0.0
    for step in 1...100 {
      moment += 1
      pace.step(step, epoch: Double(step) / 100, at: moment)
      if step == 55 {
        // 55 steps and five checkpoints, but for the first three.
        let perStep = (52 + 5 * 2) / 52.0
        #expect(isNear(pace.remaining(at: moment), 345 * perStep + 4 * 20 * perStep))
      }
      if step % 10 == 0, step < 100 {
        moment += 2
        pace.pause(at: moment, isLook: false)
      }
    }
    pace.pause(at: moment + 15, isLook: true)
    pace.pause(at: moment + 17, isLook: false)
    moment += 18
    pace.step(101, epoch: 1.01, at: moment)
    let perStep = (98 + 9 * 2) / 98.0
    #expect(isNear(pace.remaining(at: moment), 299 * perStep + 3 * 17))
  }

  @Test func `the first steps, which take long, do not count`() {
    var pace = Pace(totalSteps: 100, doneSteps: 0, trainingRecords: 9, validationRecords: 0)
    pace.start(at: 0)
    var moment = 0.0
    for step in 1...20 {
      moment += step <= 3 ? 30 : 1
      pace.step(step, epoch: Double(step) / 100, at: moment)
    }
    #expect(isNear(pace.remaining(at: moment), 80))
  }

  @Test func `nothing is foretold from four steps, and a step is counted down while it goes on`() {
    var pace = Pace(totalSteps: 10, doneSteps: 2, trainingRecords: 9, validationRecords: 0)
    pace.start(at: 0)
    for step in 3...6 { pace.step(step, epoch: Double(step) / 10, at: Double(step - 2)) }
    #expect(pace.remaining(at: 4) == nil)
    pace.step(7, epoch: 0.7, at: 5)
    #expect(pace.remaining(at: 5) == 3)
    #expect(pace.remaining(at: 5.5) == 2.5)
    #expect(pace.remaining(at: 60) == 2)
  }

  @Test func `a line of blocks shows highs and lows`() {
    #expect(Sparkline.text([8, 7, 6, 5, 4, 3, 2, 1], width: 8) == "█▇▆▅▄▃▂▁")
    #expect(Sparkline.text([3, 3], width: 5) == "▅▅")
    #expect(Sparkline.text([1, 1, 5, 5], width: 2) == "▁█")
    #expect(Sparkline.text([1, .nan, 2], width: 3) == "▁ █")
    #expect(Sparkline.text([], width: 3) == "" && Sparkline.text([1], width: 0) == "")
  }
}
