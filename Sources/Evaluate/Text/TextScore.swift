public import Records

/// What a text metric found.
public struct TextScore: Sendable {
  /// The metric's name.
  public let name: String
  /// The score of all records.
  public let score: Double
  /// The settings behind it.
  public let signature: String
  /// What each record adds; nil for metrics of the texts as a whole, such as distinct-n.
  public let measurement: CorpusMeasurement?
  /// What is told of each record besides, under a key of its line: the facts of a text; nil where
  /// nothing is.
  public internal(set) var details: (key: String, values: [JSONValue])?

  /// - Parameter name: Replaces the metric's own, which may say a setting too: `chrf+`.
  init(_ measurement: CorpusMeasurement, name: String? = nil) {
    self.name = name ?? measurement.metric.name
    score = measurement.score
    signature = measurement.metric.signature
    self.measurement = measurement
  }

  init(name: String, score: Double, signature: String) {
    (self.name, self.score, self.signature, measurement) = (name, score, signature, nil)
  }
}

extension [TextScore] {
  /// The same as findings of a metric of any kind; what has no finite score says so.
  public var entries: [Evaluation.Entry] {
    map { score in
      Evaluation.Entry(
        name: score.name,
        measurement: .number(score.score, orElse: "the texts define no \(score.name)"))
    }
  }
}
