import Foundation

/// A range of values laid along a line, with the ticks people expect.
package struct Axis: Sendable {
  /// How values are spread over the line.
  package enum Spread: Sendable {
    /// Equal differences, equal distances.
    case linear
    /// Equal ratios, equal distances; for positive values.
    case logarithmic
  }

  /// The value at the line's start.
  package let lower: Double
  /// The value at the line's end.
  package let upper: Double
  /// Where marks stand, with their texts.
  package let ticks: [(value: Double, text: String)]
  private let spread: Spread

  /// An axis whose ends are ticks, so that no value sticks out.
  ///
  /// A logarithmic axis is used where it is wanted and the values span a factor of 8 or more.
  package static func enclosing(_ values: [Double], spread: Spread = .linear) -> Axis {
    let (low, high) = range(of: values)
    if spread == .logarithmic, low > 0, high / low >= 8 { return logarithmic(low, high) }
    let step = niceStep((high - low) / 5)
    let start = (low / step + 1e-9).rounded(.down) * step
    let end = (high / step - 1e-9).rounded(.up) * step
    return Axis(lower: start, upper: end, ticks: linearTicks(start, end, step), spread: .linear)
  }

  /// An axis that ends where the values end, with ticks inside.
  package static func spanning(_ values: [Double], isWhole: Bool = false) -> Axis {
    let (low, high) = range(of: values)
    let step = max(niceStep((high - low) / 6), isWhole ? 1 : 0)
    let start = (low / step - 1e-9).rounded(.up) * step
    return Axis(lower: low, upper: high, ticks: linearTicks(start, high, step), spread: .linear)
  }

  /// Where a value lies: 0 at the start, 1 at the end.
  package func position(_ value: Double) -> Double {
    switch spread {
    case .linear: (value - lower) / (upper - lower)
    case .logarithmic: log(value / lower) / log(upper / lower)
    }
  }

  private static func logarithmic(_ low: Double, _ high: Double) -> Axis {
    let exponents = Int(log10(low).rounded(.down))...Int(log10(high).rounded(.up))
    let factors: [Double] = exponents.count > 4 ? [1] : [1, 2, 5]
    let marks = exponents.flatMap { exponent in factors.map { $0 * pow(10, Double(exponent)) } }
    let start = marks.last { $0 <= low * 1.001 } ?? low
    let end = marks.first { $0 >= high * 0.999 } ?? high
    let ticks = marks.filter { $0 >= start && $0 <= end }
      .map { (value: $0, text: text(of: $0, decimals: decimals(of: $0))) }
    return Axis(lower: start, upper: end, ticks: ticks, spread: .logarithmic)
  }

  /// Lowest and highest value that can be drawn, set apart where they are equal.
  private static func range(of values: [Double]) -> (Double, Double) {
    let finite = values.filter { abs($0) < 1e100 }
    guard let low = finite.min(), let high = finite.max() else { return (0, 1) }
    if high - low > max(abs(low), abs(high)) * 1e-9 { return (low, high) }
    let margin = low == 0 ? 1 : abs(low) * 0.1
    return (low - margin, high + margin)
  }

  /// The least of 1, 2, 2.5, 5 times a power of ten that is not below a raw step.
  private static func niceStep(_ raw: Double) -> Double {
    let power = pow(10, log10(raw).rounded(.down))
    let factor = [1, 2, 2.5, 5, 10].first { $0 * power >= raw * 0.999_999 } ?? 10
    return factor * power
  }

  private static func linearTicks(
    _ start: Double, _ end: Double, _ step: Double
  ) -> [(value: Double, text: String)] {
    let places = decimals(of: step)
    let count = Int(((end - start) / step + 1e-6).rounded(.down))
    return (0...max(0, count)).map { index in
      let value = start + Double(index) * step
      if abs(step) < 1e-4 {
        return (value, String(format: "%.3g", abs(value) < step / 2 ? 0 : value))
      }
      return (value, text(of: value, decimals: places))
    }
  }

  /// A tick's text; whole thousands from ten on are short: `20k`.
  private static func text(of value: Double, decimals: Int) -> String {
    if abs(value) >= 10_000, value.truncatingRemainder(dividingBy: 1000) == 0 {
      return "\(Format.fixed(value / 1000, 0))k"
    }
    return Format.fixed(value, decimals)
  }

  /// How many decimals write a number of one or two significant digits in full.
  private static func decimals(of step: Double) -> Int {
    (0...6).first { places in
      let scaled = step * pow(10, Double(places))
      return abs(scaled - scaled.rounded()) < 1e-6 * max(1, scaled) && scaled >= 0.5
    } ?? 6
  }
}
