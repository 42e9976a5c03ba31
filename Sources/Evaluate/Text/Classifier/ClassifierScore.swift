public import Stages

/// How sure a classifier is that texts are of a class: that they are toxic, or follow from a source.
///
///     let score = ClassifierScore(name: "toxicity", classifier: model, label: 1)
///     for score in try score.measure(TextMaterial(corpus)) { print(score.name, score.score) }
///
/// `NAME` is the mean probability of the class (of FactCC's CORRECT, of `evaluate`'s toxic), `NAME_ratio`
/// the share of texts that are of it, `NAME_max` the highest probability; all from 0 to 100. A text with
/// several premises takes that which it follows from best.
public struct ClassifierScore: Sendable {
  /// What a text is compared with.
  public enum Premise: String, Sendable, CaseIterable {
    /// The references.
    case reference
    /// What was asked.
    case input
    /// What the record gives to answer from.
    case context
  }

  /// The metric's name, with which those of its parts begin.
  public let name: String
  /// Which way is better.
  public let direction: MetricDirection
  /// What judges texts.
  public let classifier: any TextClassifier
  /// The place of the class that counts among the classifier's labels.
  public let label: Int
  /// The probability from which on a text is of the class; nil where it must be the likeliest.
  ///
  /// Where a text may have several classes it is ``even`` unless another is given.
  public let threshold: Double?
  /// What texts are compared with; nil where they stand alone.
  public let premise: Premise?

  /// The probability from which on a class is likelier to apply than not.
  public static let even = 0.5

  /// Sets the metric up.
  ///
  /// - Precondition: `label` is a place among the classifier's labels.
  public init(
    name: String, direction: MetricDirection = .lower, classifier: any TextClassifier, label: Int,
    threshold: Double? = nil, premise: Premise? = nil
  ) {
    precondition(
      classifier.labels.indices.contains(label), "no label \(label) of \(classifier.labels)")
    (self.name, self.direction, self.classifier) = (name, direction, classifier)
    self.threshold = threshold ?? (classifier.isMultiLabel ? Self.even : nil)
    (self.label, self.premise) = (label, premise)
  }

  /// Judges every text: the mean, the share and the highest probability, in this order.
  ///
  /// - Throws: `TextModelError` where the classifier cannot judge, or records lack a premise.
  public func measure(_ material: TextMaterial) throws -> [TextScore] {
    let premises = try premises(material)
    let texts = (0..<material.corpus.count).flatMap { record -> [ClassifiedText] in
      let text = material.corpus.hypotheses[record]
      guard let premises else { return [ClassifiedText(text)] }
      return premises[record].map { ClassifiedText($0, pair: text) }
    }
    var found = try classifier.probabilities(of: texts)[...]
    var values: [Double] = []
    var members: [Double] = []
    for record in 0..<material.corpus.count {
      let own = found.prefix(premises?[record].count ?? 1)
      found = found.dropFirst(own.count)
      values.append(own.map { Double($0[label]) }.max() ?? .nan)
      members.append(own.contains(where: isMember) ? 1 : 0)
    }
    return [
      TextScore(metric(name).measurement(of: values)),
      TextScore(metric("\(name)_ratio").measurement(of: members)),
      TextScore(
        name: "\(name)_max", score: 100 * (values.max() ?? .nan), signature: signature),
    ]
  }

  private func isMember(_ probabilities: [Float]) -> Bool {
    guard let threshold else { return probabilities.max() == probabilities[label] }
    return Double(probabilities[label]) >= threshold
  }

  private func metric(_ name: String) -> MeanMetric {
    MeanMetric(name: name, signature: signature, direction: direction)
  }

  private var signature: String {
    "model:\(classifier.name)|label:\(classifier.labels[label])"
      + "|threshold:\(threshold.map { "\($0)" } ?? "likeliest")"
      + (premise.map { "|against:\($0.rawValue)" } ?? "")
  }

  /// The texts that each is compared with; nil where they stand alone.
  private func premises(_ material: TextMaterial) throws(TextModelError) -> [[String]]? {
    switch premise {
    case nil: return nil
    case .reference:
      return (0..<material.corpus.count).map { material.corpus.references(of: $0) }
    case .input: return try single(material.inputs, "input")
    case .context: return try single(material.contexts, "context")
    }
  }

  private func single(
    _ texts: [String?]?, _ field: String
  ) throws(TextModelError) -> [[String]] {
    guard let texts else { throw lack(field, "the records have") }
    var premises: [[String]] = []
    for (record, text) in texts.enumerated() {
      guard let text else { throw lack(field, "record \(record + 1) has") }
      premises.append([text])
    }
    return premises
  }

  private func lack(_ field: String, _ who: String) -> TextModelError {
    TextModelError(
      "metric '\(name)' compares with the \(field), and \(who) none",
      remedy: "give each record the field '\(field)', or compare with another: "
        + "{\(name): {against: reference}}")
  }
}
