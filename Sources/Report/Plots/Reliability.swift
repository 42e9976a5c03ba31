/// How often predictions of each confidence are right: a dot a bin, as large as it has predictions,
/// against the line on which confidence could be taken at its word.
struct Reliability {
  /// One bin: its mean confidence, the share that is right, how many predictions.
  struct Bin {
    let confidence: Double
    let accuracy: Double
    let count: Int
  }

  let bins: [Bin]
  let description: String
  private static let (low, high) = (44.0, 308.0)

  /// The SVG element.
  var svg: Node {
    tag(
      "svg", ["class": "chart square", "viewBox": "0 0 320 356", "role": "img"]
    ) {
      tag("title") { "Share of right predictions by confidence" }
      tag("desc") { description }
      axes
      tag("path", ["class": "dashed", "d": "M\(x(0)) \(y(0))L\(x(1)) \(y(1))"])
      tag("path", ["class": "line c0 faint", "d": path])
      tag("g", ["class": "dots c0"]) { bins.map(dot) }
    }
  }

  private func x(_ share: Double) -> String {
    Format.coordinate(Self.low + share * (Self.high - Self.low))
  }

  private func y(_ share: Double) -> String {
    Format.coordinate(Self.high - share * (Self.high - Self.low))
  }

  private var path: String {
    bins.enumerated().map { index, bin in
      "\(index == 0 ? "M" : "L")\(x(bin.confidence)) \(y(bin.accuracy))"
    }.joined()
  }

  /// Area, not width, follows the count.
  private func dot(_ bin: Bin) -> Node {
    let largest = Double(max(bins.map(\.count).max() ?? 1, 1))
    let radius = 3 + 9 * (Double(bin.count) / largest).squareRoot()
    return tag(
      "circle",
      ["cx": x(bin.confidence), "cy": y(bin.accuracy), "r": Format.coordinate(radius)]
    ) {
      tag("title") {
        "confidence \(Format.percent(bin.confidence)): \(Format.percent(bin.accuracy)) of "
          + "\(Format.count(bin.count)) right"
      }
    }
  }

  private var axes: Node {
    tag("g", ["class": "axes", "aria-hidden": "true"]) {
      for tick in [0.0, 0.5, 1] {
        rule(x(0), y(tick), x(1), y(tick))
        text("\(Int(tick * 100)) %", Format.coordinate(Self.low - 6), y(tick - 0.015), "end")
        text("\(Int(tick * 100)) %", x(tick), Format.coordinate(Self.high + 20), "middle")
      }
      text("confidence of the prediction", x(0.5), Format.coordinate(Self.high + 42), "middle")
      text("right", "2", "16", "start")
    }
  }

  private func rule(_ x1: String, _ y1: String, _ x2: String, _ y2: String) -> Node {
    tag("line", ["class": "grid", "x1": x1, "y1": y1, "x2": x2, "y2": y2])
  }

  private func text(_ text: String, _ x: String, _ y: String, _ anchor: String) -> Node {
    tag("text", ["x": x, "y": y, "text-anchor": anchor]) { text }
  }
}
