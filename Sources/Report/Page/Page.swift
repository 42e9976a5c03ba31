/// The whole page of a run.
func page(of run: Run) -> String {
  let sections = [
    flowSection, metricsSection, forgettingSection, searchSection, curvesSection, confusionSection,
    classesSection,
    calibrationSection, slicesSection, examplesSection, lostSection, distributionsSection,
    augmentationSection, splitSection, stagesSection, costSection, configurationSection,
    leftOutSection,
  ].compactMap { $0(run) }
  return document(title: run.name) {
    Node.style(filterStyles)
  } body: {
    tag("body") {
      tag("a", ["class": "skip", "href": "#main"]) { "Skip to the sections" }
      headline(run)
      contents(sections)
      tag("main", ["id": "main"]) { sections.map(\.node) }
      tag("footer") {
        "Written by Anneal\(run.timings.value?.version.map { " \($0)" } ?? ""). "
        "This file is complete in itself: no scripts, no requests."
      }
    }
  }
}

/// A page as it goes to a file or a browser.
/// - Parameters:
///   - head: What the page's head holds beside its title and the styles of every page.
///   - body: The element `body`.
func document(
  title: String, @NodeBuilder head: () -> [Node], body: () -> Node
) -> String {
  let document = tag("html", ["lang": "en"]) {
    tag("head") {
      tag("meta", ["charset": "utf-8"])
      tag("meta", ["name": "viewport", "content": "width=device-width, initial-scale=1"])
      tag("meta", ["name": "color-scheme", "content": "light dark"])
      tag("title") { "\(title) · Anneal" }
      Node.style(styleSheet)
      Node.style(sectionStyles)
      head()
    }
    body()
  }
  return "<!DOCTYPE html>\n" + document.markup + "\n"
}

private func contents(_ sections: [Section]) -> Node {
  tag("nav", ["aria-label": "Contents"]) {
    for section in sections { tag("a", ["href": "#\(section.id)"]) { section.shortTitle } }
  }
}
