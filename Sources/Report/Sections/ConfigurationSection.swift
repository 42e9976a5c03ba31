/// How the run was set up: what matters most in words, the whole resolved file folded away.
func configurationSection(_ run: Run) -> Section? {
  guard let text = run.pipeline.value else { return nil }
  let settings = run.configuration?.facts ?? []
  return Section(
    id: "configuration", title: "Configuration",
    lead: "The resolved file has every default written out, with the hashes of inputs and outputs; "
      + "anneal run repeats the run from it."
  ) {
    if !settings.isEmpty { facts(settings.map { (name: $0.name, value: .text($0.value)) }) }
    tag("details") {
      tag("summary") { "pipeline.lock.yaml" }
      scrollBox(label: "pipeline.lock.yaml") {
        tag("pre") { tag("code") { text } }
      }
    }
  }
}
