import Foundation

/// Student's distribution of t.
struct StudentDistribution {
  /// The degrees of freedom, at least 1.
  let degrees: Double

  /// The share of values further from 0 than one, on both sides.
  func shareBeyond(_ value: Double) -> Double {
    guard value.isFinite else { return value.isNaN ? .nan : 0 }
    return Self.incompleteBeta(degrees / (degrees + value * value), degrees / 2, 0.5)
  }

  /// The positive value that a share of values lies within, on both sides of 0.
  func bound(within share: Double) -> Double {
    guard share > 0, share < 1 else { return share <= 0 ? 0 : .infinity }
    // Halving: slow and exact to the last bits, and asked for a few times a metric.
    var (low, high) = (0.0, 1.0)
    while shareBeyond(high) > 1 - share, high < 1e300 { high *= 2 }
    while true {
      let middle = low + (high - low) / 2
      if middle <= low || middle >= high { return middle }
      if shareBeyond(middle) > 1 - share { low = middle } else { high = middle }
    }
  }

  /// The regularised incomplete beta function: Abramowitz and Stegun 26.5.8 by Lentz's method.
  static func incompleteBeta(_ x: Double, _ a: Double, _ b: Double) -> Double {
    guard x > 0 else { return 0 }
    guard x < 1 else { return 1 }
    // The fraction converges fast below its mean; above it the mirrored one does.
    return x < (a + 1) / (a + b + 2) ? directly(x, a, b) : 1 - directly(1 - x, b, a)
  }

  private static func directly(_ x: Double, _ a: Double, _ b: Double) -> Double {
    let scale = lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log1p(-x)
    return exp(scale) * fraction(x, a, b) / a
  }

  private static func fraction(_ x: Double, _ a: Double, _ b: Double) -> Double {
    func away(_ value: Double) -> Double { abs(value) < 1e-300 ? 1e-300 : value }
    var c = 1.0
    var d = 1 / away(1 - (a + b) * x / (a + 1))
    var result = d
    for step in 1...10_000 {
      let m = Double(step)
      let even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
      let odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
      var change = 1.0
      for term in [even, odd] {
        d = 1 / away(1 + term * d)
        c = away(1 + term / c)
        change = c * d
        result *= change
      }
      if abs(change - 1) < 1e-16 { break }
    }
    return result
  }
}
