/// What stages asked of models behind endpoints: requests, tokens and money; nil where none asked.
func spendingTable(_ timings: TimingsFile) -> Node? {
  let asked = timings.stages.compactMap { stage in
    stage.spent.map { (name: stage.name, spent: $0) }
  }
  guard !asked.isEmpty else { return nil }
  let hasCost = asked.contains { $0.spent.cost != nil }
  let total = sum(asked.map(\.spent))
  return .fragment([
    tag("p") { sentence(total) },
    table(
      caption: "What was asked of endpoints",
      columns: [
        .text("Step"), .number("Requests"), .number("Tokens read"), .number("Tokens written"),
      ] + (hasCost ? [.number("Cost")] : []),
      rows: asked.map { step in Row([tag("code") { step.name }] + cells(step.spent, hasCost)) },
      footer: asked.count > 1 ? Row(["All"] + cells(total, hasCost)) : nil),
  ])
}

/// How often endpoints were asked in all, and for how much.
private func sentence(_ total: TimingsFile.Spending) -> String {
  let times = total.requests == 1 ? "once" : "\(Format.count(total.requests)) times"
  let about = total.isEstimated ? "about " : ""
  let cost = total.cost.map { ", for \(about)\(Format.plain($0))" } ?? ""
  let note = total.isEstimated ? " Some endpoints did not count tokens: those are estimated." : ""
  return "Models behind endpoints were asked \(times)\(cost). "
    + "Answers that were kept from earlier starts cost nothing again and are not counted.\(note)"
}

private func cells(_ spent: TimingsFile.Spending, _ hasCost: Bool) -> [Node] {
  let counts = [spent.requests, spent.promptTokens, spent.completionTokens]
  let cost: [Node] = hasCost ? [.text(spent.cost.map { Format.plain($0) } ?? "–")] : []
  return counts.map { .text(Format.count($0)) } + cost
}

private func sum(_ parts: [TimingsFile.Spending]) -> TimingsFile.Spending {
  let costs = parts.compactMap(\.cost)
  return TimingsFile.Spending(
    requests: parts.reduce(0) { $0 + $1.requests },
    promptTokens: parts.reduce(0) { $0 + $1.promptTokens },
    completionTokens: parts.reduce(0) { $0 + $1.completionTokens },
    cost: costs.isEmpty ? nil : costs.reduce(0, +),
    isEstimated: parts.contains(where: \.isEstimated))
}
