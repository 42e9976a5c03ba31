import Evaluate
import Records

/// One line of `predictions.jsonl`.
struct Example {
  /// What was predicted.
  enum Outcome {
    /// A class.
    case label(String)
    /// A text.
    case text(String)
    /// The mean loss a token, in nats, of so many tokens.
    case passage(meanLoss: Double, tokens: Int)
  }

  let id: String
  let input: String
  let reference: String
  let outcome: Outcome
  /// Probabilities of classes, or metrics of a text, in the file's order.
  let scores: [(name: String, value: Double)]

  /// Nil for a line with neither a prediction nor a loss.
  init?(_ json: JSONValue) {
    id = Self.text(json["id"])
    input = Self.text(json["input"])
    reference = Self.text(json["reference"])
    scores = (json["scores"]?.object?.members ?? []).compactMap { member in
      member.value.double.map { (member.key, $0) }
    }
    if let generated = json["generated"]?.string, Self.areOfText(json["scores"]) {
      outcome = .text(generated)
    } else if let prediction = json["prediction"] {
      let text = Self.text(prediction)
      outcome = Self.isText(json, text) ? .text(text) : .label(text)
    } else if let loss = json["loss"]?.double, let tokens = json["tokens"]?.count, tokens > 0 {
      outcome = .passage(meanLoss: loss / Double(tokens), tokens: tokens)
    } else {
      return nil
    }
  }

  /// Whether a prediction is a text rather than a class: its scores are metrics, not classes.
  private static func isText(_ json: JSONValue, _ prediction: String) -> Bool {
    json["scores"]?[prediction] == nil && areOfText(json["scores"])
  }

  /// Whether scores are metrics of a text, by one of which it can be ranked.
  private static func areOfText(_ scores: JSONValue?) -> Bool {
    mostTelling(of: scores?.object?.keys ?? []) != nil
  }

  var kind: Predictions.Kind {
    switch outcome {
    case .label: .classes
    case .text: .texts
    case .passage: .passages
    }
  }

  /// What was predicted, where that is a class or a text.
  var prediction: String? {
    switch outcome {
    case .label(let text), .text(let text): text
    case .passage: nil
    }
  }

  /// Whether the prediction is the reference, byte for byte.
  var isRight: Bool { prediction?.hasSameBytes(as: reference) ?? false }

  /// The score of the predicted class; nil without scores.
  var confidence: Double? { prediction.flatMap(score) }

  func score(_ name: String) -> Double? {
    scores.first { $0.name.hasSameBytes(as: name) }?.value
  }

  /// The file that the record came from: `questions.jsonl` of `questions.jsonl:17`.
  var source: String? {
    guard let colon = id.lastIndex(of: ":"), id[id.index(after: colon)...].first?.isNumber == true
    else { return nil }
    return String(id[..<colon])
  }

  /// Metrics by which texts are best ranked, the best first.
  private static let mostTelling = [
    "rougeL", "chrf", "chrf++", "token_f1", "meteor", "bleu", "rougeLsum", "rouge1", "rouge2",
    "exact_match", "bertscore", "embedding_similarity",
  ]

  /// The metric that texts are ranked by, one that compares them with something before one that looks at
  /// them alone; nil where the names are of no metrics of texts.
  static func mostTelling(of names: [String]) -> String? {
    if let best = mostTelling.first(where: names.contains) { return best }
    let known = names.filter { direction(of: $0) != nil }
    return known.first(where: TextMetricSettings().needsReference) ?? known.first
  }

  /// Which way a metric of texts is better; nil for a name that is of none.
  static func direction(of name: String) -> MetricDirection? {
    guard let metric = try? TextMetrics.selector(named: name), metric.name == name else {
      return nil
    }
    return metric.direction
  }

  /// A value as text: a string itself, anything else as JSON.
  private static func text(_ json: JSONValue?) -> String {
    json.map { $0.string ?? $0.text } ?? ""
  }
}
