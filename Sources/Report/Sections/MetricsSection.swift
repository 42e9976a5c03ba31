import Evaluate

/// Every number of validation and test beside each other, and why a number is missing.
func metricsSection(_ run: Run) -> Section? {
  guard let metrics = run.metrics.value else { return nil }
  let sides = [("validation", metrics.validation), ("test", metrics.test)]
    .compactMap { name, side in side.map { (name: name, side: $0) } }
  let names = metricNames(sides.map(\.side))
  guard !names.isEmpty else { return nil }
  return Section(id: "metrics", title: "Metrics") {
    table(
      caption: "Metrics of validation and test",
      columns: [.text("Metric")] + sides.map { .number($0.name) } + [.aside("What it is")],
      rows: names.map { name in
        Row(
          [metricName(name)] + sides.map { cell(name, $0.side) } + [.text(explanation(of: name))])
      })
    for side in sides {
      for (name, note) in side.side.notes {
        remark("\(MetricWords.title(name)) of \(side.name): \(note).")
      }
    }
  }
}

/// Names of all metrics, those without a value among them, in the order of the files.
private func metricNames(_ sides: [MetricsFile.Side]) -> [String] {
  var names: [String] = []
  for side in sides {
    for name in side.numbers.map(\.name) + side.unavailable.map(\.name)
    where !names.contains(name) { names.append(name) }
  }
  return names
}

private func metricName(_ name: String) -> Node {
  let arrow =
    switch MetricCatalog.standard.metrics.first(where: { $0.name == name })?.direction {
    case .greater: tag("span", ["class": "way", "title": "higher is better"]) { "↑" }
    case .lower: tag("span", ["class": "way", "title": "lower is better"]) { "↓" }
    default: Node.fragment([])
    }
  return .fragment([
    tag("span", ["class": "metric"]) { MetricWords.title(name) }, arrow,
    tag("code", ["class": "key-name"]) { name },
  ])
}

private func cell(_ name: String, _ side: MetricsFile.Side) -> Node {
  if let value = side[name] {
    let isScore = MetricCatalog.standard.metrics.first { $0.name == name }?.direction == .greater
    let isCount = value == value.rounded() && abs(value) >= 2 && abs(value) < 1e15
    let text = isCount ? Format.count(Int(value)) : Format.number(value)
    return isScore ? barred(text, share: value) : .text(text)
  }
  if let reason = side.unavailable.first(where: { $0.name == name })?.reason {
    return tag("span", ["class": "reason"]) { "none: \(reason)" }
  }
  return tag("span", ["class": "zero"]) { "–" }
}

private func explanation(of name: String) -> String {
  MetricCatalog.standard.metrics.first { $0.name == name }?.summary
    ?? TextMetrics.catalog.first { $0.name == name }?.summary ?? ""
}

/// A line of small print.
func remark(_ text: String) -> Node { tag("p", ["class": "remark"]) { text } }
