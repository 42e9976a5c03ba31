import Evaluate
import Foundation
import Pipeline
import Stages

/// What `anneal compare` finds, as a person reads it.
enum ComparisonText {
  /// A table for each run against the first, and the records on which the two differ most; of one run alone
  /// its scores.
  static func text(_ comparison: RunComparison) -> String {
    let options = comparison.options
    let tests = comparison.pairs.reduce(0) { $0 + $1.rows.count }
    var text =
      "\(comparison.records.counted("test record")); \(percent(options.level)) intervals of "
    text += options.resamples.counted("draw")
    if comparison.isAlone {
      return text + ", seed \(options.seed)\n\n\(comparison.baseline)\n" + scores(comparison)
    }
    text += "; p of "
    text += options.trials.counted(options.test == .randomization ? "random swap" : "draw")
    text += ", seed \(options.seed); corrected (\(options.correction.rawValue)) for "
    text += tests.counted("test") + "\n"
    for pair in comparison.pairs {
      text += "\n\(comparison.baseline) → \(pair.run)\n"
      text += table(pair, comparison)
      for left in pair.leftOut { text += leftOut(left) }
      if let test = pair.mcNemar { text += mcNemar(test, comparison.baseline, pair.run) }
      text += differing(pair)
    }
    return text
  }

  /// The scores of one run, and what it lacks for others.
  private static func scores(_ comparison: RunComparison) -> String {
    let rows = comparison.pairs.flatMap(\.rows)
    let width = rows.map { $0.metric.name.unicodeScalars.count }.max() ?? 0
    var text = ""
    for row in rows {
      let name = row.metric.name.padding(toLength: width, withPad: " ", startingAt: 0)
      text += "  \(name)  \(row.metric.direction == .greater ? "↑" : "↓")  \(score(row.baseline))\n"
    }
    for left in comparison.pairs.flatMap(\.leftOut) { text += leftOut(left) }
    return text
  }

  // MARK: - The table

  private static func table(_ pair: RunComparison.Pair, _ comparison: RunComparison) -> String {
    var rows = [["metric", "", comparison.baseline, pair.run, "difference", "p", "corrected", ""]]
    rows += pair.rows.map { row in
      [
        row.metric.name, row.metric.direction == .greater ? "↑" : "↓", score(row.baseline),
        score(row.system), score(row.difference, signed: true), pValue(row.pValue),
        pValue(row.correctedPValue), mark(row, comparison),
      ]
    }
    let widths = (rows.first ?? []).indices.map { column in
      rows.map { $0[column].unicodeScalars.count }.max() ?? 0
    }
    return rows.map { line($0, widths) }.joined()
  }

  /// Columns beside each other; p-values to the right.
  private static func line(_ cells: [String], _ widths: [Int]) -> String {
    var line = " "
    for (column, cell) in cells.enumerated() {
      let space = String(repeating: " ", count: widths[column] - cell.unicodeScalars.count)
      line += " " + (column == 5 || column == 6 ? space + cell : cell + space)
      if column > 0, column < 6 { line += " " }
    }
    while line.last == " " { line.removeLast() }
    return line + "\n"
  }

  private static func mark(_ row: RunComparison.Row, _ comparison: RunComparison) -> String {
    guard comparison.isSignificant(row), let isBetter = row.isBetter else { return "" }
    return isBetter ? "▲" : "▼"
  }

  /// `0.8750 [0.8400, 0.9100]`.
  private static func score(_ interval: ConfidenceInterval, signed: Bool = false) -> String {
    let numbers = [interval.estimate, interval.lower, interval.upper]
    let texts = numbers.map { number($0, signed: signed) }
    return "\(texts[0]) [\(texts[1]), \(texts[2])]"
  }

  static func number(_ value: Double, signed: Bool) -> String {
    guard value.isFinite else { return "–" }
    // Past ten million digits behind the point say nothing, and past 1e15 those before it.
    if abs(value) >= 1e7 { return String(format: signed ? "%+.4g" : "%.4g", value) }
    let digits = abs(value) < 10 ? 4 : 2
    return String(format: signed ? "%+.\(digits)f" : "%.\(digits)f", value)
  }

  static func pValue(_ value: Double) -> String {
    guard value.isFinite else { return "–" }
    return value < 0.00005 ? String(format: "%.0e", value) : String(format: "%.4f", value)
  }

  static func percent(_ share: Double) -> String { String(format: "%g %%", 100 * share) }

  // MARK: - Records

  private static func leftOut(_ left: RunComparison.LeftOut) -> String {
    "  without \(left.metrics.joined(separator: ", ")): \(left.reason.printable)\n"
  }

  private static func mcNemar(_ test: McNemarTest, _ first: String, _ second: String) -> String {
    "  right in \(first) alone: \(test.firstOnly.counted("record")); in \(second) alone: "
      + "\(test.secondOnly) (McNemar, exact: p \(pValue(test.exact)))\n"
  }

  private static func differing(_ pair: RunComparison.Pair) -> String {
    guard !pair.differing.isEmpty else {
      return pair.differingCount == 0 ? "  no record differs\n" : ""
    }
    var text = "  differ most, of \(pair.differingCount) "
    text += "\(pair.differingCount == 1 ? "record that differs" : "records that differ"):\n"
    for record in pair.differing {
      text += "    \(String(format: "%+.3f", record.gain))  \(clipped(record.id, 60))  "
      text += "\(clipped(record.reference, 40)): \(answer(record.baseline)) → "
      text += "\(answer(record.system))\n"
      if !record.input.isEmpty { text += "            \(clipped(record.input, 88))\n" }
    }
    return text
  }

  private static func answer(_ text: String?) -> String { text.map { clipped($0, 40) } ?? "–" }

  /// The beginning of a text in one line, without what a terminal would act upon.
  private static func clipped(_ text: String, _ length: Int) -> String {
    let scalars = text.printable.unicodeScalars
    return String(scalars.prefix(length)) + (scalars.count > length ? "…" : "")
  }
}
