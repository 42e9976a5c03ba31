/// How often values of growing size occur, as columns; several sets of them below one another.
struct Histogram {
  /// One set of values: each bin ends at a value and holds some share of the set.
  struct Rows {
    let name: String
    let shares: [Double]
    let color: Int
  }

  let title: String
  let description: String
  /// What each bin holds, for those who point at it: `64 to 90`.
  let bins: [String]
  /// The bins below which a number stands.
  let ticks: [(bin: Int, text: String)]
  let xLabel: String
  let rows: [Rows]

  private static let width = 640.0
  private static let left = 8.0
  private static let rowHeight = 84.0

  /// The SVG element.
  var svg: Node {
    let height = Double(rows.count) * Self.rowHeight + 50
    return tag(
      "svg",
      [
        "class": "chart histogram", "viewBox": "0 0 640 \(Format.coordinate(height))",
        "role": "img",
      ]
    ) {
      tag("title") { title }
      tag("desc") { description }
      rows.enumerated().map { index, row in drawn(row, base: Double(index + 1) * Self.rowHeight) }
      axis(y: Double(rows.count) * Self.rowHeight)
    }
  }

  private var step: Double { (Self.width - 2 * Self.left) / Double(max(bins.count, 1)) }

  private func drawn(_ row: Rows, base: Double) -> Node {
    let highest = rows.flatMap(\.shares).max() ?? 1
    let scale = (Self.rowHeight - 26) / max(highest, .leastNormalMagnitude)
    return tag("g", ["class": "columns c\(row.color % 4)"]) {
      for (bin, share) in row.shares.enumerated() where share > 0 {
        let size = max(1, share * scale)
        tag(
          "rect",
          [
            "x": Format.coordinate(Self.left + Double(bin) * step + 0.5),
            "y": Format.coordinate(base - size), "width": Format.coordinate(max(1, step - 1)),
            "height": Format.coordinate(size),
          ]
        ) { tag("title") { "\(row.name), \(bins[bin]): \(Format.percent(share))" } }
      }
      tag(
        "line",
        [
          "class": "axis", "x1": Format.coordinate(Self.left), "y1": Format.coordinate(base),
          "x2": Format.coordinate(Self.width - Self.left), "y2": Format.coordinate(base),
        ])
      tag(
        "text",
        [
          "x": Format.coordinate(Self.width - Self.left),
          "y": Format.coordinate(base - Self.rowHeight + 32), "text-anchor": "end",
          "class": "name",
        ]
      ) { row.name }
    }
  }

  private func axis(y: Double) -> Node {
    tag("g", ["aria-hidden": "true"]) {
      for tick in ticks {
        tag(
          "text",
          [
            "x": Format.coordinate(Self.left + (Double(tick.bin) + 1) * step),
            "y": Format.coordinate(y + 20), "text-anchor": "middle",
          ]
        ) { tick.text }
      }
      tag(
        "text",
        [
          "x": Format.coordinate(Self.width / 2), "y": Format.coordinate(y + 42),
          "text-anchor": "middle", "class": "name",
        ]
      ) { xLabel }
    }
  }
}
