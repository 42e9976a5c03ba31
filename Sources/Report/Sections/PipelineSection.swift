/// The resolved pipeline file, folded away.
func pipelineSection(_ run: Run) -> Section? {
  guard let text = run.pipeline.value else { return nil }
  return Section(
    id: "pipeline", title: "Pipeline",
    lead: "The resolved file: every default written out, with the hashes of inputs and outputs."
  ) {
    tag("details") {
      tag("summary") { "pipeline.lock.yaml" }
      scrollBox(label: "pipeline.lock.yaml") {
        tag("pre") { tag("code") { text } }
      }
    }
  }
}
