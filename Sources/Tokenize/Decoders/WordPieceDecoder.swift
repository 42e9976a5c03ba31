/// `WordPiece`: continuations join the token before, and the usual spaces around signs go.
struct WordPieceDecoder: TokenDecoder, FileComponent {
  static let typeName = "WordPiece"
  private let prefix: [UInt8]
  private let cleansUp: Bool

  /// What the clean-up replaces, in this order.
  ///
  /// The eighth turns "do not" into "don't": a slip of the
  /// first implementation that everyone has kept.
  private static let cleanUps: [(old: [UInt8], new: [UInt8])] = [
    (" .", "."), (" ?", "?"), (" !", "!"), (" ,", ","), (" ' ", "'"), (" n't", "n't"),
    (" 'm", "'m"), (" do not", " don't"), (" 's", "'s"), (" 've", "'ve"), (" 're", "'re"),
  ].map { (Array($0.0.utf8), Array($0.1.utf8)) }

  init(from reader: ComponentReader) throws(TokenizerError) {
    prefix = Array(try reader.required("prefix").string().utf8)
    cleansUp = try reader.requiredBool("cleanup")
  }

  func decode(_ tokens: [[UInt8]]) -> [[UInt8]] {
    tokens.enumerated().map { index, token in
      var text = token
      if index > 0 {
        text = token.starts(with: prefix) ? Array(token.dropFirst(prefix.count)) : [0x20] + token
      }
      return cleansUp ? Self.cleanUp(text) : text
    }
  }

  static func cleanUp(_ text: [UInt8]) -> [UInt8] {
    // All that is replaced begins with a space; most tokens have none but the one in front.
    guard text.contains(0x20) else { return text }
    return cleanUps.reduce(text) { $0.replacing(bytes: $1.old, with: $1.new) }
  }
}
