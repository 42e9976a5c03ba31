/// Precision, recall and F1 of every class.
func classesSection(_ run: Run) -> Section? {
  guard let metrics = run.metrics.value else { return nil }
  let isTest = !(metrics.test?.classes ?? []).isEmpty
  let rows = isTest ? metrics.test?.classes ?? [] : metrics.validation?.classes ?? []
  guard !rows.isEmpty else { return nil }
  let largest = Double(max(rows.map(\.support).max() ?? 0, 1))
  let total = rows.reduce(0) { $0 + $1.support }
  return Section(id: "classes", title: "Classes", lead: weakest(rows)) {
    table(
      caption: "Scores of each class on the \(isTest ? "test" : "validation") side",
      columns: [
        .text("Class"), .number("Precision"), .number("Recall"), .number("F1"),
        .number("Records"),
      ],
      rows: rows.map { row in
        Row([
          tag("bdi") { row.label }, score(row.precision), score(row.recall), score(row.f1),
          barred(Format.count(row.support), share: Double(row.support) / largest, kind: "quiet"),
        ])
      },
      footer: total == 0
        ? nil : Row([.text("All"), .text(""), .text(""), .text(""), .text(Format.count(total))]))
  }
}

private func score(_ value: Double) -> Node {
  value.isFinite ? barred(Format.fixed(value, 3), share: value) : .text("–")
}

/// Which class deserves attention first.
private func weakest(_ rows: [MetricsFile.ClassRow]) -> String? {
  let candidates = rows.filter { $0.support > 0 && $0.f1.isFinite }
  guard candidates.count > 1, let lowest = candidates.min(by: { $0.f1 < $1.f1 }) else {
    return nil
  }
  return "The weakest class is \(lowest.label), with an F1 of \(Format.fixed(lowest.f1, 3)) "
    + "over \(Format.count(lowest.support)) records."
}
