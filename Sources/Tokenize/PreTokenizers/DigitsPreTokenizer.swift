/// `Digits`: sets numbers apart, whole or digit by digit.
struct DigitsPreTokenizer: PreTokenizer, FileComponent {
  static let typeName = "Digits"
  private let behavior: SplitBehavior

  init(from reader: ComponentReader) throws(TokenizerError) {
    let individual = try reader.bool("individual_digits", default: false)
    behavior = individual ? .isolated : .contiguous
  }

  func split(_ text: inout PreTokenizedText) {
    text.split(.scalars(.digit), behavior)
  }
}
