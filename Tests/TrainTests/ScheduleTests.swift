import Records
import Stages
import TestSupport
import Testing
import Train

/// Learning rates against transformers and torch, from `Scripts/train_schedules_reference.py`.
struct ScheduleTests {
  private let reference: JSONValue

  init() throws {
    let path = "\(Shared.project)/Tests/Fixtures/Train/schedules.json"
    reference = try JSONValue.parse(FileReader.contents(path))
  }

  /// Options of a training, as a row of the reference has them.
  private func options(_ row: JSONValue) throws -> TrainingOptions {
    var train = try #require(row["train"]?.object)
    train["model"] = "m"
    return try TrainTests.options(.object(train))
  }

  @Test func `every rate is that of transformers`() throws {
    let rows = try #require(reference["schedules"]?.array)
    #expect(rows.count == 14 * 4)
    for row in rows {
      let expected = try #require(row["rates"]?.array).compactMap(\.double)
      let schedule = try options(row).schedule(totalSteps: expected.count)
      #expect(expected.count >= 4)
      for (step, rate) in expected.enumerated() {
        #expect(
          abs(2e-3 * schedule.factor(step: step) - rate) < 1e-15,
          "\(row["train"]?.text ?? "") step \(step)")
      }
    }
  }

  @Test func `the names of transformers say the same`() throws {
    for row in try #require(reference["schedules"]?.array) {
      let options = try options(row)
      let name = try #require(row["alias"]?.string)
      let written = try TrainTests.options(
        ["model": "m", "lr_scheduler_type": .string(name)])
      #expect(
        written.values[TrainingOptions.Keys.schedule].name
          == options.values[TrainingOptions.Keys.schedule].name)
    }
    for name in ["reduce_lr_on_plateau", "linear_with_warmup", "constant_with_warmup", "wsd"] {
      _ = try TrainTests.options(["model": "m", "schedule": .string(name)])
    }
  }

  @Test(arguments: [
    ("invrse-sqrt", "inverse-sqrt"), ("polinomial", "polynomial"),
    ("reduce_lr_on_platau", "reduce-on-plateau"),
  ])
  func `a slip of the pen is told what was meant`(written: String, meant: String) {
    let error = #expect(throws: Diagnostics.self) {
      try TrainTests.options(["model": "m", "schedule": .string(written)])
    }
    #expect(error?.list.first?.remedy == "did you mean '\(meant)'?")
  }

  @Test func `every cut at a plateau is that of torch`() throws {
    let rows = try #require(reference["plateaus"]?.array)
    let values = try #require(reference["values"]?.array)
    #expect(rows.count == 5)
    for row in rows {
      let options = try options(row)
      let settings = options.values[TrainingOptions.Keys.schedule].values
      func fresh() -> RatePlateau {
        RatePlateau(
          metric: "m", isGreaterBetter: row["mode"] == "max", settings,
          rate: options.values[TrainingOptions.Keys.learningRate])
      }
      var plateau = fresh()
      let expected = try #require(row["rates"]?.array).compactMap(\.double)
      #expect(Set(expected).count > 1)
      for (place, (value, rate)) in zip(values, expected).enumerated() {
        plateau.note(value.double)
        #expect(abs(plateau.rate - rate) < 1e-15, "\(row.text) value \(place)")
        // A run that goes on from here knows nothing else.
        let kept = plateau.json
        plateau = fresh()
        plateau.restore(kept)
      }
    }
  }

  @Test func `a warm-up ratio is rounded up to whole steps`() throws {
    let options = try TrainTests.options(["model": "m", "warmup-ratio": 0.1])
    #expect(options.schedule(totalSteps: 101).warmupSteps == 11)
  }

  @Test func `a polynomial that would rise is refused`() throws {
    let options = try TrainTests.options(
      ["model": "m", "learning-rate": 1e-4, "schedule": ["polynomial": ["end": 1e-3]]])
    #expect(options.faults.map(\.key) == ["schedule"])
  }
}

/// Schedules within trainings.
struct ScheduledTrainingTests {
  private let workshop: Workshop

  init() throws { workshop = try Workshop(Workshop.classified(120)) }

  private func rates(_ events: [TrainingEvent]) -> [Double] {
    events.compactMap { if case .stepped(let report) = $0 { report.learningRate } else { nil } }
  }

  @Test func `a plateau cuts the rate of the next epoch`() throws {
    let changes: JSONObject = [
      "epochs": 4, "learning-rate": 1e-9,
      "schedule": [
        "reduce-on-plateau": ["metric": "loss", "patience": 0, "threshold": 0.5, "eps": 0]
      ],
    ]
    let (_, events) = try workshop.run("run", classification(changes))
    let rates = rates(events)
    #expect(rates.count == 36)
    // The first evaluation is the best so far; none after it halves the loss.
    for (epoch, rate) in [1e-9, 1e-9, 1e-10, 1e-11].enumerated() {
      #expect(rates[9 * epoch..<9 * epoch + 9].allSatisfy { abs($0 / rate - 1) < 1e-9 })
    }
  }

  @Test func `a plateau needs a validation side and a metric there is`() throws {
    let json = classification(["schedule": "reduce-on-plateau"])
    let error = #expect(throws: TrainingError.self) {
      try TrainingSession(
        options: options(json), train: workshop.train, validation: nil, workshop.context("run")
      ).run()
    }
    #expect(error?.description.contains("reduce-on-plateau needs records") == true)
    let unknown = classification(["schedule": ["reduce-on-plateau": ["metric": "f1.wieghted"]]])
    #expect(try options(unknown).faults.map(\.key) == ["schedule"])
  }
}
