extension ClassificationOutcomes {
  /// One-versus-one area under the ROC curve, averaged over pairs of classes that have records.
  ///
  /// A pair's area is the mean of both directions, each by the scores of its positive class: Hand and
  /// Till (2001), doi:10.1023/A:1010920819831; scikit-learn's `multi_class="ovo"`. The note names
  /// classes left out. O(records × classes) by sorting each class's scores within each true class.
  ///
  /// - Precondition: `average` is `.macro` or `.weighted` and there are ``scores``.
  public func pairedROCAUC(average: Average) -> Measurement {
    precondition(
      average == .macro || average == .weighted, "one-versus-one AUC in \(average.rawValue)")
    let present = labels.indices.filter { tallies[$0].support > 0 }
    guard present.count > 1 else {
      return .unavailable("every record is of class '\(present.first.map { labels[$0] } ?? "")'")
    }
    var sum = 0.0
    var weights = 0.0
    for label in present {
      guard let columns = sortedScores(of: label), let own = columns[label] else {
        return .unavailable("a score of class '\(labels[label])' is not a number")
      }
      for other in present where other != label {
        guard let area = columns[other].flatMap({ own.area(over: $0) }) else { continue }
        let weight =
          average == .weighted ? Double(tallies[label].support + tallies[other].support) : 1
        sum += area * weight
        weights += weight
      }
    }
    return Measurement(.number(sum / weights), note: noteOfUnsupportedClasses)
  }

  /// One class's scores of the records of each true class; nil when one is not a number.
  private func sortedScores(of label: Int) -> [SortedScores?]? {
    var columns = tallies.map { tally in
      var column: [Float] = []
      column.reserveCapacity(tally.support)
      return column
    }
    for (reference, row) in probabilityRows {
      columns[reference].append(row[row.startIndex + label])
    }
    let sorted = columns.map { SortedScores($0) }
    return sorted.contains { $0 == nil } ? nil : sorted
  }
}
