/// How many records of each part an epoch of a mixture takes.
///
/// Nothing is drawn by chance: the counts are the shares themselves, rounded to whole records.
package enum MixtureCounts {
  /// More records than this are no epoch that anybody waits for.
  private static let mostRecords = 1e9

  /// The records an epoch takes of each part.
  ///
  /// Until the first or last part is through, that part gives each of its records once, and the others
  /// what their weights are beside its own, to the nearest record. Of a number of records parts take by
  /// largest remainders, the earlier part first where those are equal.
  ///
  /// - Parameters:
  ///   - records: The number of records of each part, at least 1.
  ///   - weights: The weight of each part, above 0.
  package static func perEpoch(
    records: [Int], weights: [Double], until end: MixtureEnd
  ) -> [Double] {
    precondition(records.count == weights.count, "\(records.count) parts, \(weights.count) weights")
    let passes = zip(records, weights).map { Double($0) / $1 }
    switch end {
    case .records(let count): return largestRemainders(count, weights)
    case .first: return anchored(passes.min() ?? 0, passes, records, weights)
    case .last: return anchored(passes.max() ?? 0, passes, records, weights)
    }
  }

  /// Counts beside those of the part that is through when the epoch ends.
  private static func anchored(
    _ pass: Double, _ passes: [Double], _ records: [Int], _ weights: [Double]
  ) -> [Double] {
    let anchor = passes.firstIndex(of: pass) ?? 0
    return weights.map { (Double(records[anchor]) * $0 / weights[anchor]).rounded() }
  }

  private static func largestRemainders(_ count: Int, _ weights: [Double]) -> [Double] {
    let sum = weights.reduce(0, +)
    let quotas = weights.map { Double(count) * $0 / sum }
    var counts = quotas.map { $0.rounded(.down) }
    let order = quotas.indices.sorted {
      (counts[$0] - quotas[$0], $0) < (counts[$1] - quotas[$1], $1)
    }
    let rest = max(0, Double(count) - counts.reduce(0, +))
    for place in order.prefix(Int(rest)) { counts[place] += 1 }
    return counts
  }

  /// The counts as numbers of records.
  /// - Throws: `TrainingError` for an epoch that takes none of a part, or too many records.
  package static func checked(
    _ counts: [Double], names: [String]
  ) throws(TrainingError) -> [Int] {
    let sum = counts.reduce(0, +)
    guard sum <= mostRecords else {
      throw TrainingError(
        "an epoch of the mixture would take more than \(Int(mostRecords)) records",
        remedy: "write until: first or until: {records: N} in the mixture")
    }
    if let none = counts.firstIndex(of: 0) {
      throw TrainingError(
        "an epoch of \(Int(sum)) records takes none of '\(names[none])'",
        remedy: "raise its weight, or write until: {records: N} for longer epochs")
    }
    return counts.map { Int($0) }
  }
}
