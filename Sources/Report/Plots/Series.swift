/// A line of a chart: points in order of x.
package struct Series: Sendable {
  /// One measured value.
  package struct Point: Sendable, Equatable {
    package let x: Double
    package let y: Double

    package init(_ x: Double, _ y: Double) {
      self.x = x
      self.y = y
    }

    /// Whether the point can be drawn; a value that is not finite leaves a gap.
    var isDrawable: Bool { x.isFinite && abs(y) < 1e100 }
  }

  /// What the legend calls it.
  package let name: String
  /// The values; those that cannot be drawn leave gaps.
  package let points: [Point]
  /// Whether each point gets a dot, for values measured now and then.
  package let hasDots: Bool
  /// Which of the page's four line colours it has.
  package let color: Int

  package init(name: String, points: [Point], hasDots: Bool = false, color: Int = 0) {
    self.name = name
    self.points = points
    self.hasDots = hasDots
    self.color = color
  }

  /// At most about `limit` points with the same shape: lowest and highest of each stretch.
  package func thinned(to limit: Int) -> Series {
    guard points.count > limit, limit >= 2 else { return self }
    let stretch = (points.count * 2 + limit - 1) / limit
    var kept: [Point] = []
    for start in stride(from: 0, to: points.count, by: stretch) {
      let part = points[start..<min(start + stretch, points.count)]
      let drawable = part.filter(\.isDrawable)
      guard let low = drawable.min(by: { $0.y < $1.y }),
        let high = drawable.max(by: { $0.y < $1.y })
      else {
        kept.append(contentsOf: part.prefix(1))
        continue
      }
      kept.append(contentsOf: low == high ? [low] : low.x <= high.x ? [low, high] : [high, low])
    }
    return Series(name: name, points: kept, hasDots: hasDots, color: color)
  }

  /// A running mean that forgets with the given weight, corrected for its start.
  ///
  /// Adam's bias correction: the first values are not drawn towards zero.
  package func smoothed(weight: Double) -> Series {
    var mean = 0.0
    var mass = 0.0
    let smooth = points.map { point -> Point in
      guard point.isDrawable else { return point }
      mean = weight * mean + (1 - weight) * point.y
      mass = weight * mass + (1 - weight)
      return Point(point.x, mean / mass)
    }
    return Series(name: name, points: smooth, hasDots: hasDots, color: color)
  }
}
