/// How results differ between kinds of records: short and long, by language, class and source.
func slicesSection(_ run: Run) -> Section? {
  guard let predictions = run.predictions.value, let kind = predictions.kind,
    predictions.slices.all.count > 1
  else { return nil }
  let measure = Measure(kind, predictions.ranking)
  let slices = predictions.slices
  let tables = [
    sliceTable("Length of the input", lengthRows(slices), measure, slices.all),
    sliceTable("True class", named(slices.labels, measure), measure, slices.all),
    sliceTable(
      "Language", named(slices.languages, measure).map { (languageName($0.name), $0.tally) },
      measure, slices.all),
    sliceTable("Source", named(slices.sources, measure), measure, slices.all),
  ].compactMap { $0 }
  guard !tables.isEmpty else { return nil }
  return Section(
    id: "slices", title: "Where it does better and worse", shortTitle: "Slices",
    lead: "\(measure.name) of parts of the test side; over all of it "
      + "\(measure.text(slices.all.value)). A part is marked where its 95 % interval leaves that "
      + "out; of twenty parts, one is by chance."
  ) {
    tag("div", ["class": "figures"]) { tables }
    if slices.languages.count > 1, slices.all.count > Slices.languageLimit {
      remark("Languages are told of the first \(Format.count(Slices.languageLimit)) records.")
    }
  }
}

/// What is measured, and how it is written.
private struct Measure {
  let name: String
  let isLowerBetter: Bool
  let isShare: Bool

  init(_ kind: Predictions.Kind, _ ranking: (name: String, isLowerBetter: Bool)?) {
    switch kind {
    case .classes: (name, isLowerBetter, isShare) = ("Accuracy", false, true)
    case .passages: (name, isLowerBetter, isShare) = ("Loss a token", true, false)
    case .texts:
      name = "Mean \(ranking.map { MetricWords.title($0.name) } ?? "score")"
      (isLowerBetter, isShare) = (ranking?.isLowerBetter ?? false, false)
    }
  }

  func text(_ value: Double) -> String {
    isShare ? Format.percent(value) : Format.number(value)
  }

  func interval(_ tally: Slices.Tally) -> ClosedRange<Double>? {
    isShare ? tally.share : tally.interval
  }

  /// How a part of ten records or more compares with the whole, where that is not chance alone.
  func verdict(_ tally: Slices.Tally, _ whole: Slices.Tally) -> (text: String, kind: String)? {
    guard tally.count >= 10, let interval = interval(tally), !interval.contains(whole.value) else {
      return nil
    }
    let isHigher = interval.lowerBound > whole.value
    return isHigher == isLowerBetter ? ("worse", "bad") : ("better", "good")
  }
}

private typealias SliceRow = (name: String, tally: Slices.Tally)

private func lengthRows(_ slices: Slices) -> [SliceRow] {
  slices.byLength.map { group in
    let name =
      group.below.map { "\(Format.count(group.from)) to \(Format.count($0 - 1)) characters" }
      ?? "\(Format.count(group.from)) characters and more"
    return (name, group.tally)
  }
}

/// The largest groups, worst first.
private func named(_ tallies: [String: Slices.Tally], _ measure: Measure) -> [SliceRow] {
  let largest = tallies.sorted { ($1.value.count, $0.key) < ($0.value.count, $1.key) }.prefix(16)
  return largest.map { (name: $0.key, tally: $0.value) }.sorted { left, right in
    measure.isLowerBetter
      ? left.tally.value > right.tally.value : left.tally.value < right.tally.value
  }
}

/// One table; nil where there is but one part.
private func sliceTable(
  _ title: String, _ rows: [SliceRow], _ measure: Measure, _ whole: Slices.Tally
) -> Node? {
  guard rows.count > 1 else { return nil }
  let largest = rows.map { abs($0.tally.value) }.filter(\.isFinite).max() ?? 1
  return tag("figure") {
    tag("h3") { title }
    table(
      caption: "\(measure.name) by \(title.lowercased())",
      columns: [
        .text(title), .number(measure.name), .number("95 % interval"), .number("Records"),
      ],
      rows: rows.map { row in
        Row([
          .fragment([
            tag("bdi") { row.name },
            measure.verdict(row.tally, whole).map { badge($0.text, kind: $0.kind) }
              ?? .fragment([]),
          ]),
          barred(
            measure.text(row.tally.value),
            share: row.tally.value / (measure.isShare ? 1 : max(largest, .leastNormalMagnitude)),
            kind: measure.isLowerBetter ? "quiet" : "plain"),
          .text(
            measure.interval(row.tally).map {
              "\(measure.text($0.lowerBound)) – \(measure.text($0.upperBound))"
            } ?? "–"),
          .text(Format.count(row.tally.count)),
        ])
      })
  }
}
