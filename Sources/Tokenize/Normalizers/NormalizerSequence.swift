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

  /// Whether this puts a sign before every text and in the place of every space, and does nothing else.
  func marksSpaces(with sign: [UInt8]) -> Bool {
    guard steps.count == 2, let prepend = steps[0] as? PrependNormalizer,
      let replace = steps[1] as? ReplaceNormalizer
    else { return false }
    return prepend.writes(sign) && replace.replaces(0x20, by: sign)
  }

  func normalize(_ text: inout AlignedText) {
    for step in steps { step.normalize(&text) }
  }
}
