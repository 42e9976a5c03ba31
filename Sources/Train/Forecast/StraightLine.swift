/// A line through measured points, by least squares.
package struct StraightLine: Sendable {
  private let slope, start: Double

  /// The line nearest to some points; through zero where they do not tell a slope, and level where the
  /// slope they tell is negative, as neither time nor memory falls with tokens.
  package init(_ points: [(x: Double, y: Double)]) {
    precondition(!points.isEmpty, "a line through no point")
    let count = Double(points.count)
    let x = points.reduce(0) { $0 + $1.x } / count
    let y = points.reduce(0) { $0 + $1.y } / count
    let spread = points.reduce(0) { $0 + ($1.x - x) * ($1.x - x) }
    guard spread > 0 else {
      (slope, start) = x > 0 ? (y / x, 0) : (0, y)
      return
    }
    let tilt = points.reduce(0) { $0 + ($1.x - x) * ($1.y - y) } / spread
    slope = max(0, tilt)
    start = y - slope * x
  }

  /// The line's value, not below zero.
  package func value(at x: Double) -> Double { max(0, start + slope * x) }
}
