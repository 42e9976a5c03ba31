/// Precision, recall and F1, each in every average, such as `f1.weighted`.
let rateMetrics: [MetricDescriptor] = ClassRate.allCases.flatMap { rate in
  Average.allCases.map { average in rateMetric(rate, average: average) }
}

private func rateMetric(_ rate: ClassRate, average: Average) -> MetricDescriptor {
  let name = "\(rate.rawValue).\(average.rawValue)"
  return MetricDescriptor(
    name: name, summary: "\(rate.summary) \(average.summary).", direction: .greater,
    binaryOnly: average == .binary
  ) { (counts: ClassCounts) in
    guard average != .binary || counts.tallies.count == 2 else {
      return .unavailable("\(name) needs two classes; there are \(counts.tallies.count)")
    }
    return .number(
      counts.rate(rate, average: average), orElse: "no class defines \(rate.rawValue)")
  }
}

extension ClassRate {
  fileprivate var summary: String {
    switch self {
    case .precision: "Share of predictions of a class that are right,"
    case .recall: "Share of a class's records that are found,"
    case .f1: "Harmonic mean of precision and recall,"
    }
  }
}

extension Average {
  fileprivate var summary: String {
    switch self {
    case .binary: "of the positive class of two"
    case .micro: "over all decisions pooled"
    case .macro: "averaged over classes"
    case .weighted: "averaged over classes by their number of records"
    }
  }
}
