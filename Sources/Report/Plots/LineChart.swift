/// Lines over a common x axis, as one SVG that scales with the page.
package struct LineChart: Sendable {
  /// What the chart shows, as its accessible title.
  package let title: String
  /// One sentence that says in words what the lines do.
  package let description: String
  package let xLabel: String
  package let yLabel: String
  package let series: [Series]
  /// How the y axis is spread.
  package let spread: Axis.Spread
  /// A place on the x axis worth a mark, such as the best step.
  package let marker: (x: Double, text: String)?
  /// Lines drawn faintly behind, such as raw values behind smoothed ones.
  package let faint: [Series]

  package init(
    title: String, description: String, xLabel: String, yLabel: String, series: [Series],
    faint: [Series] = [], spread: Axis.Spread = .linear, marker: (x: Double, text: String)? = nil
  ) {
    self.title = title
    self.description = description
    self.xLabel = xLabel
    self.yLabel = yLabel
    self.series = series
    self.faint = faint
    self.spread = spread
    self.marker = marker
  }

  /// The most points a line is drawn with: more than there are pixels shows nothing more.
  private static let pointLimit = 600

  /// The SVG element.
  package var svg: Node {
    let frame = Frame(xAxis: xAxis, yAxis: yAxis)
    return tag(
      "svg",
      [
        "class": "chart", "viewBox": "0 0 \(Int(Frame.width)) \(Int(Frame.height))",
        "role": "img",
      ]
    ) {
      tag("title") { title }
      tag("desc") { description }
      frame.grid(xLabel: xLabel, yLabel: yLabel)
      marker.map { frame.mark(at: $0.x, text: $0.text) }
      faint.map { frame.line($0.thinned(to: Self.pointLimit), isFaint: true) }
      series.map { frame.line($0.thinned(to: Self.pointLimit), isFaint: false) }
      series.filter(\.hasDots).map { frame.dots($0, xLabel: xLabel) }
    }
  }

  private var allPoints: [Series.Point] {
    (series + faint).flatMap(\.points).filter(\.isDrawable)
  }

  private var yAxis: Axis { Axis.enclosing(allPoints.map(\.y), spread: spread) }

  private var xAxis: Axis {
    let values = allPoints.map(\.x)
    return Axis.spanning(values, isWhole: values.allSatisfy { $0 == $0.rounded() })
  }
}
