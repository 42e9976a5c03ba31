/// How much a disagreement of two classes counts in Cohen's kappa.
public enum KappaWeight: String, Sendable, CaseIterable {
  /// Every disagreement alike.
  case none
  /// By the distance of the classes in the order of the labels.
  case linear
  /// By the square of that distance.
  case quadratic

  fileprivate func of(_ distance: Int) -> Double {
    switch self {
    case .none: distance == 0 ? 0 : 1
    case .linear: Double(abs(distance))
    case .quadratic: Double(distance * distance)
    }
  }
}

extension ClassCounts {
  /// Agreement beyond chance of references and predictions: Cohen (1960).
  ///
  /// NaN where both sides name the same single class only, as in scikit-learn's `cohen_kappa_score`.
  public var kappa: Double {
    let records = Double(count)
    let expected = (records * records - agreementByChance) / records
    return expected == 0 ? .nan : 1 - Double(count - hits) / expected
  }
}

extension ConfusionMatrix {
  /// Cohen's kappa with weighted disagreements, for classes that have an order.
  ///
  /// As in scikit-learn, a class that occurs on neither side does not widen distances.
  public func kappa(_ weight: KappaWeight) -> Double {
    let rows = rows
    let supports = rows.map { $0.reduce(0, +) }
    let predicted = labels.indices.map { column in rows.reduce(0) { $0 + $1[column] } }
    let present = labels.indices.filter { supports[$0] + predicted[$0] > 0 }
    let records = Double(supports.reduce(0, +))
    var observed = 0.0
    var expected = 0.0
    for (place, reference) in present.enumerated() {
      for (other, prediction) in present.enumerated() {
        let cost = weight.of(place - other)
        observed += cost * Double(rows[reference][prediction])
        expected += cost * Double(supports[reference]) * Double(predicted[prediction]) / records
      }
    }
    return expected == 0 ? .nan : 1 - observed / expected
  }
}

let kappaMetrics: [MetricDescriptor] =
  [
    MetricDescriptor(
      name: "kappa", summary: "Cohen's kappa: agreement with the true classes beyond chance.",
      direction: .greater
    ) { (counts: ClassCounts) in .number(counts.kappa, orElse: oneClassAlone) }
  ]
  + [KappaWeight.linear, .quadratic].map { weight in
    MetricDescriptor(
      name: "kappa.\(weight.rawValue)",
      summary: "Cohen's kappa of ordered classes, \(weight.rawValue) in the distance of a mistake.",
      direction: .greater
    ) { .number($0.confusion.kappa(weight), orElse: oneClassAlone) }
  }

private let oneClassAlone = "references and predictions name one class alone"
