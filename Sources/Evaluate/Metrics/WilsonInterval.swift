/// The 95 % confidence interval of a rate, such as accuracy, by the score method.
///
/// Wilson (1927), without continuity correction; unlike the normal approximation it stays within
/// 0 and 1 and holds for few records.
///
/// - Returns: nil when there are no trials.
public func wilsonInterval(successes: Int, of trials: Int) -> ClosedRange<Double>? {
  precondition(
    successes >= 0 && trials >= successes, "\(successes) successes of \(trials) trials")
  guard trials > 0 else { return nil }
  let z = 1.959963984540054  // The standard normal's 97.5 % quantile.
  let n = Double(trials)
  let p = Double(successes) / n
  let center = (p + z * z / (2 * n)) / (1 + z * z / n)
  let half = z * (p * (1 - p) / n + z * z / (4 * n * n)).squareRoot() / (1 + z * z / n)
  return max(0, center - half)...min(1, center + half)
}
