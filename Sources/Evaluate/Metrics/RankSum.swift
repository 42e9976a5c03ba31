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
