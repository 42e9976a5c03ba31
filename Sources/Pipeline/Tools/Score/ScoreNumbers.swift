import Evaluate
import Records
import Stages

/// Reads the lines of two files as true and predicted numbers.
struct ScoreNumbers {
  let reference: ScoreFile
  let hypothesis: ScoreFile
  let referenceField: String?
  let hypothesisField: String?

  /// The numbers of all records.
  func outcomes() throws(StageError) -> NumberOutcomes {
    var expected: [Double] = []
    var predicted: [Double] = []
    for record in 0..<hypothesis.count {
      expected.append(try number(reference, record, referenceField))
      predicted.append(try number(hypothesis, record, hypothesisField))
    }
    return NumberOutcomes(references: expected, predictions: predicted)
  }

  private func number(
    _ file: ScoreFile, _ record: Int, _ field: String?
  ) throws(StageError) -> Double {
    let value = try file.value(record, field: field)
    let text = value.string?.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    guard let number = value.double ?? text.flatMap({ Double($0) }), number.isFinite else {
      throw StageError(
        "invalid-score", "is no finite number", source: file.source(record), field: field)
    }
    return number
  }
}
