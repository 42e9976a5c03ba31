/// `Sequence`: trimming steps and a template, or `BertProcessing` or `RobertaProcessing` with a template around it.
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
      guard result.hasTemplate else {
        (result.single, result.pair) = (step.single, step.pair)
        (result.surrounded, result.typesWindows) = (step.surrounded, step.typesWindows)
        result.hasTemplate = true
        continue
      }
      // Hugging Face's library fails on a template behind one that makes more parts than texts.
      guard let inner = result.surrounded, step.surrounded == nil else {
        throw element.unsupported(
          "a second template adds to the first", remedy: "join both to one template")
      }
      result.single = step.single.flatMap { $0.filled(with: inner.single) }
      result.pair = step.pair.flatMap { $0.filled(with: inner.pair) }
      result.surrounded = nil
    }
    return result
  }
}
