import Foundation

/// The list of runs as a page that renews itself.
func listPage(_ shelf: String, _ runs: [RunGlance]) -> String {
  servedPage(title: "Runs in \(shelf)", source: "/list") {
    tag("header") {
      tag("p", ["class": "eyebrow"]) { "Anneal" }
      tag("h1", ["dir": "auto"]) { "Runs in \(shelf)" }
    }
    tag("main", ["id": "live"]) { list(runs) }
  }
}

/// The runs in a table, the last changed first.
func list(_ runs: [RunGlance]) -> Node {
  tag("section", ["aria-labelledby": "runs-title"]) {
    tag("h2", ["id": "runs-title"]) {
      "\(Format.count(runs.count)) \(runs.count == 1 ? "run" : "runs")"
    }
    if runs.isEmpty { remark("None yet: anneal run FILE --out a folder below this one makes one.") }
    if !runs.isEmpty {
      table(
        caption: "Runs, the last changed first",
        columns: [
          .text("Run"), .text("State"), .text("Loss"), .number("Result"), .aside("Last change"),
        ],
        rows: runs.map { run in
          Row([
            tag("a", ["href": "/run/\(encoded(run.name))"]) { run.name },
            badge(run.status.text, kind: run.status.kind), miniature(run),
            run.best.map { .text("\(MetricWords.title($0.name)) \(Format.number($0.value))") }
              ?? "–",
            .text(moment(run.changed)),
          ])
        })
    }
  }
}

/// The page of a run under way.
func livePage(_ run: RunGlance) -> String {
  servedPage(title: run.title, source: "/now/\(encoded(run.name))") {
    tag("header") {
      tag("p", ["class": "eyebrow"]) { tag("a", ["href": "/"]) { "All runs" } }
      tag("h1", ["dir": "auto"]) { run.title }
    }
    tag("main", ["id": "live"]) { liveBody(run) }
  }
}

/// How far a run has come, and its curves so far.
func liveBody(_ run: RunGlance) -> Node {
  let curves = run.history.flatMap {
    curvesSection($0, isLanguageModel: run.history?.validations.last?["perplexity"] != nil)
  }
  return .fragment([
    tag("section", ["aria-labelledby": "now-title"]) {
      tag("h2", ["id": "now-title"]) { "Now" }
      tag("p", ["class": "meta"]) {
        badge(run.status.text, kind: run.status.kind)
        tag("span") { progressText(run) }
      }
      run.history?.progress.map { progress in
        bar(share: Double(progress.step) / Double(max(progress.of, 1)))
      }
      if !run.isUnderWay {
        tag("p") { tag("a", ["href": "/run/\(encoded(run.name))"]) { "Open its report" } }
      }
    },
    curves?.node ?? .fragment([]),
  ])
}

private func progressText(_ run: RunGlance) -> String {
  if let progress = run.history?.progress {
    let loss = run.history?.entries.last.map { ", loss \(Format.number($0.loss))" } ?? ""
    return "step \(Format.count(progress.step)) of \(Format.count(progress.of))\(loss)"
  }
  guard let last = run.stages.last else { return "reading the data" }
  return "\(Format.count(run.stages.count)) stages done, the last \(last)"
}

/// A small picture of the loss so far.
private func miniature(_ run: RunGlance) -> Node {
  let points = (run.history?.entries ?? []).map { Series.Point($0.step, $0.loss) }
  let line = Series(name: "loss", points: points).thinned(to: 60).points.filter(\.isDrawable)
  guard line.count > 1, let first = line.first, let last = line.last,
    let low = line.map(\.y).min(), let high = line.map(\.y).max()
  else { return "–" }
  let path = line.enumerated().map { index, point in
    let x = 2 + 96 * (point.x - first.x) / max(last.x - first.x, .leastNormalMagnitude)
    let y = 22 - 20 * (point.y - low) / max(high - low, .leastNormalMagnitude)
    return "\(index == 0 ? "M" : "L")\(Format.coordinate(x)) \(Format.coordinate(y))"
  }.joined()
  return tag("svg", ["class": "miniature", "viewBox": "0 0 100 24", "role": "img"]) {
    tag("title") { "loss \(Format.number(first.y)) to \(Format.number(last.y))" }
    tag("path", ["class": "line c0", "d": path])
  }
}

private func moment(_ date: Date) -> String {
  Format.date(ISO8601DateFormatter().string(from: date))
}

/// A run's name as a part of an address; its slashes stay.
private func encoded(_ name: String) -> String {
  name.addingPercentEncoding(
    withAllowedCharacters: .alphanumerics.union(.init(charactersIn: "/-._~")))
    ?? ""
}

/// A page that asks for its main part again and again.
private func servedPage(
  title: String, source: String, @NodeBuilder _ body: () -> [Node]
) -> String {
  document(title: title) {
    tag("script", ["src": "/live.js", "defer": "defer"])
  } body: {
    Node.element("body", ["class": "served", "data-source": source], body())
  }
}

/// Asks every two seconds, while someone looks on, for the main part of the page.
///
/// Where the focus is within it, or text is marked, nothing is replaced under the reader's hands.
let liveScript = """
  "use strict";
  const main = document.getElementById("live");
  const source = document.body.dataset.source;
  let last = "";
  async function renew() {
    const busy = main.contains(document.activeElement) || !document.getSelection().isCollapsed;
    if (!document.hidden && !busy) {
      try {
        const answer = await fetch(source);
        const text = await answer.text();
        if (answer.ok && text !== last) { main.innerHTML = text; last = text; }
      } catch (fault) { /* The server is gone; what was shown last stays. */ }
    }
    setTimeout(renew, 2000);
  }
  renew();
  """
