/// How long the rest of a piece of work takes, foretold from the part that is done.
///
/// Work is counted in whatever unit costs about the same wherever it stands: bytes of input, tokens.
/// The time a unit takes is a line over the work done so far, level where its slope cannot be told from
/// chance, without the first few notes, in which caches fill and memory is taken. The line is drawn
/// through at most 64 stretches of work, neighbours of which become one as work goes on, so memory and
/// time are bounded.
package struct Forecast: Sendable {
  /// Stretches of work before any is foretold from.
  private static let fewest = 5
  private static let mostStretches = 64
  /// The part of the stretches at the beginning that does not count, and how many of them at least.
  private static let warmUp = (share: 0.1, count: 3)
  /// A stretch counts as so many times the median one at most, as a pause says little of a trend.
  private static let outlier = 4.0
  /// The square of the t value below which a slope is taken for chance.
  private static let doubt = 12.0
  /// A slope is followed no further than so many times the work that it was seen over.
  private static let farthest = 2.0
  /// How many times longer or shorter than now the rest may be foretold to take.
  private static let mostChange = 3.0

  /// Where stretches end: the work done, and the seconds it took.
  private var ends: [(work: Double, seconds: Double)] = [(0, 0)]
  private var last = (work: 0.0, seconds: 0.0)
  /// The least work of a stretch.
  private var width = 0.0

  package init() {}

  /// Whether anything can be foretold.
  package var isReady: Bool { ends.count > Self.fewest }

  /// Notes how much work is done and how many seconds all of it took; neither ever falls.
  package mutating func note(work: Double, seconds: Double) {
    last = (max(work, last.work), max(seconds, last.seconds))
    let end = ends[ends.count - 1]
    guard last.work > end.work, last.work - end.work >= width else { return }
    ends.append(last)
    if ends.count > Self.mostStretches { halve() }
  }

  private mutating func halve() {
    ends = stride(from: 0, to: ends.count, by: 2).map { ends[$0] }
    width = ends[ends.count - 1].work / Double(ends.count - 1)
  }

  /// The seconds that so much more work takes; nil while too little is known.
  package func seconds(for rest: Double) -> Double? {
    guard isReady else { return nil }
    return max(0, rest) * rate(at: last.work + max(0, rest) / 2)
  }

  /// The seconds of a unit where so much is done.
  private func rate(at work: Double) -> Double {
    let stretches = stretches
    let level = Stretch.mean(stretches)
    guard stretches.count >= 2 * Self.fewest, let slope = slope(of: stretches), level.rate > 0
    else {
      return level.rate
    }
    let seen = last.work - (stretches[0].middle - stretches[0].width / 2)
    let rate = level.rate + slope * min(work - level.middle, Self.farthest * seen)
    return min(max(rate, level.rate / Self.mostChange), level.rate * Self.mostChange)
  }

  /// A piece of the work.
  private struct Stretch {
    var middle: Double
    var rate: Double
    let width: Double

    /// Where the middle of all is, and their mean rate.
    static func mean(_ stretches: [Stretch]) -> Stretch {
      let width = stretches.reduce(0) { $0 + $1.width }
      return Stretch(
        middle: stretches.reduce(0) { $0 + $1.middle * $1.width } / width,
        rate: stretches.reduce(0) { $0 + $1.rate * $1.width } / width, width: width)
    }
  }

  /// The stretches behind the warm-up.
  private var stretches: [Stretch] {
    let tail = last.work > ends[ends.count - 1].work ? [last] : []
    let points = ends + tail
    let all = zip(points, points.dropFirst()).map { start, end in
      Stretch(
        middle: (start.work + end.work) / 2,
        rate: (end.seconds - start.seconds) / (end.work - start.work), width: end.work - start.work)
    }
    let skipped = max(Self.warmUp.count, Int(Double(all.count) * Self.warmUp.share))
    return Array(all.dropFirst(min(skipped, all.count - Self.fewest + 1)))
  }

  /// How much longer a unit takes with each unit done, as far as that is no chance; nil where it is.
  private func slope(of stretches: [Stretch]) -> Double? {
    let sorted = stretches.map(\.rate).sorted()
    let cap = Self.outlier * sorted[sorted.count / 2]
    let points = stretches.map {
      Stretch(middle: $0.middle, rate: min($0.rate, cap), width: $0.width)
    }
    let mean = Stretch.mean(points)
    let spread = points.reduce(0) { $0 + $1.width * square($1.middle - mean.middle) }
    guard spread > 0 else { return nil }
    let slope =
      points.reduce(0) { $0 + $1.width * ($1.middle - mean.middle) * ($1.rate - mean.rate) }
      / spread
    let residuals = points.map { $0.rate - mean.rate - slope * ($0.middle - mean.middle) }
    let count = Double(points.count)
    let faults = zip(points, residuals).reduce(0) { $0 + $1.0.width * square($1.1) }
    let variance = faults / (count - 2) * inflation(residuals) / spread
    let trust = 1 - Self.doubt * variance / square(slope)
    return trust > 0 ? trust * slope : nil
  }

  /// How much less sure the slope is because neighbours are alike.
  private func inflation(_ residuals: [Double]) -> Double {
    let own = residuals.reduce(0) { $0 + square($1) }
    guard own > 0 else { return 1 }
    let shared = zip(residuals, residuals.dropFirst()).reduce(0) { $0 + $1.0 * $1.1 }
    let likeness = min(max(shared / own, 0), 0.9)
    return (1 + likeness) / (1 - likeness)
  }

  private func square(_ value: Double) -> Double { value * value }
}

/// A time left that counts down calmly: a new forecast is taken up where it differs by more than forecasts do
/// from one moment to the next.
package struct Countdown: Sendable {
  /// The share by which a forecast may differ from what is shown.
  private static let calm = 0.05
  private var end: Double?

  package init() {}

  /// The seconds to show at a moment whose forecast is `left`.
  package mutating func shown(_ left: Double, at moment: Double) -> Double {
    if let end, abs(moment + left - end) <= max(0.3, Self.calm * left), end >= moment {
      return end - moment
    }
    end = moment + left
    return left
  }
}
