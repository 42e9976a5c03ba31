public import Evaluate
public import Records
import Stages

/// How often two classifiers or judges say the same of JSON lines, and of which they do not.
///
/// ```swift
/// let agreement = try ClassifierAgreement(.judge("a.yaml"), .model("runs/entailment"))
/// print(try agreement.run(input: "pairs.jsonl").kappa)
/// ```
/// Memory holds two numbers a line, and the lines they differ on.
public struct ClassifierAgreement: Sendable {
  /// A line on which they differ.
  public struct Difference: Sendable {
    /// The line's number, from 1.
    public let line: Int
    /// What the first and the second say.
    public let labels: [String]
    /// The line.
    public let record: JSONObject

    /// The difference as JSON.
    public var json: JSONValue {
      [
        "line": .integer(line), "labels": .array(labels.map { .string($0) }),
        "record": .object(record),
      ]
    }
  }

  /// What was found.
  public struct Result: Sendable {
    /// How many lines both were asked.
    public let records: Int
    /// On how many they say the same.
    public let equal: Int
    /// Agreement beyond chance: Cohen's kappa; NaN where both name one class alone, or nothing was asked.
    public let kappa: Double
    /// The lines on which they differ, in order.
    public let differing: [Difference]

    /// The share of lines on which they say the same; NaN without lines.
    public var agreement: Double { Double(equal) / Double(records) }

    /// All of it as JSON; null for what is undefined.
    public var json: JSONValue {
      func number(_ value: Double) -> JSONValue { value.isFinite ? .real(value) : .null }
      return [
        "records": .integer(records), "agreement": number(agreement), "kappa": number(kappa),
        "differing": .array(differing.map(\.json)),
      ]
    }
  }

  private let first: ClassifyFilter
  private let second: ClassifyFilter
  /// The classes of both.
  private let labels: [String]

  /// Finds two classifiers, or reads the files of judges.
  /// - Throws: As ``ClassifyFilter``; `Diagnostic` for two that have no class in common, or one whose texts
  ///   may have several.
  public init(_ first: ClassifierSource, _ second: ClassifierSource) throws {
    (self.first, self.second) = (try ClassifyFilter(first), try ClassifyFilter(second))
    for filter in [self.first, self.second] where filter.isMultiLabel {
      throw Diagnostic(
        "texts may have several classes of \(filter.name), which no agreement is counted of",
        remedy: "name classifiers of one class a text")
    }
    let known = Set(self.first.labels.map { ByteKey($0) })
    let others = self.second.labels.filter { !known.contains(ByteKey($0)) }
    guard others.count < self.second.labels.count else {
      throw Diagnostic(
        "\(self.first.name) and \(self.second.name) have no class in common: "
          + "\(self.first.labels.joined(separator: ", ")) and \(others.joined(separator: ", "))",
        remedy: "give both the same labels")
    }
    labels = self.first.labels + others
  }

  /// Asks both of every line of `input`; `-` is standard input.
  /// - Throws: `StageError` naming the line and field at fault, `TextModelError` where one cannot answer.
  public func run(input: String) throws -> Result {
    let places = Dictionary(
      uniqueKeysWithValues: labels.enumerated().map { (ByteKey($0.element), $0.offset) })
    var (one, other): ([Int], [Int]) = ([], [])
    var differing: [Difference] = []
    var lines: [ClassifyFilter.Line] = []
    try LineBatches.forEachLine(of: input) { bytes, source in
      lines.append((try InputLine.object(bytes, at: source), source))
    } between: {
      for (line, labels) in zip(
        lines, zip(try first.labels(of: lines), try second.labels(of: lines)))
      {
        one.append(places[ByteKey(labels.0), default: 0])
        other.append(places[ByteKey(labels.1), default: 0])
        if one.last != other.last {
          differing.append(
            Difference(
              line: line.source.line, labels: [labels.0, labels.1], record: line.object))
        }
      }
      lines = []
    }
    let counts = ClassificationOutcomes(
      labels: labels, references: one, predictions: other, scores: nil
    ).counts
    return Result(
      records: counts.count, equal: counts.hits, kappa: counts.kappa, differing: differing)
  }
}
