/// `Punctuation`: cuts at every punctuation mark.
struct PunctuationPreTokenizer: PreTokenizer, FileComponent {
  static let typeName = "Punctuation"
  private let behavior: SplitBehavior

  init(from reader: ComponentReader) throws(TokenizerError) {
    behavior = try SplitBehavior(from: reader, default: .isolated)
  }

  func split(_ text: inout PreTokenizedText) {
    text.split(.scalars(.bertPunctuation), behavior)
  }
}
