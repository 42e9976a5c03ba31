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
    if let bound = augmented.bound {
      remark(
        ReadingBounds.remark("data/train.jsonl", bound) + ": the samples are drawn from there.")
    }
  }
}

private func madeCount(_ stage: String, _ run: Run) -> Int? {
  run.stages.value?.stages.first { $0.name == stage }?.made
}

private func change(_ sample: AugmentedRecords.Sample) -> Node {
  guard let parent = sample.parentText else {
    return .text(Format.excerpt(sample.text, limit: 600))
  }
  return TextChange(from: parent, to: sample.text, limit: 600).node
}
