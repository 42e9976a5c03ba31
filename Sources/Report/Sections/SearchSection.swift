/// Which methods a search tried, what they came to, and which it chose.
func searchSection(_ run: Run) -> Section? {
  guard let search = run.search.value, !search.candidates.isEmpty else { return nil }
  let times = run.timings.value?.search ?? [:]
  let front = Set(times.filter { $0.value.isOnFront }.map(\.key))
  return Section(
    id: "search", title: "The search for a method", shortTitle: "Search", lead: lead(search)
  ) {
    if search.candidates.contains(where: { $0.score != nil }) { plot(search, front) }
    searchTable(search, times)
  }
}

private func lead(_ search: SearchFile) -> String {
  let tried = search.candidates.filter { $0.leftOut == nil }.count
  return
    "\(Format.count(tried)) of \(Format.count(search.candidates.count)) candidates were tried; "
    + "\(search.winner) was chosen by \(MetricWords.title(search.metric)) on the validation side and "
    + "trained with all steps. A score stands behind the steps beside it: what was dropped early "
    + "trained less." + (search.isOutOfTime ? " The time was up before the last rung was." : "")
}

private func plot(_ search: SearchFile, _ front: Set<String>) -> Node {
  let marks = search.candidates.compactMap { candidate -> Scatter.Mark? in
    guard let score = candidate.score, candidate.trained > 0 else { return nil }
    let color = candidate.name == search.winner ? 2 : front.contains(candidate.name) ? 0 : 1
    return Scatter.Mark(
      name: candidate.name, point: Series.Point(Double(candidate.trained), score), color: color)
  }
  let title = "\(MetricWords.title(search.metric)) over trained parameters"
  let scatter = Scatter(
    title: title,
    description: "Each point is a candidate; \(search.winner) was chosen.",
    xLabel: "trained parameters", yLabel: MetricWords.title(search.metric), marks: marks,
    line: steps(of: marks.map(\.point), search))
  var legend = [(color: 2, name: "\(search.winner), chosen", value: "")]
  if !front.isEmpty {
    legend.append((0, "no other is better, smaller and faster", ""))
  }
  if marks.contains(where: { $0.color == 1 }) { legend.append((1, "others", "")) }
  return figure(title: title, chart: scatter.svg, legend: legend)
}

/// The points that are better than all that train less.
private func steps(of points: [Series.Point], _ search: SearchFile) -> [Series.Point] {
  var line: [Series.Point] = []
  for point in points.sorted(by: { $0.x < $1.x }) {
    guard let last = line.last else {
      line.append(point)
      continue
    }
    if search.isGreaterBetter ? point.y > last.y : point.y < last.y { line.append(point) }
  }
  return line
}

private func searchTable(_ search: SearchFile, _ times: [String: TimingsFile.Trial]) -> Node {
  let tried = search.candidates.filter { $0.leftOut == nil }
  let rows = tried.sorted { isBefore($0, $1, search) }.map { row($0, search, times[$0.name]) }
  let left = search.candidates.filter { $0.leftOut != nil }.map { candidate in
    Row([
      tag("code") { candidate.name }, .text(Format.count(candidate.trained)), .text(""), .text(""),
      .text(""), .text(""), .text("left out: \(candidate.leftOut ?? "")"),
    ])
  }
  return table(
    caption: "Candidates with the scores of their last trials",
    columns: [
      .text("Candidate"), .number("Trained"), .number("Steps"),
      .number(MetricWords.title(search.metric)), .number("A step"), .number("Most memory"),
      .text(""),
    ], rows: rows + left)
}

/// What trained further comes first, then what scored better.
private func isBefore(
  _ one: SearchFile.Candidate, _ other: SearchFile.Candidate, _ search: SearchFile
) -> Bool {
  if one.steps != other.steps { return one.steps ?? 0 > other.steps ?? 0 }
  guard let a = one.score, let b = other.score, a != b else {
    return one.score != nil && other.score == nil
  }
  return search.isGreaterBetter ? a > b : a < b
}

private func row(
  _ candidate: SearchFile.Candidate, _ search: SearchFile, _ time: TimingsFile.Trial?
) -> Row {
  let isWinner = candidate.name == search.winner
  var marks: [Node] = []
  if isWinner { marks.append(badge("chosen", kind: "good")) }
  if time?.isOnFront == true { marks.append(badge("front", kind: "plain")) }
  if marks.count > 1 { marks.insert(.text(" "), at: 1) }
  if let fault = candidate.fault { marks.append(.text(fault)) }
  return Row([
    tag("code") { candidate.name }, .text(Format.count(candidate.trained)),
    .text(candidate.steps.map(Format.count) ?? "–"),
    .text(candidate.score.map(Format.number) ?? "–"),
    .text(time?.secondsPerStep.map { Format.number($0 * 1000) + " ms" } ?? "–"),
    .text(time?.peakMemoryBytes.map(Format.bytes) ?? "–"), .fragment(marks),
  ])
}
