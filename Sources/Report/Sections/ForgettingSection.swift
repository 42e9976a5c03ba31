import Evaluate

/// What the model could do before training and after, on data that the training is not about.
func forgettingSection(_ run: Run) -> Section? {
  guard let forgetting = run.metrics.value?.forgetting else { return nil }
  let names = forgetting.after.numbers.map(\.name)
  let rows = names.compactMap { name -> Row? in
    guard let after = forgetting.after[name], let before = forgetting.before[name] else {
      return nil
    }
    let change = verdict(name, before: before, after: after)
    return Row([
      .text(MetricWords.title(name)), .text(Format.number(before)), .text(Format.number(after)),
      change,
    ])
  }
  guard !rows.isEmpty else { return nil }
  return Section(
    id: "forgetting", title: "Forgetting",
    lead: "The model that training began with and the one it left, on "
      + "\(Format.count(forgetting.records)) records that the training is not about."
  ) {
    table(
      caption: "Scores before and after training on other data",
      columns: [.text("Metric"), .number("before"), .number("after"), .number("change")],
      rows: rows)
  }
}

/// The difference, and whether it is for the worse.
private func verdict(_ name: String, before: Double, after: Double) -> Node {
  let change = after - before
  let sign = change > 0 ? "+" : ""
  let direction =
    MetricCatalog.standard.metrics.first { $0.name == name }?.direction
    ?? Example.direction(of: name)
  let isWorse =
    switch direction {
    case .greater: change < 0
    case .lower: change > 0
    default: false
    }
  let text = "\(sign)\(Format.number(change))"
  return isWorse ? .fragment([.text("\(text) "), badge("worse", kind: "warn")]) : .text(text)
}
