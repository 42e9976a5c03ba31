import Evaluate
import Records
import Stages

/// One line of `predictions.jsonl`: what was asked of a run, and what it said.
struct PredictedRecord: Sendable {
  /// What a run says of a record.
  enum Answer: Sendable {
    /// A class, the scores of all classes in the order of the file's, and the loss.
    case label(String, scores: [Float]?, loss: Double?)
    /// A text: what its tokens cost, and what was written instead.
    case text(LanguageOutcomes, generated: String?)
  }

  let id: String
  let input: String
  let reference: String
  let answer: Answer
  /// What the text has to mention; nil where the line does not say.
  let keywords: [String]?
  /// The scores of metrics of texts that the line holds, by name; NaN where a text states no fact, of which
  /// there is no share.
  let textScores: [String: Double]

  /// Reads a line.
  ///
  /// - Parameter classes: the classes that scores are given for; nil until a line has named them.
  /// - Throws: `Diagnostic` that names the record, the field and what is wrong with it.
  init(_ json: JSONValue, classes: inout [String]?) throws(Diagnostic) {
    guard let id = json["id"]?.string else {
      throw Diagnostic("the line has no id", path: "id", remedy: Self.remedy)
    }
    guard let reference = json["reference"]?.string else {
      throw Diagnostic("record \(id) has no reference", path: "reference", remedy: Self.remedy)
    }
    self.id = id
    self.reference = reference
    input = json["input"]?.string ?? ""
    keywords = json["keywords"]?.array.map { $0.compactMap(\.string) }
    textScores = Self.textScores(json)
    if let prediction = json["prediction"]?.string {
      let scores = try Self.scores(json["scores"], of: id, classes: &classes)
      try Self.check(reference, prediction, of: id, classes: classes)
      answer = .label(prediction, scores: scores, loss: try Self.loss(json, of: id))
    } else {
      answer = try Self.text(json, of: id)
    }
  }

  private static let remedy = "name a predictions.jsonl that 'anneal run' wrote"

  /// Beyond this many tokens or bytes of a record, a file was not written by a run.
  private static let countLimit = 1 << 40

  private static func text(_ json: JSONValue, of id: String) throws(Diagnostic) -> Answer {
    guard let loss = try loss(json, of: id), let tokens = json["tokens"]?.int, tokens >= 0 else {
      throw Diagnostic(
        "record \(id) has neither a prediction nor the loss of its tokens", path: "prediction",
        remedy: remedy)
    }
    let bytes = json["bytes"]?.int.flatMap { $0 >= 0 ? $0 : nil }
    for (count, what) in [(tokens, "tokens"), (bytes ?? 0, "bytes")] where count >= countLimit {
      throw Diagnostic(
        "record \(id) has \(count) \(what), which no text has", path: what, remedy: remedy)
    }
    return .text(
      LanguageOutcomes(totalLoss: loss, tokens: tokens, bytes: bytes),
      generated: json["generated"]?.string)
  }

  /// The scores of a line of texts; those of a line of classes are the classes'.
  private static func textScores(_ json: JSONValue) -> [String: Double] {
    guard json["generated"] != nil, let object = json["scores"]?.object else { return [:] }
    return Dictionary(
      object.members.compactMap { member in
        let isLeftOut = member.value.isNull && PairedPredictions.leavesTextsOut(member.key)
        return (isLeftOut ? .nan : member.value.double).map { (member.key, $0) }
      },
      uniquingKeysWith: { first, _ in first })
  }

  private static func loss(_ json: JSONValue, of id: String) throws(Diagnostic) -> Double? {
    guard let loss = json["loss"] else { return nil }
    guard let number = loss.double, number.isFinite else {
      throw Diagnostic(
        "the loss of record \(id) is not a number", path: "loss",
        remedy: "the training diverged: lower its learning rate and run it again")
    }
    return number
  }

  private static func scores(
    _ json: JSONValue?, of id: String, classes: inout [String]?
  ) throws(Diagnostic) -> [Float]? {
    guard let json, !json.isNull else { return nil }
    guard let object = json.object else {
      throw Diagnostic(
        "the scores of record \(id) are \(json.kindName), not an object", path: "scores",
        remedy: remedy)
    }
    let names = classes ?? object.members.map(\.key)
    classes = names
    guard object.members.count == names.count else {
      throw Diagnostic(
        "record \(id) has \(object.members.count) scores, earlier ones \(names.count)",
        path: "scores", remedy: "compare predictions of one model")
    }
    var scores: [Float] = []
    for (place, name) in names.enumerated() {
      // Lines name the classes in one order: looking each up would take the square of their number.
      let member = object.members[place]
      guard let score = member.key.hasSameBytes(as: name) ? member.value : object[name] else {
        throw Diagnostic(
          "record \(id) has no score of class '\(name)'", path: "scores",
          remedy: "compare predictions of one model")
      }
      guard let number = score.double, number.isFinite else {
        throw Diagnostic(
          "the score of class '\(name)' of record \(id) is not a number", path: "scores",
          remedy: "the training diverged: lower its learning rate and run it again")
      }
      let rounded = Float(number)
      guard rounded.isFinite else {
        throw Diagnostic(
          "the score \(number) of class '\(name)' of record \(id) is more than 32 bits hold",
          path: "scores", remedy: remedy)
      }
      scores.append(rounded)
    }
    return scores
  }

  /// A class without a score is one that the model has never seen.
  private static func check(
    _ reference: String, _ prediction: String, of id: String, classes: [String]?
  ) throws(Diagnostic) {
    guard let classes else { return }
    for (name, what) in [(reference, "reference"), (prediction, "prediction")]
    where !classes.contains(where: { $0.hasSameBytes(as: name) }) {
      throw Diagnostic(
        "the \(what) '\(name)' of record \(id) is none of the model's classes "
          + "(\(classes.prefix(8).joined(separator: ", "))\(classes.count > 8 ? ", …" : ""))",
        path: what, remedy: "train on records of every class that the test side holds")
    }
  }
}
