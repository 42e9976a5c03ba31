/// The pipeline as a picture: how many records each stage passed on, lost and made.
func flowSection(_ run: Run) -> Section? {
  guard let stages = run.stages.value?.stages, stages.count > 1 else { return nil }
  let river = River(stages.map(step))
  let sides = run.sides
  return Section(
    id: "flow", title: "What happened to the records", shortTitle: "Records",
    lead: "Top to bottom, the stages in the order they ran. The stream is as wide as there are "
      + "records; what leaves it bends away to the right, what is made joins from the left."
  ) {
    tag("ol", ["class": "flow"]) {
      for (index, stage) in stages.enumerated() {
        flowRow(river.row(index), name: tag("code") { stage.name }, count: stage.kept) {
          tag("p") { story(stage) }
        }
      }
      if !sides.isEmpty {
        flowRow(river.delta(sides.map { Double($0.records) }), name: .text("sides"), count: nil) {
          tag("p", ["class": "legend"]) {
            for (index, side) in sides.enumerated() {
              tag("span", ["class": "key"]) {
                swatch(color: index)
                "\(side.name) "
                tag("b") { Format.count(side.records) }
              }
            }
          }
        }
      }
    }
  }
}

private func step(_ stage: StagesFile.Stage) -> River.Step {
  River.Step(
    taken: stage.taken, made: stage.made, kept: stage.kept,
    isMerged: stage.droppedCount + stage.quarantinedCount + stage.expanded == 0)
}

private func flowRow(
  _ picture: Node, name: Node, count: Int?, @NodeBuilder note: () -> [Node]
) -> Node {
  tag("li") {
    tag("p", ["class": "flow-name"]) {
      name
      count.map { number in tag("b") { Format.count(number) } }
    }
    picture
    Node.element("div", ["class": "flow-note"], note())
  }
}

/// What the stage did, in a few words.
private func story(_ stage: StagesFile.Stage) -> String {
  var parts: [String] = []
  if stage.made > 0 { parts.append("\(Format.count(stage.made)) made") }
  if stage.droppedCount > 0 { parts.append(lost("dropped", stage.dropped, stage.droppedCount)) }
  if stage.merged > 0 { parts.append("\(Format.count(stage.merged)) merged into their equals") }
  if stage.quarantinedCount > 0 {
    parts.append(lost("put aside as faulty", stage.quarantined, stage.quarantinedCount))
  }
  if stage.expanded > 0 { parts.append("\(Format.count(stage.expanded)) replaced by their parts") }
  if stage.changed > 0 { parts.append("\(Format.count(stage.changed)) changed") }
  return parts.isEmpty ? "passed on as they came" : parts.joined(separator: "; ")
}

/// `15 dropped (min-words 12, max-words 3)`; the most frequent three reasons.
private func lost(
  _ verb: String, _ reasons: [(reason: String, count: Int)], _ total: Int
) -> String {
  let shown = reasons.prefix(3).map {
    reasons.count == 1 ? $0.reason : "\($0.reason) \(Format.count($0.count))"
  }
  let rest = reasons.count > shown.count ? " and \(reasons.count - shown.count) more reasons" : ""
  return "\(Format.count(total)) \(verb) (\(shown.joined(separator: ", "))\(rest))"
}
