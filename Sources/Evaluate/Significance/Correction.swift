/// How p-values grow because many were computed: the more one looks, the more chance finds.
public enum Correction: String, Sendable, CaseIterable {
  /// As they are.
  case none
  /// Times their number: the chance of any false find stays below the level.
  case bonferroni
  /// The same promise by steps from the smallest, never larger: Holm (1979).
  case holm
  /// The expected share of false finds among finds stays below the level: Benjamini and Hochberg
  /// (1995), for p-values that are independent or rise together.
  case benjaminiHochberg = "benjamini-hochberg"

  /// The p-values to hold against the level, in the order given; NaN stays and is not counted.
  public func adjusted(_ pValues: [Double]) -> [Double] {
    let order = pValues.indices.filter { !pValues[$0].isNaN }
      .sorted { (pValues[$0], $0) < (pValues[$1], $1) }
    let count = Double(order.count)
    var adjusted = pValues
    switch self {
    case .none: break
    case .bonferroni:
      for index in order { adjusted[index] = min(1, pValues[index] * count) }
    case .holm:
      var largest = 0.0
      for (rank, index) in order.enumerated() {
        largest = max(largest, pValues[index] * (count - Double(rank)))
        adjusted[index] = min(1, largest)
      }
    case .benjaminiHochberg:
      var smallest = 1.0
      for (rank, index) in order.enumerated().reversed() {
        smallest = min(smallest, pValues[index] * count / Double(rank + 1))
        adjusted[index] = smallest
      }
    }
    return adjusted
  }
}
