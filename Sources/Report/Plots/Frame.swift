/// The plotting area of a line chart: turns values into places and draws what stands there.
struct Frame {
  static let width = 640.0
  static let height = 320.0
  private static let left = 64.0
  private static let right = 622.0
  private static let top = 36.0
  private static let bottom = 270.0

  let xAxis: Axis
  let yAxis: Axis

  private func x(_ value: Double) -> Double {
    Self.left + xAxis.position(value) * (Self.right - Self.left)
  }

  private func y(_ value: Double) -> Double {
    Self.bottom - yAxis.position(value) * (Self.bottom - Self.top)
  }

  /// Grid lines, tick texts and the names of both axes.
  func grid(xLabel: String, yLabel: String) -> Node {
    tag("g", ["class": "axes", "aria-hidden": "true"]) {
      for tick in yAxis.ticks {
        rule("grid", Self.left, y(tick.value), Self.right, y(tick.value))
        label(tick.text, Self.left - 9, y(tick.value) + 4, anchor: "end")
      }
      for tick in xAxis.ticks {
        rule("tick", x(tick.value), Self.bottom, x(tick.value), Self.bottom + 5)
        label(tick.text, x(tick.value), Self.bottom + 23, anchor: "middle")
      }
      rule("axis", Self.left, Self.bottom, Self.right, Self.bottom)
      label(xLabel, (Self.left + Self.right) / 2, Self.height - 6, anchor: "middle", isName: true)
      if !yLabel.isEmpty { label(yLabel, 2, 15, anchor: "start", isName: true) }
    }
  }

  /// A dashed line from bottom to top with a text at its head.
  func mark(at value: Double, text: String) -> Node {
    let isRight = xAxis.position(value) > 0.6
    return tag("g", ["class": "marker"]) {
      rule("dashed", x(value), Self.top - 6, x(value), Self.bottom)
      label(
        text, x(value) + (isRight ? -6 : 6), Self.top + 4, anchor: isRight ? "end" : "start")
    }
  }

  /// The path through a series; gaps where values cannot be drawn.
  func line(_ series: Series, isFaint: Bool) -> Node {
    tag(
      "path",
      ["class": "line c\(series.color % 4)\(isFaint ? " faint" : "")", "d": path(series.points)])
  }

  /// A dot a point, its value as a tooltip.
  func dots(_ series: Series, xLabel: String) -> Node {
    tag("g", ["class": "dots c\(series.color % 4)"]) {
      for point in series.points where point.isDrawable {
        tag(
          "circle",
          [
            "cx": Format.coordinate(x(point.x)), "cy": Format.coordinate(y(point.y)), "r": "4",
          ]
        ) {
          tag("title") {
            "\(series.name), \(xLabel) \(Format.plain(point.x)): \(Format.number(point.y))"
          }
        }
      }
    }
  }

  private func path(_ points: [Series.Point]) -> String {
    var text = ""
    var isPenDown = false
    for point in points {
      guard point.isDrawable else {
        isPenDown = false
        continue
      }
      text += isPenDown ? "L" : "M"
      text += "\(Format.coordinate(x(point.x))) \(Format.coordinate(y(point.y)))"
      isPenDown = true
    }
    return text
  }

  private func rule(
    _ cssClass: String, _ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double
  ) -> Node {
    tag(
      "line",
      [
        "class": cssClass, "x1": Format.coordinate(x1), "y1": Format.coordinate(y1),
        "x2": Format.coordinate(x2), "y2": Format.coordinate(y2),
      ])
  }

  private func label(
    _ text: String, _ x: Double, _ y: Double, anchor: String, isName: Bool = false
  ) -> Node {
    tag(
      "text",
      [
        "x": Format.coordinate(x), "y": Format.coordinate(y), "text-anchor": anchor,
        "class": isName ? "name" : nil,
      ]
    ) { text }
  }
}
