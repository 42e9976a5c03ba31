/// What each stage took, made, kept and dropped, and how long it took.
func stagesSection(_ run: Run) -> Section? {
  guard let file = run.stages.value, !file.stages.isEmpty else { return nil }
  let times = run.timings.value?.matched(to: file.stages.map(\.name)) ?? []
  let hasTimes = times.contains { $0 != nil }
  let largestDrop = file.stages.flatMap { $0.dropped + $0.quarantined }.map(\.count).max() ?? 1
  let stages = Set(file.stages.filter { $0.unaccounted != 0 }.map(\.name))
  return Section(id: "data", title: "Data", lead: lead(file)) {
    if !stages.isEmpty {
      tag("p", ["class": "alarm"]) {
        "The counts do not add up in \(stages.sorted().joined(separator: ", "))."
      }
    }
    table(
      caption: "Records through the stages", columns: columns(hasTimes: hasTimes),
      rows: file.stages.enumerated().map { index, stage in
        Row(
          cells(stage, largestDrop: largestDrop)
            + (hasTimes ? timeCells(index < times.count ? times[index] : nil) : []))
      },
      footer: file.total.map { total in
        Row(
          [Node.text("Whole run")]
            + cells(total, largestDrop: largestDrop, isTotal: true).dropFirst()
            + (hasTimes ? [.text(""), .text("")] : []))
      })
  }
}

private func columns(hasTimes: Bool) -> [Column] {
  [
    .text("Stage"), .number("In"), .number("Made"), .number("Kept"), .text("Dropped"),
    .number("Merged"), .text("Quarantined"), .number("Expanded"),
  ] + (hasTimes ? [.number("Time"), .number("Records/s")] : [])
}

private func lead(_ file: StagesFile) -> String? {
  guard let total = file.total, total.unaccounted == 0 else { return nil }
  let terms = [
    ("kept", total.kept), ("dropped", total.droppedCount), ("merged", total.merged),
    ("quarantined", total.quarantinedCount), ("expanded", total.expanded),
  ].filter { $0.1 > 0 || $0.0 == "kept" }
  let right = terms.map { "\(Format.count($0.1)) \($0.0)" }.joined(separator: " + ")
  let made = total.made > 0 ? " + \(Format.count(total.made)) made" : ""
  return "Every record is accounted for: \(Format.count(total.taken)) in\(made) = \(right)."
}

private func cells(
  _ stage: StagesFile.Stage, largestDrop: Int, isTotal: Bool = false
) -> [Node] {
  let available = Double(max(stage.taken + stage.made, 1))
  return [
    tag("code") { stage.name },
    quantity(stage.taken), quantity(stage.made),
    barred(Format.count(stage.kept), share: Double(stage.kept) / available, kind: "good"),
    isTotal ? quantity(stage.droppedCount) : reasons(stage.dropped, largest: largestDrop),
    quantity(stage.merged),
    isTotal ? quantity(stage.quarantinedCount) : reasons(stage.quarantined, largest: largestDrop),
    quantity(stage.expanded),
  ]
}

/// A count; nothing is shown as a faint zero.
private func quantity(_ count: Int) -> Node {
  count == 0 ? tag("span", ["class": "zero"]) { "0" } : .text(Format.count(count))
}

/// Reasons with their counts, each with a bar that compares it with the run's largest.
private func reasons(_ list: [(reason: String, count: Int)], largest: Int) -> Node {
  guard !list.isEmpty else { return quantity(0) }
  return tag("ul", ["class": "reasons"]) {
    for entry in list {
      tag("li") {
        tag("span", ["class": "why"]) { entry.reason }
        tag("span", ["class": "num"]) { Format.count(entry.count) }
        bar(share: Double(entry.count) / Double(max(largest, 1)), kind: "bad")
      }
    }
  }
}

private func timeCells(_ time: TimingsFile.Stage?) -> [Node] {
  guard let time else { return [quantity(0), quantity(0)] }
  if time.isCached { return [badge("cached", kind: "plain"), .text("")] }
  return [
    .text(time.seconds.map { Format.duration($0) } ?? "–"),
    .text(time.recordsPerSecond.map { Format.number($0.rounded()) } ?? ""),
  ]
}
