import Foundation
import Report
import Testing

@Suite struct `Plots` {
  private func texts(_ axis: Axis) -> [String] { axis.ticks.map(\.text) }

  @Test func `an axis ends on ticks that enclose the values`() {
    let axis = Axis.enclosing([0.31, 1.82])
    #expect(texts(axis) == ["0.0", "0.5", "1.0", "1.5", "2.0"])
    #expect(axis.position(0.5) == 0.25)
  }

  @Test func `steps keep whole ticks inside their range`() {
    #expect(texts(Axis.spanning([1, 4], isWhole: true)) == ["1", "2", "3", "4"])
    #expect(
      texts(Axis.spanning([2, 300], isWhole: true)) == ["50", "100", "150", "200", "250", "300"])
    #expect(texts(Axis.spanning([0, 30000], isWhole: true)).last == "30k")
  }

  @Test func `a wide range of positive values is spread by ratios`() {
    let axis = Axis.enclosing([30, 9000], spread: .logarithmic)
    #expect(texts(axis) == ["20", "50", "100", "200", "500", "1,000", "2,000", "5,000", "10k"])
    #expect(abs(axis.position(sqrt(20.0 * 10000)) - 0.5) < 1e-12)
    #expect(texts(Axis.enclosing([3, 4], spread: .logarithmic)) == texts(Axis.enclosing([3, 4])))
  }

  @Test(
    arguments: [
      [], [3], [0, 0], [.nan, .infinity], [1e308, -1e308], [-1e-300, 1e-300], [1e15, 1e15 + 1],
    ] as [[Double]])
  func `any values make an axis with a few ticks and finite places`(values: [Double]) {
    for axis in [
      Axis.enclosing(values), .spanning(values), .enclosing(values, spread: .logarithmic),
    ] {
      #expect(axis.lower < axis.upper)
      #expect(axis.ticks.count < 20)
      #expect(axis.position((axis.lower + axis.upper) / 2).isFinite)
    }
  }

  @Test func `the path of a tiny curve is drawn point by point`() {
    let chart = LineChart(
      title: "t", description: "d", xLabel: "step", yLabel: "loss",
      series: [Series(name: "training", points: [.init(0, 2), .init(5, 1), .init(10, 0)])])
    #expect(chart.svg.markup.contains("d=\"M64 36L343 153L622 270\""))
    #expect(chart.svg.markup.contains("<title>t</title><desc>d</desc>"))
  }

  @Test func `a value that is no number leaves a gap`() {
    let points: [Series.Point] = [.init(0, 2), .init(5, .nan), .init(10, 0), .init(10, 0)]
    let chart = LineChart(
      title: "t", description: "d", xLabel: "step", yLabel: "loss",
      series: [Series(name: "training", points: points)])
    #expect(chart.svg.markup.contains("d=\"M64 36M622 270L622 270\""))
  }

  @Test func `thinning keeps the lowest and highest of each stretch in order`() {
    let points = (0..<10_000).map { Series.Point(Double($0), sin(Double($0))) }
    let spike = points[..<5000] + [.init(5000, 99)] + points[5001...]
    let thinned = Series(name: "s", points: Array(spike)).thinned(to: 600)
    #expect(thinned.points.count <= 600)
    #expect(thinned.points.contains(.init(5000, 99)))
    #expect(zip(thinned.points, thinned.points.dropFirst()).allSatisfy { $0.x < $1.x })
  }

  @Test func `smoothing keeps a constant, gaps and the start`() {
    let points: [Series.Point] = [.init(0, 4), .init(1, 4), .init(2, .nan), .init(3, 4)]
    let smooth = Series(name: "s", points: points).smoothed(weight: 0.9).points
    #expect(smooth[0].y == 4)
    #expect(smooth[2].y.isNaN)
    #expect(abs(smooth[3].y - 4) < 1e-12)
  }
}
