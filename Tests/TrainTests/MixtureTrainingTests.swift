import Records
import Stages
import TestSupport
import Testing
import Train

/// A training on a mixture takes what the mixture says, and ends alike wherever it was killed.
struct MixtureTrainingTests {
  private let workshop: Workshop
  private static let files = [
    "model/model.safetensors", "model/config.json", "trainer_state.json", "trainer_log.jsonl",
  ]

  /// 60 training records: 48 of three words in `short`, 12 of seven words in `long`.
  init() throws {
    workshop = try Workshop(
      (0..<100).map { index in
        let isLong = index % 5 == 0
        let words = (0..<(isLong ? 7 : 3)).map { "w\((index * 7 + $0 * 3) % 30)" }
        var record = Record.text(
          words.joined(separator: " "), id: "test:\(index)", label: index % 2 == 0 ? "a" : "b")
        record.metadata["set"] = isLong ? "long" : "short"
        return record
      })
  }

  private func json(_ mixture: JSONValue, _ changes: JSONObject = [:]) -> JSONValue {
    var all: JSONObject = ["mixture": mixture]
    all.merge(changes)
    return classification(all)
  }

  /// 12 of `long` and 6 of `short`.
  private static let replay: JSONValue = [
    "weights": ["long": 2, "short": 1], "by": "metadata.set",
  ]

  @Test func `tokens, steps and files are those of the mixture`() throws {
    let (result, events) = try workshop.run(
      "run", json(Self.replay, ["epochs": 5, "batch-size": 4]))
    guard case .started(let plan)? = events.first else { return #expect(Bool(false)) }
    #expect(plan.trainingRecords == 60 && plan.epochRecords == 18)
    #expect(plan.totalSteps == 25 && result.steps == 25)
    #expect(
      plan.notes.contains {
        $0.contains("12 from the 12 of long") && $0.contains("6 from the 48 of short")
      })
    let counts: JSONValue = [
      "long": ["records": 12, "per_epoch": 12], "short": ["records": 48, "per_epoch": 6],
    ]
    #expect(result.json["mixture"] == counts)
    let state = try JSONValue.parse(
      FileReader.contents("\(workshop.folder.path)/run/trainer_state.json"))
    #expect(state["num_input_tokens_seen"]?.int == 5 * (12 * 7 + 6 * 3))
    #expect(state["epoch"]?.double == 5)
    #expect(state["stateful_callbacks"]?["Mixture"]?["attributes"]?["parts"] == counts)
  }

  @Test func `batch size times accumulation is all that counts`() throws {
    func curve(_ batch: Int, _ accumulation: Int) throws -> [Float] {
      let changes: JSONObject = [
        "batch-size": .integer(batch), "gradient-accumulation-steps": .integer(accumulation),
        "dropout": 0, "precision": "fp32",
      ]
      return losses(try workshop.run("b\(batch)", json(Self.replay, changes)).events)
    }
    let (whole, halves) = (try curve(6, 1), try curve(3, 2))
    #expect(whole.count == 9 && halves.count == 9)
    for (left, right) in zip(whole, halves) { #expect(abs(left - right) < 1e-5) }
  }

  @Test func `packed rows hold the records of their epoch`() throws {
    // 16 tokens: two long records and a beginning, or five short ones.
    let changes: JSONObject = [
      "objective": ["causal": ["train-on": "all"]], "architecture": smallDecoder, "packing": true,
      "max-length": 16, "epochs": 4, "batch-size": 2,
    ]
    let mixture: JSONValue = ["temperature": 3, "by": "metadata.set", "until": ["records": 20]]
    let (result, events) = try workshop.run("packed", json(mixture, changes))
    guard case .started(let plan)? = events.first else { return #expect(Bool(false)) }
    #expect(plan.epochRecords == 20 && plan.packedRows == nil)
    #expect(result.steps == plan.totalSteps)
    let epochs = events.compactMap { event -> Double? in
      if case .evaluated(_, let epoch, _, _) = event { epoch } else { nil }
    }
    #expect(epochs == [1, 2, 3, 4])
    let state = try JSONValue.parse(
      FileReader.contents("\(workshop.folder.path)/packed/trainer_state.json"))
    let tokens = try #require(state["num_input_tokens_seen"]?.int)
    // Shares are the cube roots of 12 and 48: 2.29 : 3.63 of 20 records are 8 and 12.
    #expect(tokens == 4 * (8 * (7 + 1) + 12 * (3 + 1)) || tokens == 4 * (8 * 7 + 12 * 3))
  }

  @Test(
    arguments: [
      ["epochs": 4, "batch-size": 4],
      ["epochs": 3, "batch-size": 4, "save-steps": 2, "keep-checkpoints": 2],
      [
        "objective": ["causal": ["train-on": "all"]], "architecture": smallDecoder, "packing": true,
        "max-length": 16, "epochs": 3.5, "batch-size": 2, "save-steps": 1,
      ],
    ] as [JSONObject])
  func `it goes on from any checkpoint with the same bytes`(changes: JSONObject) throws {
    let json = json(Self.replay, changes)
    let root = workshop.folder.path
    let copies = try workshop.copies(json)
    #expect(copies.count >= 3)
    let expected = try contents("\(root)/whole", Self.files)
    for copy in copies {
      var started: TrainingPlan?
      _ = try workshop.session(copy, json).run { event in
        if case .started(let plan) = event { started = plan }
      }
      #expect(started.map { "killed-\($0.doneSteps)" } == copy)
      #expect(try contents("\(root)/\(copy)", Self.files) == expected, "\(copy)")
    }
  }

  @Test func `sources are told by the beginning of ids, children by their parents'`() throws {
    var context = workshop.context("sources")
    context.sources = SourceNames([
      .init(prefix: "", name: "first"), .init(prefix: "ingest#2:", name: "second"),
    ])
    let ids = ["a:1", "a:1/synonyms.1", "ingest#2:a:1", "ingest#2:a:1/synonyms.1", "a:2"]
    let records = ids.map { Record.text("w1 w2", id: $0, label: $0.count % 2 == 0 ? "x" : "y") }
    let train = try Workshop.write(records[...], to: "\(workshop.folder.path)/few.jsonl")
    let options = try options(
      classification([
        "mixture": ["weights": ["first": 1, "second": 1], "until": "last"], "epochs": 1,
      ]))
    let session = try TrainingSession(options: options, train: train, validation: nil, context)
    let result = try session.run()
    #expect(
      result.json["mixture"] == [
        "first": ["records": 3, "per_epoch": 3], "second": ["records": 2, "per_epoch": 3],
      ])
  }

  @Test func `a record that tells no part is told`() throws {
    let mixture: JSONValue = ["temperature": 2, "by": "metadata.sets"]
    let error = try #require(throws: TrainingError.self) {
      _ = try workshop.session("none", json(mixture))
    }
    #expect(error.problem.contains("has no metadata.sets"))
    #expect(error.remedy == "did you mean 'set'?")
  }
}
