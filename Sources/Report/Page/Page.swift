/// The whole page of a run.
func page(of run: Run) -> String {
  let sections = [
    flowSection, metricsSection, curvesSection, confusionSection, classesSection,
    calibrationSection, slicesSection, examplesSection, lostSection, distributionsSection,
    augmentationSection, splitSection, stagesSection, costSection, configurationSection,
    leftOutSection,
  ].compactMap { $0(run) }
  let document = tag("html", ["lang": "en"]) {
    tag("head") {
      tag("meta", ["charset": "utf-8"])
      tag("meta", ["name": "viewport", "content": "width=device-width, initial-scale=1"])
      tag("meta", ["name": "color-scheme", "content": "light dark"])
      tag("title") { "\(run.name) · Anneal" }
      Node.style(styleSheet)
      Node.style(sectionStyles)
      Node.style(filterStyles)
    }
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
  return "<!DOCTYPE html>\n" + document.markup + "\n"
}

private func contents(_ sections: [Section]) -> Node {
  tag("nav", ["aria-label": "Contents"]) {
    for section in sections { tag("a", ["href": "#\(section.id)"]) { section.shortTitle } }
  }
}
