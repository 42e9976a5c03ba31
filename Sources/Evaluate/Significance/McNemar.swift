import Foundation

/// Whether two classifiers err on different records more often than chance: McNemar (1947).
///
/// Looks at the records that exactly one of them gets right, which are all that tells them apart.
public struct McNemarTest: Sendable, Equatable {
  /// Records that the first alone gets right.
  public let firstOnly: Int
  /// Records that the second alone gets right.
  public let secondOnly: Int

  /// Takes the two counts.
  ///
  /// - Precondition: neither is negative.
  public init(firstOnly: Int, secondOnly: Int) {
    precondition(firstOnly >= 0 && secondOnly >= 0, "\(firstOnly) and \(secondOnly) records")
    (self.firstOnly, self.secondOnly) = (firstOnly, secondOnly)
  }

  /// Counts the records on which exactly one of two systems is right.
  ///
  /// - Precondition: both lists are of the same records.
  public init(first: [Bool], second: [Bool]) {
    precondition(first.count == second.count, "\(first.count) against \(second.count) records")
    let pairs = zip(first, second)
    self.init(
      firstOnly: pairs.count { $0 && !$1 }, secondOnly: pairs.count { !$0 && $1 })
  }

  /// The exact two-sided p-value: such records fall to either side like coins; 1 without any.
  public var exact: Double {
    let records = firstOnly + secondOnly
    let fewer = min(firstOnly, secondOnly)
    if 2 * fewer == records { return 1 }
    return min(1, 2 * Self.tail(fewer, of: records))
  }

  /// The p-value by the chi-squared distribution of one degree: near the exact one for many records.
  ///
  /// - Parameter corrected: whether Edwards's correction for continuity is made.
  public func chiSquared(corrected: Bool = true) -> Double {
    let records = Double(firstOnly + secondOnly)
    guard records > 0 else { return 1 }
    let gap = abs(Double(firstOnly - secondOnly)) - (corrected ? 1 : 0)
    return erfc((gap * gap / records / 2).squareRoot())
  }

  /// The chance of at most `limit` heads in `count` throws of a fair coin.
  ///
  /// Terms fall from the last one, which is a product of that many factors: its error stays below
  /// 1e-10 for a million throws.
  private static func tail(_ limit: Int, of count: Int) -> Double {
    var mantissa = 1.0
    var exponent = -count
    for k in 0..<limit {
      mantissa *= Double(count - k) / Double(k + 1)
      if mantissa > 0x1p500 {
        mantissa *= 0x1p-500
        exponent += 500
      }
    }
    var sum = 0.0
    var term = 1.0
    for k in stride(from: limit, through: 0, by: -1) where term > 0 {
      sum += term
      term *= Double(k) / Double(count - k + 1)
    }
    return scalbn(mantissa * sum, exponent)
  }
}
