import Foundation

/// Loss, validation metrics, perplexity, learning rate and gradient norm over training.
func curvesSection(_ run: Run) -> Section? {
  run.history.flatMap { curvesSection($0, isLanguageModel: run.isLanguageModel) }
}

/// The curves of a training, finished or under way.
func curvesSection(_ history: History, isLanguageModel: Bool) -> Section? {
  let figures = [
    lossFigure(history), isLanguageModel ? perplexityFigure(history) : metricsFigure(history),
    rateFigure(history), gradientFigure(history),
  ].compactMap { $0 }
  guard !figures.isEmpty else { return nil }
  return Section(
    id: "training", title: "Training",
    lead: lead(history)
  ) {
    tag("div", ["class": "figures"]) { figures }
  }
}

private func lead(_ history: History) -> String? {
  guard let step = history.bestStep else { return nil }
  let metric = history.bestMetric.map { ", where the watched metric was \(Format.number($0))" }
  return "The best model is that of step \(Format.plain(step))\(metric ?? "")."
}

/// Above this many logged steps the raw line goes behind a smoothed one.
private let smoothingThreshold = 60

/// The running mean looks back over about a thirtieth of the steps: noise goes, delay stays small.
private func smoothed(_ series: Series) -> Series {
  let window = Double(series.points.count) / 30
  return series.smoothed(weight: 1 - 1 / max(2, window))
}

private func lossFigure(_ history: History) -> Node? {
  let raw = Series(
    name: "training", points: history.entries.map { .init($0.step, $0.loss) }, color: 0)
  let validation = Series(
    name: "validation", points: points(history) { $0["loss"] }, hasDots: true, color: 1)
  return pairFigure(
    title: "Loss", yLabel: "nats", raw: raw, smooth: smoothed(raw), validation: validation,
    history: history)
}

/// Perplexity is e to the loss, so training's line comes from its losses, smoothed as such.
private func perplexityFigure(_ history: History) -> Node? {
  let losses = Series(
    name: "training", points: history.entries.map { .init($0.step, $0.loss) }, color: 0)
  let validation = Series(
    name: "validation",
    points: points(history) { $0["perplexity"] ?? $0["loss"].map { exp($0) } },
    hasDots: true, color: 1)
  return pairFigure(
    title: "Perplexity", yLabel: "a token, log scale", raw: exponential(losses),
    smooth: exponential(smoothed(losses)), validation: validation, history: history,
    spread: .logarithmic)
}

private func exponential(_ series: Series) -> Series {
  Series(
    name: series.name, points: series.points.map { .init($0.x, exp($0.y)) },
    hasDots: series.hasDots, color: series.color)
}

private func points(
  _ history: History, _ value: (History.Validation) -> Double?
) -> [Series.Point] {
  history.validations.compactMap { look in value(look).map { .init(look.step, $0) } }
}

private func pairFigure(
  title: String, yLabel: String, raw: Series, smooth: Series, validation: Series,
  history: History, spread: Axis.Spread = .linear
) -> Node? {
  let isSmoothed = raw.points.count > smoothingThreshold
  let training = isSmoothed ? smooth : raw
  let drawn = [training, validation].filter { !$0.points.isEmpty }
  guard !drawn.isEmpty else { return nil }
  let chart = LineChart(
    title: "\(title) over steps", description: description(drawn), xLabel: "step",
    yLabel: yLabel, series: drawn, faint: isSmoothed ? [raw] : [], spread: spread,
    marker: history.bestStep.map { ($0, "best") })
  let legend = drawn.map { line in
    let isTraining = line.name == "training"
    let name = isTraining && isSmoothed ? "training, smoothed" : line.name
    return (
      line.color, name, isTraining ? "last \(last(line))" : "lowest \(lowest(line))"
    )
  }
  return figure(title: title, chart: chart.svg, legend: legend)
}

private func metricsFigure(_ history: History) -> Node? {
  let names = shownMetrics(history)
  guard !names.isEmpty else { return nil }
  let hasEpochs = history.validations.allSatisfy { $0.epoch != nil }
  let series = names.enumerated().map { index, name in
    Series(
      name: name,
      points: history.validations.compactMap { look in
        look[name].map { .init(hasEpochs ? look.epoch ?? look.step : look.step, $0) }
      }, hasDots: true, color: index)
  }
  let chart = LineChart(
    title: "Validation metrics over \(hasEpochs ? "epochs" : "steps")",
    description: description(series), xLabel: hasEpochs ? "epoch" : "step", yLabel: "",
    series: series)
  return figure(
    title: "Validation metrics", chart: chart.svg,
    legend: series.map { ($0.color, MetricWords.title($0.name), "highest \(highest($0))") })
}

/// Up to four validation metrics between 0 and 1, the usual ones first.
private func shownMetrics(_ history: History) -> [String] {
  let usual = ["f1.weighted", "f1", "accuracy", "f1.macro", "auc.binary", "auc.macro"]
  var names: [String] = []
  for name in history.validations.flatMap({ $0.values.map(\.name) }) where name != "loss" {
    if !names.contains(name) { names.append(name) }
  }
  let scores = names.filter { name in
    history.validations.allSatisfy { (0...1).contains($0[name] ?? 0) }
  }
  let ranked = usual.filter(scores.contains) + scores.filter { !usual.contains($0) }
  return Array(ranked.prefix(4))
}

private func rateFigure(_ history: History) -> Node? {
  smallFigure(title: "Learning rate", history, color: 2) { $0.learningRate }
}

private func gradientFigure(_ history: History) -> Node? {
  smallFigure(title: "Gradient norm", history, color: 3) { $0.gradientNorm }
}

private func smallFigure(
  title: String, _ history: History, color: Int, value: (History.Entry) -> Double?
) -> Node? {
  let points = history.entries.compactMap { entry in
    value(entry).map { Series.Point(entry.step, $0) }
  }
  guard points.count > 1 else { return nil }
  let line = Series(name: title.lowercased(), points: points, color: color)
  let chart = LineChart(
    title: "\(title) over steps", description: description([line]), xLabel: "step",
    yLabel: "", series: [line])
  return figure(
    title: title, chart: chart.svg, legend: [(color, line.name, "highest \(highest(line))")])
}

/// Each line's first and last value in words, for those who cannot see it.
private func description(_ series: [Series]) -> String {
  series.compactMap { line -> String? in
    let drawable = line.points.filter(\.isDrawable)
    guard let first = drawable.first, let last = drawable.last else { return nil }
    return "\(line.name): \(Format.number(first.y)) at \(Format.plain(first.x)), "
      + "\(Format.number(last.y)) at \(Format.plain(last.x))."
  }.joined(separator: " ")
}

private func last(_ series: Series) -> String {
  Format.number(series.points.last(where: \.isDrawable)?.y ?? .nan)
}

private func lowest(_ series: Series) -> String {
  Format.number(series.points.filter(\.isDrawable).map(\.y).min() ?? .nan)
}

private func highest(_ series: Series) -> String {
  Format.number(series.points.filter(\.isDrawable).map(\.y).max() ?? .nan)
}
