/// Which classes are taken for which: the matrix, and its largest mistakes in words.
func confusionSection(_ run: Run) -> Section? {
  guard let metrics = run.metrics.value else { return nil }
  let side = metrics.test?.confusion != nil ? "test" : "validation"
  guard let confusion = metrics.test?.confusion ?? metrics.validation?.confusion,
    confusion.total > 0
  else { return nil }
  return Section(
    id: "confusion", title: "Confusion matrix", shortTitle: "Confusion",
    lead: "Each row is a true class of the \(side) side, each column what was predicted. "
      + "The deeper the colour, the larger the share of the row."
  ) {
    if confusion.labels.count <= largestMatrix {
      heatMap(
        caption: "Confusion matrix of the \(side) side", labels: confusion.labels,
        counts: confusion.counts)
      heatLegend
    } else {
      remark(
        "\(Format.count(confusion.labels.count)) classes are too many to draw; metrics.json has "
          + "the whole matrix.")
    }
    let mistakes = largestMistakes(confusion)
    if !mistakes.isEmpty {
      tag("h3") { "Most frequent mistakes" }
      table(
        caption: "Most frequent mistakes",
        columns: [
          .text("True class"), .text("Taken for"), .number("Records"), .number("Of the class"),
        ],
        rows: mistakes.map { mistake in
          Row([
            .text(mistake.reference), .text(mistake.prediction),
            .text(Format.count(mistake.count)),
            barred(Format.percent(mistake.share), share: mistake.share, kind: "bad"),
          ])
        })
    }
  }
}

/// The most classes a matrix is drawn for: beyond, neither page nor reader can hold the cells.
private let largestMatrix = 60

private var heatLegend: Node {
  tag("p", ["class": "legend"]) {
    tag("span", ["class": "key"]) {
      tag("span", ["class": "strip hit", "aria-hidden": "true"])
      "right"
    }
    tag("span", ["class": "key"]) {
      tag("span", ["class": "strip miss", "aria-hidden": "true"])
      "wrong"
    }
    tag("span", ["class": "key"]) { "0 % to 100 % of a row" }
  }
}

private struct Confused {
  let reference: String
  let prediction: String
  let count: Int
  let share: Double
}

/// The six most frequent pairs of a true and another predicted class.
private func largestMistakes(_ confusion: MetricsFile.Confusion) -> [Confused] {
  var pairs: [Confused] = []
  for (row, counts) in confusion.counts.enumerated() {
    let total = counts.reduce(0, +)
    for (column, count) in counts.enumerated() where row != column && count > 0 {
      pairs.append(
        Confused(
          reference: confusion.labels[row], prediction: confusion.labels[column], count: count,
          share: Double(count) / Double(total)))
    }
  }
  return Array(pairs.sorted { ($0.count, $0.share) > ($1.count, $1.share) }.prefix(6))
}
