/// A thin bar filled to a share of its width, for cells of tables.
///
/// - Parameter kind: the style sheet's name for its colour.
func bar(share: Double, kind: String = "plain") -> Node {
  let width = share.isFinite ? min(max(share, 0), 1) * 100 : 0
  return tag(
    "svg",
    [
      "class": "bar \(kind)", "viewBox": "0 0 100 6", "preserveAspectRatio": "none",
      "aria-hidden": "true",
    ]
  ) {
    tag("rect", ["class": "track", "width": "100", "height": "6"])
    tag("rect", ["class": "fill", "width": Format.coordinate(width), "height": "6"])
  }
}

/// A number with a bar below it.
func barred(_ text: String, share: Double, kind: String = "plain") -> Node {
  tag("div", ["class": "barred"]) {
    text
    bar(share: share, kind: kind)
  }
}

/// Parts of a whole side by side in one bar, each in its colour.
func stackedBar(title: String, parts: [(name: String, value: Double)]) -> Node {
  let total = max(parts.reduce(0) { $0 + $1.value }, .leastNormalMagnitude)
  var start = 0.0
  let segments = parts.enumerated().map { index, part -> Node in
    let width = part.value / total * 100
    defer { start += width }
    return tag(
      "rect",
      [
        "class": "c\(index % 4)", "x": Format.coordinate(start),
        "width": Format.coordinate(width), "height": "10",
      ]
    ) { tag("title") { "\(part.name): \(Format.percent(part.value / total))" } }
  }
  return tag(
    "svg",
    [
      "class": "stacked", "viewBox": "0 0 100 10", "preserveAspectRatio": "none", "role": "img",
    ]
  ) {
    tag("title") { title }
    segments
  }
}

/// A small square in a line's colour, for legends.
func swatch(color: Int) -> Node {
  tag("span", ["class": "swatch c\(color % 4)", "aria-hidden": "true"])
}
