/// `Sequence`: decoders one after the other.
struct DecoderSequence: TokenDecoder, FileComponent {
  static let typeName = "Sequence"
  private let steps: [any TokenDecoder]

  init(from reader: ComponentReader) throws(TokenizerError) {
    var steps: [any TokenDecoder] = []
    for element in try reader.required("decoders").elements() {
      steps.append(try DecoderRegistry.read(element))
    }
    self.steps = steps
  }

  func decode(_ tokens: [[UInt8]]) -> [[UInt8]] {
    steps.reduce(tokens) { tokens, step in step.decode(tokens) }
  }
}
