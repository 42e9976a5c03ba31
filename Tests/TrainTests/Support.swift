import Foundation
import Models
import Records
import Stages
import TestSupport
import Tokenize
import Train

/// Options as a pipeline file would write them.
func options(_ json: JSONValue) throws -> TrainingOptions {
  var diagnostics = Diagnostics()
  let values = ParameterValues.read(
    TrainingOptions.parameters, from: node(json), owner: "train", into: &diagnostics)
  guard let values else { throw diagnostics }
  return TrainingOptions(values)
}

private func node(_ json: JSONValue) -> ConfigurationNode {
  let place = Place(file: "test")
  let value: ConfigurationNode.Value
  switch json {
  case .null: value = .null
  // As YAML is written: in quotes where it would be a number otherwise.
  case .string(let text): value = .scalar(text, quoted: Double(text) != nil)
  case .array(let elements): value = .list(elements.map(node))
  case .object(let object):
    value = .map(
      object.members.map { .init(key: $0.key, place: place, node: node($0.value)) })
  default: value = .scalar(json.text, quoted: false)
  }
  return ConfigurationNode(value, place: place, base: "/")
}

/// A folder with a small tokenizer and sides of data, in which trainings run.
struct Workshop {
  let folder: TemporaryFolder
  let train: RecordCollection
  let validation: RecordCollection
  let test: RecordCollection

  /// - Parameter masks: Whether the tokenizer has a token that hides others.
  init(_ records: [Record], masks: Bool = false) throws {
    folder = try TemporaryFolder()
    try folder.write(Self.tokenizer(masks: masks), to: "tokenizer/tokenizer.json")
    let parts = [records.count * 6 / 10, records.count * 8 / 10]
    train = try Self.write(records[..<parts[0]], to: "\(folder.path)/train.jsonl")
    validation = try Self.write(
      records[parts[0]..<parts[1]], to: "\(folder.path)/validation.jsonl")
    test = try Self.write(records[parts[1]...], to: "\(folder.path)/test.jsonl")
  }

  static func write(_ records: ArraySlice<Record>, to path: String) throws -> RecordCollection {
    let lines = records.map { JSONValue.object($0.object).text + "\n" }.joined()
    try AtomicFile.write(lines.utf8, to: path)
    return RecordCollection(path: path, count: records.count, threads: 2)
  }

  func context(_ run: String, seed: UInt64 = 42) -> TrainingContext {
    TrainingContext(
      seed: seed, folder: "\(folder.path)/\(run)", tokenizer: "\(folder.path)/tokenizer")
  }

  func session(_ run: String, _ json: JSONValue) throws -> TrainingSession {
    try TrainingSession(
      options: options(json), train: train, validation: validation, context(run))
  }

  /// Trains and returns the result with every event.
  @discardableResult
  func run(_ run: String, _ json: JSONValue) throws -> (
    result: TrainingResult, events: [TrainingEvent]
  ) {
    var events: [TrainingEvent] = []
    let result = try session(run, json).run { events.append($0) }
    return (result, events)
  }

  /// Trains as `whole`, copying the run's folder after checkpoints as a kill would leave it.
  /// - Parameter every: Only steps that this divides.
  /// - Returns: The names of the copies, `killed-STEP`.
  func copies(_ json: JSONValue, every: Int = 1) throws -> [String] {
    var copies: [String] = []
    _ = try session("whole", json).run { event in
      guard case .saved(let step, _) = event, step.isMultiple(of: every) else { return }
      let copy = "killed-\(step)"
      try? FileManager.default.copyItem(
        atPath: "\(folder.path)/whole", toPath: "\(folder.path)/\(copy)")
      copies.append(copy)
    }
    return copies
  }

  /// The words of the small tokenizer.
  static let words =
    ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "<|endoftext|>"]
    + (0..<40).map { "w\($0)" } + ["Instruction", "Response", "Input", "#", ":", "."]

  private static func tokenizer(masks: Bool) -> String {
    let words = masks ? words + ["[MASK]"] : words
    func special(_ id: Int) -> JSONValue {
      [
        "id": .integer(id), "content": .string(words[id]), "single_word": false, "lstrip": false,
        "rstrip": false, "normalized": false, "special": true,
      ]
    }
    let json: JSONValue = [
      "version": "1.0", "truncation": nil, "padding": nil,
      "added_tokens": .array((Array(0..<5) + (masks ? [words.count - 1] : [])).map(special)),
      "normalizer": nil,
      "pre_tokenizer": ["type": "Whitespace"], "post_processor": nil, "decoder": nil,
      "model": [
        "type": "WordLevel", "unk_token": "[UNK]",
        "vocab": .object(JSONObject(words.enumerated().map { ($1, .integer($0)) })),
      ],
    ]
    return json.text
  }
}

extension Workshop {
  /// Texts whose first words tell their class, with other words between.
  static func classified(_ count: Int, classes: [String] = ["ear", "eye", "skin"]) -> [Record] {
    (0..<count).map { index in
      var random = CounterRandom(seed: 9, purpose: "test", record: String(index))
      let kind = index % classes.count
      let words = (0..<3 + random.below(9)).map { place in
        place == 0 || random.uniform() < 0.4
          ? "w\(kind * 3 + random.below(3))" : "w\(10 + random.below(30))"
      }
      return .text(
        words.joined(separator: " "), id: "test:\(index)", label: classes[kind])
    }
  }

  /// Instructions that are answered by counting on.
  static func instructions(_ count: Int) -> [Record] {
    (0..<count).map { index in
      let start = index % 6
      let answer = (1...4).map { "w\(start + $0)" }.joined(separator: " ")
      return .instruction("w\(start)", output: answer, id: "test:\(index)")
    }
  }
}

/// A small encoder and a small decoder with random weights.
let smallEncoder: JSONValue = ["bert": ["layers": 2, "width": 16, "heads": 2, "context": 32]]
let smallDecoder: JSONValue = ["gpt2": ["layers": 2, "width": 32, "heads": 2, "context": 64]]

/// Options of a small classification run, with changes.
func classification(_ changes: JSONObject = [:]) -> JSONValue {
  var object: JSONObject = [
    "model": "scratch", "architecture": smallEncoder, "epochs": 3, "batch-size": 8,
    "learning-rate": 0.005, "logging-steps": 1,
  ]
  object.merge(changes)
  return .object(object)
}

/// Options of a small causal run, with changes.
func causal(_ changes: JSONObject = [:]) -> JSONValue {
  var object: JSONObject = [
    "model": "scratch", "architecture": smallDecoder, "objective": "causal", "epochs": 4,
    "batch-size": 8, "learning-rate": 0.01, "logging-steps": 1,
  ]
  object.merge(changes)
  return .object(object)
}

/// The losses of every step.
func losses(_ events: [TrainingEvent]) -> [Float] {
  events.compactMap { if case .stepped(let report) = $0 { report.loss } else { nil } }
}

/// The contents of the files below a folder that end in a name.
func contents(_ folder: String, _ names: [String]) throws -> [[UInt8]] {
  try names.map { try FileReader.contents("\(folder)/\($0)") }
}
