/// `WhitespaceSplit`: cuts at white space and drops it.
struct WhitespaceSplit: PreTokenizer, FileComponent {
  static let typeName = "WhitespaceSplit"

  init() {}
  init(from reader: ComponentReader) throws(TokenizerError) {}

  func split(_ text: inout PreTokenizedText) {
    text.cutAtSpaces(andAround: [])
  }
}

/// `Whitespace`: the matches of `\w+|[^\w\s]+`.
struct WhitespacePreTokenizer: PreTokenizer, FileComponent {
  static let typeName = "Whitespace"

  init(from reader: ComponentReader) throws(TokenizerError) {}

  func split(_ text: inout PreTokenizedText) {
    text.split(.wordsAndSigns, .removed, inverted: true)
  }
}
