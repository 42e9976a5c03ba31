extension NumberOutcomes {
  /// The linear correlation of Pearson, from -1 to 1.
  ///
  /// NaN for fewer than two records and where a side is constant: scipy's `pearsonr`.
  public var pearson: Double { Self.pearson(references, predictions) }

  /// The correlation of ranks, ties at their mean rank: scipy's `spearmanr`.
  public var spearman: Double {
    guard isFinite else { return .nan }
    return Self.pearson(Self.ranks(references), Self.ranks(predictions))
  }

  /// Kendall's tau-b: agreeing less disagreeing pairs, over those not tied; scipy's `kendalltau`.
  ///
  /// O(n log n): pairs out of order are counted by merging (Knight, 1966).
  public var kendall: Double {
    guard isFinite, count > 1 else { return .nan }
    let order = references.indices.sorted {
      (references[$0], predictions[$0]) < (references[$1], predictions[$1])
    }
    var sequence = order.map { predictions[$0] }
    let tiedBoth = Self.tiedPairs(order) {
      references[$0] == references[$1] && predictions[$0] == predictions[$1]
    }
    let tiedReferences = Self.tiedPairs(order) { references[$0] == references[$1] }
    let discordant = Self.inversions(&sequence)
    let tiedPredictions = Self.tiedPairs(Array(sequence.indices)) { sequence[$0] == sequence[$1] }
    let pairs = count * (count - 1) / 2
    guard tiedReferences < pairs, tiedPredictions < pairs else { return .nan }
    let excess = pairs - tiedReferences - tiedPredictions + tiedBoth - 2 * discordant
    let tau =
      Double(excess) / Double(pairs - tiedReferences).squareRoot()
      / Double(pairs - tiedPredictions).squareRoot()
    return min(1, max(-1, tau))
  }

  /// Whether every number is finite; no rank is defined else.
  private var isFinite: Bool { (references + predictions).allSatisfy(\.isFinite) }

  private static func pearson(_ left: [Double], _ right: [Double]) -> Double {
    let (left, right) = (centred(left), centred(right))
    guard left.count > 1, let first = norm(left), let second = norm(right) else { return .nan }
    var product = 0.0
    for (x, y) in zip(left, right) { product += (x / first) * (y / second) }
    return min(1, max(-1, product))
  }

  /// Distances from the mean; empty when all numbers are equal, which a rounded mean could hide.
  private static func centred(_ numbers: [Double]) -> [Double] {
    guard let first = numbers.first, numbers.contains(where: { $0 != first }) else { return [] }
    let mean = numbers.reduce(0, +) / Double(numbers.count)
    return numbers.map { $0 - mean }
  }

  /// The Euclidean length without overflow; nil when it is 0 or no finite number.
  private static func norm(_ numbers: [Double]) -> Double? {
    let largest = numbers.reduce(0) { max($0, abs($1)) }
    guard largest > 0, largest.isFinite else { return nil }
    let squares = numbers.reduce(0) { $0 + ($1 / largest) * ($1 / largest) }
    let norm = largest * squares.squareRoot()
    return norm.isNaN ? nil : norm
  }

  /// Ranks from 1, ties at their mean.
  static func ranks(_ numbers: [Double]) -> [Double] {
    let order = numbers.indices.sorted { numbers[$0] < numbers[$1] }
    var ranks = [Double](repeating: 0, count: numbers.count)
    var start = 0
    while start < order.count {
      var end = start + 1
      while end < order.count, numbers[order[end]] == numbers[order[start]] { end += 1 }
      for place in start..<end { ranks[order[place]] = Double(start + end + 1) / 2 }
      start = end
    }
    return ranks
  }

  /// Pairs within runs of equal neighbours.
  private static func tiedPairs(_ order: [Int], _ areEqual: (Int, Int) -> Bool) -> Int {
    var pairs = 0
    var run = 0
    for (place, next) in order.enumerated() {
      run = place > 0 && areEqual(order[place - 1], next) ? run + 1 : 0
      pairs += run
    }
    return pairs
  }

  /// Sorts, and counts the pairs that were out of order.
  private static func inversions(_ numbers: inout [Double]) -> Int {
    var inversions = 0
    var width = 1
    var merged = numbers
    while width < numbers.count {
      for start in stride(from: 0, to: numbers.count, by: 2 * width) {
        let middle = min(start + width, numbers.count)
        let end = min(start + 2 * width, numbers.count)
        var (left, right) = (start, middle)
        for place in start..<end {
          if right == end || (left < middle && numbers[left] <= numbers[right]) {
            merged[place] = numbers[left]
            left += 1
          } else {
            merged[place] = numbers[right]
            right += 1
            inversions += middle - left
          }
        }
      }
      swap(&numbers, &merged)
      width *= 2
    }
    return inversions
  }
}

let correlationMetrics: [MetricDescriptor] = [
  correlation("pearson", "Linear correlation of predicted and true numbers.") { $0.pearson },
  correlation("spearman", "Correlation of the ranks of predicted and true numbers.") {
    $0.spearman
  },
  correlation("kendall", "Kendall's tau-b: how many pairs are put in the true order.") {
    $0.kendall
  },
]

private func correlation(
  _ name: String, _ summary: String, _ compute: @escaping @Sendable (NumberOutcomes) -> Double
) -> MetricDescriptor {
  MetricDescriptor(name: name, summary: summary, needs: .numbers, direction: .greater) { outcomes in
    guard case .numbers(let outcomes) = outcomes else {
      return .unavailable("\(name) is of numbers; these outcomes are of \(outcomes.subject)")
    }
    if outcomes.count < 2 { return .unavailable("\(name) needs two records or more") }
    return .number(compute(outcomes), orElse: "a number is not finite, or one side is constant")
  }
}
