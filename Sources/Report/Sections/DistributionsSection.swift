import Foundation

/// How long the records are, which labels they have and in which languages they are, per side.
func distributionsSection(_ run: Run) -> Section? {
  guard let summary = run.summary.value else { return nil }
  return Section(
    id: "distributions", title: "What the sides hold", shortTitle: "Sides",
    lead: "Sides that differ in length, label or language are scored on something else than they "
      + "were trained on."
  ) {
    for warning in summary.warnings { tag("p", ["class": "caution"]) { "Caution: \(warning)." } }
    tag("div", ["class": "figures"]) {
      lengthFigure(summary)
      shares("Labels", summary, most: 16) { $0.labels }
      shares("Languages", summary, most: 8) { $0.languages }
    }
  }
}

private func lengthFigure(_ summary: SummaryFile) -> Node {
  tag("figure") {
    tag("h3") { "Length" }
    lengthChart(summary)
    table(
      caption: "Characters of a record on each side",
      columns: [.text("Side"), .number("Median"), .number("95 % below"), .number("Longest")],
      rows: summary.sides.enumerated().map { index, side in
        Row([
          .fragment([swatch(color: index), .text(side.name)]), quantity(side.median),
          quantity(side.p95), quantity(side.longest),
        ])
      })
  }
}

private func quantity(_ value: Int?) -> Node { .text(value.map(Format.count) ?? "–") }

/// Bins from the shortest record of any side to the longest; nil where the file has none.
private func lengthChart(_ summary: SummaryFile) -> Node? {
  let bins = Set(summary.sides.flatMap { $0.lengths.map(\.atMost) }).sorted()
  guard bins.count > 1, bins.count <= 120 else { return nil }
  let rows = summary.sides.enumerated().map { index, side in
    Histogram.Rows(
      name: side.name, shares: shares(of: side, bins), color: index)
  }
  let every = (bins.count + 7) / 8
  return Histogram(
    title: "Length of the records on each side",
    description: summary.sides.map { side in
      "\(side.name): half of the records have at most \(side.median.map(Format.count) ?? "?") "
        + "characters, 95 of 100 at most \(side.p95.map(Format.count) ?? "?")."
    }.joined(separator: " "),
    bins: bins.map { "at most \(Format.count($0)) characters" },
    ticks: bins.enumerated().filter { $0.offset % every == every - 1 }
      .map { (bin: $0.offset, text: short($0.element)) },
    xLabel: "characters, doubling every four columns",
    rows: rows
  ).svg
}

private func shares(of side: SummaryFile.Side, _ bins: [Int]) -> [Double] {
  bins.map { edge in
    let records = side.lengths.first { $0.atMost == edge }?.records ?? 0
    return Double(records) / Double(max(side.records, 1))
  }
}

private func short(_ value: Int) -> String {
  value >= 10_000 ? "\(Format.count(value / 1000))k" : Format.count(value)
}

/// A table of shares: a row a name, a column a side, bars to compare them by.
private func shares(
  _ title: String, _ summary: SummaryFile, most: Int,
  _ counts: (SummaryFile.Side) -> [(name: String, records: Int)]
) -> Node? {
  let sides = summary.sides.map { (side: $0, counts: counts($0)) }
  let totals = sides.map { Double(max($0.counts.reduce(0) { $0 + $1.records }, 1)) }
  var names: [String] = []
  for side in sides { names += side.counts.map(\.name).filter { !names.contains($0) } }
  func share(_ name: String, _ index: Int) -> Double {
    Double(sides[index].counts.first { $0.name == name }?.records ?? 0) / totals[index]
  }
  // What is less than a hundredth everywhere is as likely a short text that was told wrongly.
  let common = names.filter { name in sides.indices.contains { share(name, $0) >= 0.01 } }
  let shown = Array((title == "Languages" ? common : names).prefix(most))
  guard !shown.isEmpty else { return nil }
  let largest = shown.flatMap { name in sides.indices.map { share(name, $0) } }.max() ?? 1
  return tag("figure") {
    tag("h3") { title }
    table(
      caption: "\(title) on each side",
      columns: [.text(String(title.dropLast()))] + sides.map { .number($0.side.name) },
      rows: shown.map { name in
        Row(
          [tag("bdi") { title == "Languages" ? languageName(name) : name }]
            + sides.indices.map { index in
              barred(
                Format.percent(share(name, index)), share: share(name, index) / largest,
                kind: "side\(index)")
            })
      })
    if names.count > shown.count {
      remark("Rarer ones, \(Format.count(names.count - shown.count)), are in data/summary.json.")
    }
  }
}

/// A language's English name with its code: `German (de)`.
func languageName(_ code: String) -> String {
  guard code != "none" else { return "no letters" }
  return Locale(identifier: "en").localizedString(forLanguageCode: code).map { "\($0) (\(code))" }
    ?? code
}
