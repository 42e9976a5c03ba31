/// `Split`: cuts where a pattern matches.
struct SplitPreTokenizer: PreTokenizer, FileComponent {
  static let typeName = "Split"
  private let pattern: SplitPattern
  private let behavior: SplitBehavior
  private let inverted: Bool

  /// Cuts at every match and keeps the matches apart.
  init(_ pattern: SplitPattern) {
    self.pattern = pattern
    behavior = .isolated
    inverted = false
  }

  init(from reader: ComponentReader) throws(TokenizerError) {
    pattern = try SplitPattern(from: reader.required("pattern"))
    behavior = try SplitBehavior(from: reader, default: nil)
    inverted = try reader.bool("invert", default: false)
  }

  var directCut: DirectCut {
    pattern.coversAllText && behavior == .isolated ? .at(pattern) : .other
  }

  func split(_ text: inout PreTokenizedText) {
    text.split(pattern, behavior, inverted: inverted)
  }
}
