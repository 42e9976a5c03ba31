/// `Sequence`: pre-tokenizers one after the other.
struct PreTokenizerSequence: PreTokenizer, FileComponent {
  static let typeName = "Sequence"
  private let steps: [any PreTokenizer]

  private init(steps: [any PreTokenizer]) { self.steps = steps }

  init(from reader: ComponentReader) throws(TokenizerError) {
    var steps: [any PreTokenizer] = []
    for element in try reader.required("pretokenizers").elements() {
      steps.append(try PreTokenizerRegistry.read(element))
    }
    self.steps = steps
  }

  /// The sign before words where this cuts at white space and puts a sign before each word, and does nothing else.
  var signOfVisibleWords: [UInt8]? {
    guard steps.count == 2, steps[0] is WhitespaceSplit, let last = steps[1] as? Metaspace else {
      return nil
    }
    return last.signOfAllWords
  }

  func split(_ text: inout PreTokenizedText) {
    for step in steps { step.split(&text) }
  }

  var directCut: DirectCut {
    steps.reduce(.none) { before, step in
      switch (before, step.directCut) {
      case (.none, let cut), (let cut, .none): cut
      default: .other
      }
    }
  }

  var withoutByteMapping: (any PreTokenizer)? {
    guard let last = steps.last?.withoutByteMapping else { return nil }
    return PreTokenizerSequence(steps: steps.dropLast() + [last])
  }
}
