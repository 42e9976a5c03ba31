import Evaluate
public import Records

/// A record on which two runs differ.
public struct RecordDifference: Sendable {
  /// The record's id.
  public let id: String
  /// What was asked.
  public let input: String
  /// The truth.
  public let reference: String
  /// What the first run said: a class or a text; nil where it only read.
  public let baseline: String?
  /// What the second run said.
  public let system: String?
  /// How much better the second run is: in the probability of the true class, or in nats a token.
  public let gain: Double

  /// The record as JSON.
  public var json: JSONValue {
    [
      "id": .string(id), "input": .string(input), "reference": .string(reference),
      "baseline": baseline.map { .string($0) } ?? .null,
      "system": system.map { .string($0) } ?? .null, "gain": .real(gain),
    ]
  }
}

extension PairedPredictions {
  /// Every record on which the runs differ, the largest difference first.
  ///
  /// Classifiers differ where they name different classes, by what they give the true one; language
  /// models by their mean loss a token.
  var differences: [RecordDifference] {
    zip(first, second).enumerated()
      .compactMap { place, pair in difference(pair.0, pair.1).map { (place, $0) } }
      .sorted { (-abs($0.1.gain), $0.0) < (-abs($1.1.gain), $1.0) }
      .map(\.1)
  }

  private func difference(_ one: PredictedRecord, _ other: PredictedRecord) -> RecordDifference? {
    let (baseline, system, gain): (String?, String?, Double)
    switch (one.answer, other.answer) {
    case (.label(let first, _, _), .label(let second, _, _)):
      guard !first.hasSameBytes(as: second) else { return nil }
      (baseline, system) = (first, second)
      gain = trust(other, isSecond: true) - trust(one, isSecond: false)
    case (.text(let first, let text), .text(let second, let otherText)):
      (baseline, system) = (text, otherText)
      gain = first.meanLoss - second.meanLoss
      guard gain.isFinite, gain != 0 || text != otherText else { return nil }
    default: return nil
    }
    return RecordDifference(
      id: one.id, input: one.input, reference: one.reference, baseline: baseline, system: system,
      gain: gain)
  }

  /// What a run gives the true class: its probability, or 1 and 0 without scores.
  private func trust(_ record: PredictedRecord, isSecond: Bool) -> Double {
    guard case .label(let prediction, let scores, _) = record.answer else { return 0 }
    guard let scores, let names = isSecond ? classes.second : classes.first,
      let place = names.firstIndex(where: { $0.hasSameBytes(as: record.reference) })
    else { return prediction.hasSameBytes(as: record.reference) ? 1 : 0 }
    return Double(scores[place])
  }
}
