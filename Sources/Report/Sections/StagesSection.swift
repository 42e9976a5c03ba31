/// What each stage took, made, kept and dropped, and how long it took.
func stagesSection(_ run: Run) -> Section? {
  guard let file = run.stages.value, !file.stages.isEmpty else { return nil }
  let fates = Fate.allCases.filter { fate in file.stages.contains { fate.occurs(in: $0) } }
  let times = run.timings.value?.matched(to: file.stages.map(\.name)) ?? []
  let hasTimes = times.contains { $0 != nil }
  let scale = largestReason(file.stages)
  return Section(id: "stages", title: "Stages in numbers", shortTitle: "Stages", lead: lead(file)) {
    alarm(file.stages)
    table(
      caption: "Records through the stages",
      columns: [.text("Stage")] + fates.map(\.column) + (hasTimes ? timeColumns : []),
      rows: zip(file.stages, times + Array(repeating: nil, count: file.stages.count))
        .map { stage, time in
          Row(
            [tag("code") { stage.name }] + fates.map { $0.cell(stage, scale: scale) }
              + (hasTimes ? timeCells(time) : []))
        },
      footer: file.total.map { total in
        Row(
          [.text("Whole run")] + fates.map { $0.totalCell(total) }
            + (hasTimes ? [.text(""), .text("")] : []))
      })
  }
}

/// A column of the table: where records come from and what becomes of them.
private enum Fate: CaseIterable {
  case taken, made, kept, changed, dropped, merged, quarantined, expanded

  /// Columns of which every stage has none are left out.
  func occurs(in stage: StagesFile.Stage) -> Bool {
    switch self {
    case .taken, .kept, .dropped: true
    case .made, .changed, .merged, .quarantined, .expanded: count(in: stage) > 0
    }
  }

  var column: Column {
    switch self {
    case .taken: .number("In")
    case .made: .number("Made")
    case .kept: .number("Kept")
    case .changed: .number("Changed")
    case .dropped: .text("Dropped")
    case .merged: .number("Merged")
    case .quarantined: .text("Quarantined")
    case .expanded: .number("Expanded")
    }
  }

  private func count(in stage: StagesFile.Stage) -> Int {
    switch self {
    case .taken: stage.taken
    case .made: stage.made
    case .kept: stage.kept
    case .changed: stage.changed
    case .dropped: stage.droppedCount
    case .merged: stage.merged
    case .quarantined: stage.quarantinedCount
    case .expanded: stage.expanded
    }
  }

  func cell(_ stage: StagesFile.Stage, scale: Int) -> Node {
    switch self {
    case .kept:
      let available = Double(max(stage.taken + stage.made, 1))
      return barred(
        Format.count(stage.kept), share: Double(stage.kept) / available, kind: "good")
    case .dropped: return reasons(stage.dropped, scale: scale)
    case .quarantined: return reasons(stage.quarantined, scale: scale)
    default: return quantity(count(in: stage))
    }
  }

  /// The whole run's cell: counts without reasons, which the stages' rows give.
  ///
  /// Changes of several stages hit the same records, so their sum would count none of anything.
  func totalCell(_ total: StagesFile.Stage) -> Node {
    self == .changed ? .text("") : quantity(count(in: total))
  }
}

private func lead(_ file: StagesFile) -> String? {
  guard let total = file.total, total.unaccounted == 0 else { return nil }
  let terms = [
    ("kept", total.kept), ("dropped", total.droppedCount), ("merged", total.merged),
    ("quarantined", total.quarantinedCount), ("expanded", total.expanded),
  ].filter { $0.1 > 0 || $0.0 == "kept" }
  let right = terms.map { "\(Format.count($0.1)) \($0.0)" }.joined(separator: " + ")
  let left = [("in", total.taken), ("made", total.made)].filter { $0.1 > 0 }
    .map { "\(Format.count($0.1)) \($0.0)" }.joined(separator: " + ")
  return "Every record is accounted for: \(left.isEmpty ? "0 in" : left) = \(right)."
}

/// A warning when records vanished or appeared without a count.
private func alarm(_ stages: [StagesFile.Stage]) -> Node? {
  let names = stages.filter { $0.unaccounted != 0 }.map(\.name)
  guard !names.isEmpty else { return nil }
  return tag("p", ["class": "alarm"]) {
    "The counts do not add up in \(names.joined(separator: ", "))."
  }
}

private func largestReason(_ stages: [StagesFile.Stage]) -> Int {
  max(1, stages.flatMap { $0.dropped + $0.quarantined }.map(\.count).max() ?? 1)
}

/// A count; nothing is shown as a faint zero.
private func quantity(_ count: Int) -> Node {
  count == 0 ? tag("span", ["class": "zero"]) { "0" } : .text(Format.count(count))
}

/// Reasons with their counts, each with a bar that compares it with the run's largest.
private func reasons(_ list: [(reason: String, count: Int)], scale: Int) -> Node {
  guard !list.isEmpty else { return quantity(0) }
  return tag("ul", ["class": "reasons"]) {
    for entry in list {
      tag("li") {
        tag("span", ["class": "why"]) { entry.reason }
        tag("span", ["class": "num"]) { Format.count(entry.count) }
        bar(share: Double(entry.count) / Double(scale), kind: "bad")
      }
    }
  }
}

private let timeColumns: [Column] = [.number("Time"), .number("Records/s")]

private func timeCells(_ time: TimingsFile.Stage?) -> [Node] {
  guard let time else { return [quantity(0), .text("")] }
  if time.isCached { return [badge("cached", kind: "plain"), .text("")] }
  return [
    .text(time.seconds.map { Format.duration($0) } ?? "–"),
    .text(time.recordsPerSecond.map { Format.plain($0.rounded()) } ?? ""),
  ]
}
