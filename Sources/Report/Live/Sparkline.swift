/// Values as a row of eight heights: `▇▆▄▃▂▂▁▁`.
package enum Sparkline {
  private static let blocks = Array("▁▂▃▄▅▆▇█")

  /// At most `width` characters; of more values each character is the mean of a stretch.
  ///
  /// The lowest value is the lowest block, the highest the highest; what is no number is a blank.
  package static func text(_ values: [Double], width: Int) -> String {
    guard width > 0, !values.isEmpty else { return "" }
    let columns = min(width, values.count)
    let means = (0..<columns).map { column -> Double in
      let part = values[values.count * column / columns..<values.count * (column + 1) / columns]
        .filter(\.isFinite)
      return part.isEmpty ? .nan : part.reduce(0, +) / Double(part.count)
    }
    let finite = means.filter(\.isFinite)
    guard let low = finite.min(), let high = finite.max() else { return "" }
    return String(
      means.map { mean -> Character in
        guard mean.isFinite else { return " " }
        let share = high > low ? (mean - low) / (high - low) : 0.5
        return blocks[min(7, Int(share * 8))]
      })
  }
}
