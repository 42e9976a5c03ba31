/// The area under the ROC curve of two sets of scores: the chance that a positive outranks a
/// negative, a tie counting one half.
///
/// Exact: the rank sum of Mann and Whitney (1947) in integers, which is the trapezoid area with
/// ties grouped. O(n) by a radix sort of each set, both at once.
///
/// - Returns: nil when a set is empty or a score is not a number.
public func areaUnderROC(positives: [Float], negatives: [Float]) -> Double? {
  guard let (high, low) = SortedScores.both(positives, negatives) else { return nil }
  return high.area(over: low)
}

/// The area under the ROC curve of scores whose records are of one class or of others.
///
/// - Parameter positive: the class that high scores should go to.
/// - Precondition: there is one score a reference.
/// - Returns: nil when a side is empty or a score is not a number.
public func areaUnderROC(references: [Int], scores: [Float], positive: Int = 1) -> Double? {
  precondition(
    references.count == scores.count, "\(scores.count) scores of \(references.count) records")
  let (positives, negatives) = SortedScores.split(references, scores, positive: positive)
  return areaUnderROC(positives: positives, negatives: negatives)
}
