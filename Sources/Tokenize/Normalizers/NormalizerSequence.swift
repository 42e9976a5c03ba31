/// `Sequence`: normalizers one after the other.
struct NormalizerSequence: Normalizer, FileComponent {
  static let typeName = "Sequence"
  private let steps: [any Normalizer]

  init(from reader: ComponentReader) throws(TokenizerError) {
    var steps: [any Normalizer] = []
    for element in try reader.required("normalizers").elements() {
      steps.append(try NormalizerRegistry.read(element))
    }
    self.steps = steps
  }

  func normalize(_ text: inout AlignedText) {
    for step in steps { step.normalize(&text) }
  }
}
