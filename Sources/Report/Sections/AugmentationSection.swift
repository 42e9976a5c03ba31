/// Derived records beside those they come from, the differences marked.
func augmentationSection(_ run: Run) -> Section? {
  guard let augmented = run.augmented else { return nil }
  return Section(
    id: "augmentation", title: "Augmentation",
    lead: "Training records that were derived from others, drawn at random. Struck through is what "
      + "was taken out, underlined what was put in. Validation and test hold originals only."
  ) {
    for maker in augmented.makers {
      tag("h3") {
        tag("code") { maker.stage }
        madeCount(maker.stage, run).map { " made \(Format.count($0)) records" }
      }
      tag("ul", ["class": "samples"]) {
        for sample in maker.samples {
          tag("li") {
            tag("p", ["class": "quote", "dir": "auto"]) { change(sample) }
            tag("p", ["class": "remark"]) { tag("code") { Format.tail(sample.id, limit: 64) } }
          }
        }
      }
    }
  }
}

private func madeCount(_ stage: String, _ run: Run) -> Int? {
  run.stages.value?.stages.first { $0.name == stage }?.made
}

private func change(_ sample: AugmentedRecords.Sample) -> Node {
  let text = Format.excerpt(sample.text, limit: 600)
  guard let parent = sample.parentText else { return .text(text) }
  return TextChange(from: Format.excerpt(parent, limit: 600), to: text).node
}
