import Evaluate
import Records
import Stages

/// Reads the lines of two files as true and predicted classes, or as true classes and scores.
struct ScoreLabels {
  let reference: ScoreFile
  let hypothesis: ScoreFile
  let referenceField: String?
  let hypothesisField: String?
  /// All classes in order; nil for those that occur.
  let labels: [String]?

  /// True and predicted classes.
  func outcomes() throws(StageError) -> ClassificationOutcomes {
    var expected: [String] = []
    var predicted: [String] = []
    for record in 0..<hypothesis.count {
      expected.append(try label(reference, record, referenceField))
      predicted.append(try label(hypothesis, record, hypothesisField))
    }
    let classes = labels ?? Self.sorted(expected + predicted)
    return ClassificationOutcomes(
      labels: classes, references: try indices(expected, in: classes, reference, referenceField),
      predictions: try indices(predicted, in: classes, hypothesis, hypothesisField), scores: nil)
  }

  /// True classes and scores.
  ///
  /// - Parameter ranked: whether scores are replaced by their ranks, which order records as the scores
  ///   do: scores may differ by less than a single-precision number tells.
  func scoredOutcomes(ranked: Bool) throws(StageError) -> ClassificationOutcomes {
    var expected: [String] = []
    for record in 0..<reference.count {
      expected.append(try label(reference, record, referenceField))
    }
    var classes = labels ?? Self.sorted(expected)
    var rows: [[Double]] = []
    for record in 0..<hypothesis.count { rows.append(try scores(record, &classes)) }
    let references = try indices(expected, in: classes, reference, referenceField)
    let scores = rows.flatMap { $0 }
    guard ranked else {
      return ClassificationOutcomes(
        labels: classes, references: references, highestOfExact: scores)
    }
    return ClassificationOutcomes(
      labels: classes, references: references, highestOf: Self.ranks(scores))
  }

  /// Numbers of single precision in the order of all scores of all classes, equal ones for equal ones.
  private static func ranks(_ scores: [Double]) -> [Float] {
    var ranks = [Float](repeating: 0, count: scores.count)
    let order = scores.indices.sorted { scores[$0] < scores[$1] }
    // Each rank is the next number there is, of which there are two thousand million.
    var rank = Float.leastNormalMagnitude
    for (place, cell) in order.enumerated() {
      if place > 0, scores[order[place - 1]] < scores[cell] { rank = rank.nextUp }
      ranks[cell] = rank
    }
    return ranks
  }

  // MARK: - Labels

  private func label(
    _ file: ScoreFile, _ record: Int, _ field: String?
  ) throws(StageError) -> String {
    switch try file.value(record, field: field) {
    case .string(let text): return text.trimmingBlanks
    case .number(let number): return Self.literal(number)
    case .bool(let truth): return truth ? "true" : "false"
    case let value:
      throw StageError(
        "invalid-record", "is \(value.kindName), not a class", source: file.source(record),
        field: field)
    }
  }

  /// A number as a class: 1.0 is the class 1.
  private static func literal(_ number: JSONNumber) -> String {
    guard let whole = Int(exactly: number.double) else { return number.literal }
    return "\(whole)"
  }

  /// Distinct labels: whole numbers by value, else by their bytes, which also tell 1 from 01.
  private static func sorted(_ labels: [String]) -> [String] {
    let distinct = Set(labels.map { ByteKey($0) }).map(\.text).sorted {
      $0.utf8.lexicographicallyPrecedes($1.utf8)
    }
    let numbers = distinct.compactMap { label in Int(label).map { (value: $0, label: label) } }
    guard numbers.count == distinct.count else { return distinct }
    return numbers.enumerated()
      .sorted { ($0.element.value, $0.offset) < ($1.element.value, $1.offset) }
      .map(\.element.label)
  }

  private func indices(
    _ found: [String], in classes: [String], _ file: ScoreFile, _ field: String?
  ) throws(StageError) -> [Int] {
    let places = Dictionary(
      classes.enumerated().map { (ByteKey($0.element), $0.offset) },
      uniquingKeysWith: { first, _ in first })
    var indices: [Int] = []
    indices.reserveCapacity(found.count)
    for (record, label) in found.enumerated() {
      guard let place = places[ByteKey(label)] else {
        throw StageError(
          "unknown-label", "'\(label)' is no class", source: file.source(record), field: field,
          remedy: Suggestion.remedy(for: label, among: classes)
            ?? "the classes are \(classes.joined(separator: ", "))")
      }
      indices.append(place)
    }
    return indices
  }

  // MARK: - Scores

  /// A score of each class: a number is the second class's, a list one of each class in order, an
  /// object one of each class by name, where the classes are in the order of labels.
  private func scores(_ record: Int, _ classes: inout [String]) throws(StageError) -> [Double] {
    let field = ["scores", "probabilities"].first { hypothesis.has($0) } ?? hypothesisField
    let value = try hypothesis.value(record, field: field)
    if let object = value.object {
      guard !object.isEmpty else { throw fault("has no scores", record, field) }
      if record == 0, labels == nil { classes = Self.sorted(object.keys) }
      return try scores(object, record, field, classes)
    }
    let numbers: [Double]
    if let list = value.array {
      numbers = list.map { $0.double ?? .nan }
    } else {
      let score = value.double ?? value.string.flatMap { Double($0.trimmingBlanks) }
      guard let score else { throw fault("is no number", record, field) }
      numbers = [1 - score, score]
    }
    guard numbers.allSatisfy(\.isFinite) else {
      throw fault("is not a number, or infinite", record, field)
    }
    guard classes.count > 1 else {
      throw fault(
        "needs two classes, and all records are of \(classes.joined()) "
          + "(name both with --labels)", record, field)
    }
    guard numbers.count == classes.count else {
      throw fault(
        "gives \(value.array == nil ? "one score" : "\(numbers.count) scores") for the classes "
          + classes.joined(separator: ", "), record, field)
    }
    return numbers
  }

  private func scores(
    _ object: JSONObject, _ record: Int, _ field: String?, _ classes: [String]
  ) throws(StageError) -> [Double] {
    var numbers: [Double] = []
    // To look each of many classes up by itself would take the square of their number.
    let members = Dictionary(
      uniqueKeysWithValues: object.members.map { (ByteKey($0.key), $0.value) })
    for label in classes {
      guard let score = members[ByteKey(label)]?.double, score.isFinite else {
        throw fault("has no finite score of class '\(label)'", record, field)
      }
      numbers.append(score)
    }
    return numbers
  }

  private func fault(_ message: String, _ record: Int, _ field: String?) -> StageError {
    StageError("invalid-score", message, source: hypothesis.source(record), field: field)
  }
}

extension String {
  /// The text without blanks and tabs at its ends.
  fileprivate var trimmingBlanks: String {
    var view = utf8[...]
    while let first = view.first, first == 0x20 || first == 0x09 { view.removeFirst() }
    while let last = view.last, last == 0x20 || last == 0x09 || last == 0x0D { view.removeLast() }
    return String(Substring(view))
  }
}
