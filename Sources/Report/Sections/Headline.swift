import Evaluate

/// The head of the page: the run's name, what came of it in a few sentences and numbers.
func headline(_ run: Run) -> Node {
  tag("header") {
    tag("p", ["class": "eyebrow"]) { "Anneal run" }
    tag("h1", ["dir": "auto"]) { run.name }
    tag("p", ["class": "meta"]) {
      badge(run.status.text, kind: run.status.kind)
      for fact in circumstances(run) { tag("span") { fact } }
    }
    tag("p", ["class": "brief"]) { brief(run) }
    tag("div", ["class": "cards"]) { cards(run).map(\.node) }
  }
}

/// When, how long, and on what.
private func circumstances(_ run: Run) -> [String] {
  guard let timings = run.timings.value else { return [] }
  var facts: [String] = []
  if let date = timings.started ?? timings.finished { facts.append(Format.date(date)) }
  if let seconds = timings.totalSeconds {
    let note = timings.isOfLastStart ? " since its last start" : ""
    facts.append("took \(Format.duration(seconds))\(note)")
  }
  if let cpu = timings.machine.first(where: { $0.name == "cpu" }) { facts.append(cpu.value) }
  if let threads = timings.machine.first(where: { $0.name == "threads" }) {
    facts.append("\(threads.value) \(threads.value == "1" ? "thread" : "threads")")
  }
  return facts
}

/// A number large enough to be seen first.
private struct Card {
  let name: String
  let value: String
  let remark: String

  var node: Node {
    tag("div", ["class": "card"]) {
      tag("p", ["class": "card-name"]) { name }
      tag("p", ["class": "card-value"]) { value }
      tag("p", ["class": "card-remark"]) { remark }
    }
  }
}

/// The metrics that headline a run, the most telling first.
private let headlineMetrics = [
  "perplexity", "f1.weighted", "accuracy", "f1.macro", "auc.binary", "auc.macro", "rougeL", "chrf",
  "bleu", "token_f1", "exact_match", "bits-per-byte", "loss",
]

private func cards(_ run: Run) -> [Card] {
  var cards = metricCards(run)
  if let count = run.predictions.value?.count ?? run.metrics.value?.test?.confusion?.total,
    count > 0
  {
    cards.append(Card(name: "Test records", value: Format.count(count), remark: "scored once"))
  } else if let stage = run.stages.value?.total {
    cards.append(
      Card(
        name: "Records", value: Format.count(stage.kept),
        remark: "kept of \(Format.count(stage.taken + stage.made))"))
    for side in run.sides {
      cards.append(
        Card(
          name: side.name.prefix(1).uppercased() + side.name.dropFirst(),
          value: Format.count(side.records), remark: "records"))
    }
  }
  return cards
}

private func metricCards(_ run: Run) -> [Card] {
  let metrics = run.metrics.value
  guard let side = metrics?.test ?? metrics?.validation else { return [] }
  let isTest = metrics?.test != nil
  return headlineMetrics.filter { side[$0] != nil }.prefix(4).map { name in
    let value = side[name] ?? .nan
    var remark = isTest ? "test" : "validation"
    if isTest, let other = metrics?.validation?[name] {
      remark += " · validation \(Format.number(other))"
    }
    if name == "accuracy", let interval = accuracyInterval(side) {
      remark = "95 %: \(interval)"
    }
    return Card(name: MetricWords.title(name), value: shown(value), remark: remark)
  }
}

private func accuracyInterval(_ side: MetricsFile.Side) -> String? {
  guard let confusion = side.confusion,
    let interval = wilsonInterval(successes: confusion.hits, of: confusion.total)
  else { return nil }
  return "\(Format.fixed(interval.lowerBound, 3)) – \(Format.fixed(interval.upperBound, 3))"
}

/// A headline number: three decimals for scores, fewer for large values.
private func shown(_ value: Double) -> String {
  abs(value) < 10 ? Format.fixed(value, 3) : Format.number(value)
}
