import Foundation

/// The list of runs as a page that renews itself.
func listPage(_ shelf: String, _ list: Node) -> String {
  servedPage(title: "Runs in \(shelf)", source: "/list") {
    tag("header") {
      tag("p", ["class": "eyebrow"]) { "Anneal" }
      tag("h1", ["dir": "auto"]) { "Runs in \(shelf)" }
    }
    tag("main", ["id": "live"]) { list }
  }
}

/// The runs in a table, the last changed first.
/// - Parameters:
///   - hidden: How many older ones are left out.
///   - isCut: Whether there was more to look through.
func runList(_ runs: [RunGlance], hidden: Int, isCut: Bool) -> Node {
  tag("section", ["aria-labelledby": "runs-title"]) {
    tag("h2", ["id": "runs-title"]) {
      "\(Format.count(runs.count + hidden)) \(runs.count == 1 ? "run" : "runs")"
    }
    if runs.isEmpty { remark("None yet: anneal run FILE --out a folder below this one makes one.") }
    if !runs.isEmpty {
      table(
        caption: "Runs, the last changed first",
        columns: [
          .text("Run"), .text("State"), .text("Loss"), .number("Result"), .aside("Last change"),
        ],
        rows: runs.map(row))
    }
    if hidden > 0 {
      remark(
        "\(Format.count(hidden)) older \(hidden == 1 ? "run is" : "runs are") not shown; "
          + "their pages are at /run/ and their name.")
    }
    if isCut {
      remark("The folder holds too much to look through: serve one below it to see all its runs.")
    }
  }
}

private func row(_ run: RunGlance) -> Row {
  Row([
    tag("a", ["href": "/run/\(encoded(run.name))"]) { run.name },
    badge(run.status.text, kind: run.status.kind), miniature(run.losses),
    run.best.map { .text("\(MetricWords.title($0.name)) \(Format.number($0.value))") } ?? "–",
    .text(moment(run.changed)),
  ])
}

/// The page of a run under way.
func livePage(_ run: RunGlance, _ history: History?) -> String {
  servedPage(title: run.title, source: "/now/\(encoded(run.name))") {
    tag("header") {
      tag("p", ["class": "eyebrow"]) { tag("a", ["href": "/"]) { "All runs" } }
      tag("h1", ["dir": "auto"]) { run.title }
    }
    tag("main", ["id": "live"]) { liveBody(run, history) }
  }
}

/// How far a run has come, and its curves so far.
func liveBody(_ run: RunGlance, _ history: History?) -> Node {
  let curves = history.flatMap {
    curvesSection($0, isLanguageModel: $0.validations.last?["perplexity"] != nil)
  }
  return .fragment([
    tag("section", ["aria-labelledby": "now-title"]) {
      tag("h2", ["id": "now-title"]) { "Now" }
      tag("p", ["class": "meta"]) {
        badge(run.status.text, kind: run.status.kind)
        tag("span") { progressText(run) }
      }
      run.progress.map { progress in
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
  if run.isRepeated { return "what is shown here is of the time before" }
  if let progress = run.progress {
    let loss = run.lastLoss.map { ", loss \(Format.number($0))" } ?? ""
    return "step \(Format.count(progress.step)) of \(Format.count(progress.of))\(loss)"
  }
  guard let last = run.stages.last else { return "reading the data" }
  return "\(Format.count(run.stages.count)) stages done, the last \(last)"
}

/// A small picture of the loss so far.
private func miniature(_ line: [Series.Point]) -> Node {
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
