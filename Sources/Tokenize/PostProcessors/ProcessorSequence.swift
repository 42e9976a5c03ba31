/// `Sequence`: trimming steps and at most one template.
enum ProcessorSequence: PostProcessor {
  static let typeName = "Sequence"

  static func read(_ reader: ComponentReader) throws(TokenizerError) -> PostProcessing {
    var result = PostProcessing()
    for element in try reader.required("processors").elements() {
      let step = try PostProcessorRegistry.read(element)
      if let trim = step.trim {
        guard result.trim == nil else {
          throw element.unsupported(
            "offsets are trimmed twice", remedy: "keep one step that trims offsets")
        }
        result.trim = trim
      }
      guard step.hasTemplate else { continue }
      guard !result.hasTemplate else {
        throw element.unsupported(
          "a second template adds to the first", remedy: "join both to one template")
      }
      result.single = step.single
      result.pair = step.pair
      result.hasTemplate = true
    }
    return result
  }
}
