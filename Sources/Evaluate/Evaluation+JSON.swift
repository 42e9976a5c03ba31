public import Records

extension Evaluation {
  /// One side's object in `metrics.json`.
  ///
  /// Numbers stand under their metric's name; `confusion` is `{"labels", "counts"}`, `classes` one
  /// object a class, `calibration` one object a bin. `unavailable` and `notes`, present when there are any, explain by
  /// name, and `signatures` say the settings behind metrics of texts.
  public var json: JSONValue {
    var object = JSONObject()
    for entry in entries {
      switch entry.measurement.value {
      case .number(let number): object[entry.name] = .real(number)
      case .confusion(let matrix): object[entry.name] = matrix.json
      case .classes(let classes): object[entry.name] = Self.json(classes)
      case .calibration(let calibration): object[entry.name] = calibration.json
      case .unavailable: break
      }
    }
    let reasons = unavailable.map { ($0.name, JSONValue.string($0.reason)) }
    if !reasons.isEmpty { object["unavailable"] = .object(JSONObject(reasons)) }
    let notes = entries.compactMap { entry in
      entry.measurement.note.map { (entry.name, JSONValue.string($0)) }
    }
    if !notes.isEmpty { object["notes"] = .object(JSONObject(notes)) }
    if !signatures.isEmpty {
      object["signatures"] = .object(JSONObject(signatures.map { ($0, .string($1)) }))
    }
    return .object(object)
  }

  private static func json(_ classes: [ClassScore]) -> JSONValue {
    .object(
      JSONObject(
        classes.map { row in
          let scores: JSONValue = [
            "precision": .real(row.precision), "recall": .real(row.recall), "f1": .real(row.f1),
            "support": .integer(row.support),
          ]
          return (row.label, scores)
        }))
  }
}

extension ConfusionMatrix {
  fileprivate var json: JSONValue {
    [
      "labels": .array(labels.map { .string($0) }),
      "counts": .array(rows.map { row in .array(row.map { .integer($0) }) }),
    ]
  }
}

extension Calibration {
  fileprivate var json: JSONValue {
    .array(
      bins.enumerated().map { place, bin in
        [
          "from": .real(Double(place) / Double(bins.count)),
          "to": .real(Double(place + 1) / Double(bins.count)), "records": .integer(bin.count),
          "accuracy": .real(bin.accuracy), "confidence": .real(bin.meanConfidence),
        ]
      })
  }
}
