/// A confusion matrix as a table: right answers shaded in one colour, mistakes in another.
///
/// The shade follows the share of the row. Up to twelve classes show the share below the count;
/// with more, cells shrink to the count and the share stays in the tooltip, so that forty-five
/// classes fit the page's width.
func heatMap(caption: String, labels: [String], counts: [[Int]]) -> Node {
  let isCompact = labels.count > 12
  return scrollBox(label: caption) {
    tag(
      "table", ["class": "heat\(isCompact ? " compact" : "")\(labels.count > 28 ? " dense" : "")"]
    ) {
      tag("caption") { caption }
      tag("thead") {
        tag("tr") {
          tag("td", ["class": "corner"]) { "reference ↓ · predicted →" }
          for label in labels {
            tag("th", ["scope": "col", "title": label]) { tag("span") { label } }
          }
        }
      }
      tag("tbody") {
        for (row, label) in labels.enumerated() where row < counts.count {
          heatRow(row, label: label, labels: labels, counts: counts[row], isCompact: isCompact)
        }
      }
    }
  }
}

private func heatRow(
  _ row: Int, label: String, labels: [String], counts: [Int], isCompact: Bool
) -> Node {
  let total = counts.reduce(0, +)
  return tag("tr") {
    tag("th", ["scope": "row", "title": label]) { tag("span") { label } }
    for (column, count) in counts.enumerated() {
      let share = total == 0 ? 0 : Double(count) / Double(total)
      let predicted = column < labels.count ? labels[column] : "?"
      tag(
        "td",
        [
          "class": heatClass(share: share, isHit: row == column),
          "title": "\(label) → \(predicted): \(Format.count(count)), "
            + "\(Format.percent(share)) of \(Format.count(total))",
        ]
      ) {
        if count == 0 {
          tag("span", ["class": "zero"]) { "0" }
        } else {
          tag("b") { Format.count(count) }
          if !isCompact { tag("small") { Format.percent(share, decimals: share < 0.1 ? 1 : 0) } }
        }
      }
    }
  }
}

/// Shade 1 to 10 of a row's share: fine steps for small shares, where mistakes lie.
private func heatClass(share: Double, isHit: Bool) -> String? {
  guard share > 0 else { return nil }
  let steps = [0.01, 0.025, 0.05, 0.1, 0.2, 0.35, 0.55, 0.75, 0.9]
  let level = 1 + steps.count { share >= $0 }
  return "\(isHit ? "hit" : "miss") h\(level)"
}
