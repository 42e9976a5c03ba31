/// What was dropped, merged or put aside, and why, with records to judge the rule by.
func lostSection(_ run: Run) -> Section? {
  guard let lost = run.lost, let stages = run.stages.value?.stages else { return nil }
  let groups = lost.groups.map { (group: $0, count: count($0, of: lost, stages)) }
    .sorted { $0.count > $1.count }
  let shown = groups.prefix(mostGroups)
  let rest = groups.count - shown.count
  return Section(
    id: "lost", title: "What was left behind, and why", shortTitle: "Left behind",
    lead: "Every rule with a few of the records it took, drawn at random. A rule that takes what "
      + "you would keep shows here; anneal rescue puts its records back."
  ) {
    tag("div", ["class": "groups"]) { shown.map { groupNode($0.group, count: $0.count) } }
    if rest > 0 { remark("\(Format.count(rest)) rarer reasons are in ledger.jsonl.") }
    if let bound = lost.bound {
      remark(
        ReadingBounds.remark("ledger.jsonl", bound)
          + ": the samples are drawn from there, and reasons may be missing.")
    }
  }
}

/// How many reasons are shown with samples.
private let mostGroups = 24
/// How much of a lost text is shown, in Unicode scalars.
private let lostExcerpt = 240

/// The stage's own count, since not all of a long ledger may have been read.
private func count(
  _ group: LostRecords.Group, of lost: LostRecords, _ stages: [StagesFile.Stage]
) -> Int {
  let end = group.end
  guard let stage = stages.first(where: { $0.name == end.stage }) else { return group.count }
  let own =
    switch end.fate {
    case "merged":
      // Stages count what they merged as one, whatever the reasons.
      lost.groups.count { ($0.end.stage, $0.end.fate) == (end.stage, end.fate) } == 1
        ? stage.merged : nil
    case "quarantined": stage.quarantined.first { $0.reason == end.reason }?.count
    default: stage.dropped.first { $0.reason == end.reason }?.count
    }
  return max(group.count, own ?? 0)
}

private func groupNode(_ group: LostRecords.Group, count: Int) -> Node {
  tag("details", ["class": "group", "open": "open"]) {
    tag("summary") {
      tag("b") { Format.count(count) }
      " \(verb(group.end.fate)): "
      tag("code") { group.end.reason }
      tag("span", ["class": "stage"]) { group.end.stage }
    }
    if group.samples.allSatisfy({ $0.text == nil && $0.detail.isEmpty && $0.into == nil }) {
      // Nothing is known of them but where they stood.
      remark(group.samples.map { Format.tail($0.id, limit: 48) }.joined(separator: ", "))
    } else {
      tag("ul", ["class": "samples"]) { group.samples.map(sampleNode) }
    }
  }
}

private func verb(_ fate: String) -> String {
  fate == "quarantined" ? "put aside as faulty" : fate
}

private func sampleNode(_ sample: LostRecords.Sample) -> Node {
  tag("li") {
    if let text = sample.text { quoted(text, beside: sample.intoText) }
    tag("p", ["class": "remark"]) {
      if !sample.detail.isEmpty { "\(Format.excerpt(sample.detail, limit: 200)) · " }
      tag("code") { Format.tail(sample.id, limit: 48) }
      if let into = sample.into {
        " is kept as "
        tag("code") { Format.tail(into, limit: 48) }
      }
    }
  }
}

/// The text, or where another stands for it, how that differs.
private func quoted(_ text: String, beside other: String?) -> Node {
  let excerpt = Format.excerpt(text, limit: lostExcerpt)
  if excerpt.allSatisfy(\.isWhitespace) {
    return tag("p", ["class": "quote empty"]) { "(nothing that can be seen)" }
  }
  return tag("p", ["class": "quote", "dir": "auto"]) {
    other.map { TextChange(from: text, to: $0, limit: lostExcerpt).node } ?? .text(excerpt)
  }
}
