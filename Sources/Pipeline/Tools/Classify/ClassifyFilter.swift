public import Evaluate
import Records
import Stages

/// Says to which class texts belong: JSON lines in, labels and probabilities out, one line for one line.
///
/// ```swift
/// let filter = try ClassifyFilter(.model("runs/entailment"))
/// try filter.run(input: "-") { write($0) }
/// ```
public struct ClassifyFilter: Sendable {
  private enum Asked {
    case model(ModelClassifier)
    case judge(any Judge)
  }

  private let asked: Asked

  /// Finds a classifier, or reads the file of a judge.
  /// - Throws: `ModelError` for a model that is none, `Diagnostics` for a file that is wrong.
  public init(_ source: ClassifierSource) throws {
    switch source {
    case .model(let name): asked = .model(try ModelClassifier(model: name, base: nil))
    case .judge(let file): asked = .judge(try EndpointJudge(labelling: file))
    }
  }

  /// Reads `input` (`-` is standard input) and calls `write` with a line for each line.
  /// - Throws: `StageError` naming the line and field at fault; the batches before it are written.
  public func run(input: String, write: ([UInt8]) throws -> Void) throws {
    var lines: [Line] = []
    try LineBatches.forEachLine(of: input) { bytes, source in
      lines.append((try InputLine.object(bytes, at: source), source))
    } between: {
      for line in try results(lines) {
        try write(JSONValue.object(line).bytes + [UInt8(ascii: "\n")])
      }
      lines = []
    }
  }

  private func results(_ lines: [Line]) throws -> [JSONObject] {
    switch asked {
    case .model(let model):
      return try probabilities(of: lines, model).map { Self.line(model, $0) }
    case .judge:
      return try labels(of: lines).map { ["label": .string($0)] }
    }
  }

  // MARK: - Classes

  /// A line with its place.
  typealias Line = (object: JSONObject, source: Source)

  /// The classifier or judge as signatures name it.
  var name: String {
    switch asked {
    case .model(let model): model.name
    case .judge(let judge): judge.name
    }
  }

  /// The classes.
  var labels: [String] {
    switch asked {
    case .model(let model): model.labels
    case .judge(let judge): judge.labels
    }
  }

  /// Whether a text may have several classes, or none.
  var isMultiLabel: Bool {
    if case .model(let model) = asked { model.isMultiLabel } else { false }
  }

  /// The likeliest class of each line.
  func labels(of lines: [Line]) throws -> [String] {
    switch asked {
    case .model(let model):
      return try probabilities(of: lines, model).map { model.labels[Self.best($0)] }
    case .judge(let judge):
      let questions = try lines.map { try Self.fields(judge.fields, $0.object, $0.source) }
      return try judge.verdicts(questions).map { judge.labels[$0] }
    }
  }

  private func probabilities(of lines: [Line], _ model: ModelClassifier) throws -> [[Float]] {
    try model.probabilities(of: lines.map { try Self.text($0.object, $0.source) })
  }

  private static func best(_ row: [Float]) -> Int { row.indices.max { row[$0] < row[$1] } ?? 0 }

  // MARK: - Lines

  /// The likeliest class, or all that apply where a text may have several, and all probabilities.
  private static func line(_ model: ModelClassifier, _ row: [Float]) -> JSONObject {
    let scores = JSONObject(zip(model.labels, row).map { ($0, JSONValue.single($1)) })
    guard model.isMultiLabel else {
      return ["label": .string(model.labels[best(row)]), "scores": .object(scores)]
    }
    let own = row.indices.filter { Double(row[$0]) >= ClassifierScore.even }
    return [
      "labels": .array(own.map { .string(model.labels[$0]) }), "scores": .object(scores),
    ]
  }

  private static let pairs = [
    ("premise", "text"), ("sentence1", "sentence2"), ("premise", "hypothesis"),
  ]

  /// The text of a line, or a pair under one of its usual names.
  private static func text(_ line: JSONObject, _ source: Source) throws(StageError)
    -> ClassifiedText
  {
    for (first, second) in pairs where line[first] != nil && line[second] != nil {
      return ClassifiedText(
        try field(first, line, source), pair: try field(second, line, source))
    }
    return ClassifiedText(try field("text", line, source))
  }

  /// The fields that a prompt has places for.
  private static func fields(
    _ names: [String], _ line: JSONObject, _ source: Source
  ) throws(StageError) -> [String: String] {
    var values: [String: String] = [:]
    for name in names { values[name] = try field(name, line, source) }
    return values
  }

  private static func field(
    _ name: String, _ line: JSONObject, _ source: Source
  ) throws(StageError) -> String {
    guard let value = line[name] else {
      throw StageError(
        "missing-field", "is missing", source: source, field: name,
        remedy: Suggestion.remedy(for: name, among: line.keys))
    }
    guard let text = value.string else {
      throw StageError(
        "invalid-record", "is \(value.kindName), not a text", source: source, field: name)
    }
    return text
  }
}
