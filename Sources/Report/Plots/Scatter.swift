/// Points with names, the best of which are joined by a line.
struct Scatter {
  /// A point and what it is.
  struct Mark {
    let name: String
    let point: Series.Point
    let color: Int
  }

  /// What the plot shows, as its accessible title.
  let title: String
  /// One sentence that says in words what stands where.
  let description: String
  let xLabel: String
  let yLabel: String
  let marks: [Mark]
  /// The points that a line joins, in its order.
  let line: [Series.Point]

  /// The SVG element; the x axis is logarithmic where values differ much.
  var svg: Node {
    let points = marks.map(\.point).filter(\.isDrawable)
    let frame = Frame(
      xAxis: Axis.enclosing(points.map(\.x), spread: .logarithmic),
      yAxis: Axis.enclosing(points.map(\.y)))
    return tag(
      "svg",
      [
        "class": "chart", "viewBox": "0 0 \(Int(Frame.width)) \(Int(Frame.height))", "role": "img",
      ]
    ) {
      tag("title") { title }
      tag("desc") { description }
      frame.grid(xLabel: xLabel, yLabel: yLabel)
      frame.line(Series(name: "", points: line), isFaint: true)
      marks.map { mark in
        frame.dots(
          Series(name: mark.name, points: [mark.point], color: mark.color), xLabel: xLabel)
      }
    }
  }
}
