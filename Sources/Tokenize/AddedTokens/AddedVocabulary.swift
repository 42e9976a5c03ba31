/// The added tokens of a tokenizer and how to find them.
///
/// A class, so that asking it costs no copy of its tables.
final class AddedVocabulary: Sendable {
  /// The tokens in the order of the file.
  let tokens: [AddedToken]
  /// Finds tokens in the raw text; nil where there are none to find.
  let raw: AddedTokenMatcher?
  /// Finds tokens in the normalized text; nil where there are none to find.
  let normalized: AddedTokenMatcher?
  /// Whether every token takes just the bytes that it is spelled with.
  let takesNoSpaces: Bool
  private let byId: [Int32: Int]
  /// What decoding writes for each token.
  private let written: [[UInt8]]
  /// Whether decoding can leave it out as special.
  private let isLeftOut: [Bool]
  private let byContent: ByteStringTable

  /// Takes the tokens of a file.
  ///
  /// A token the model knows has the model's id; the others follow behind the vocabulary, whatever ids
  /// the file gives them, because that is what Hugging Face makes of them; other libraries keep the ids.
  init(
    _ listed: [AddedToken], vocabulary: Vocabulary, normalizer: (any Normalizer)?,
    keepsIds: Bool = false
  ) {
    let (tokens, byContent) = Self.numbered(listed, vocabulary, keepsIds: keepsIds)
    self.tokens = tokens
    self.byContent = byContent
    takesNoSpaces = !tokens.contains { $0.stripsLeft || $0.stripsRight }
    byId = Dictionary(
      tokens.enumerated().map { ($0.element.id, $0.offset) }, uniquingKeysWith: { $1 })
    // Decoding writes normalized tokens as the normalizer leaves them, which may be special no more.
    let specials = Set(tokens.lazy.filter(\.isSpecial).map { Array($0.content.utf8) })
    let written = tokens.map { Self.pattern($0, $0.isNormalized ? normalizer : nil) }
    self.written = written
    isLeftOut = written.map(specials.contains)
    func matcher(normalized: Bool) -> AddedTokenMatcher? {
      let patterns = tokens.indices.filter {
        tokens[$0].isNormalized == normalized && tokens[$0].isFound
      }.map { index in
        (token: index, bytes: Self.pattern(tokens[index], normalized ? normalizer : nil))
      }
      return patterns.isEmpty ? nil : AddedTokenMatcher(patterns, of: tokens)
    }
    raw = matcher(normalized: false)
    normalized = matcher(normalized: true)
  }

  /// The distinct tokens with their ids; of two with one content the last one counts.
  private static func numbered(
    _ listed: [AddedToken], _ vocabulary: Vocabulary, keepsIds: Bool
  ) -> ([AddedToken], ByteStringTable) {
    var tokens: [AddedToken] = []
    var byContent = ByteStringTable(capacity: listed.count)
    var nextId = Int32(vocabulary.size)
    for token in listed where !token.content.isEmpty {
      let content = Array(token.content.utf8)
      let (place, isNew) = byContent.insert(content)
      if isNew {
        let known = vocabulary.id(of: content)
        tokens.append(token.with(id: known ?? (keepsIds ? token.id : nextId)))
        // Where the vocabulary has holes, this may be the id of one of its tokens, as it is in Hugging Face's
        // library, which counts from the number of tokens and never looks at their ids.
        if known == nil { nextId += 1 }
      } else {
        tokens[place] = token.with(id: tokens[place].id)
      }
    }
    return (tokens, byContent)
  }

  /// The bytes to look for: the content, as the normalizer leaves it where that is what is searched.
  private static func pattern(_ token: AddedToken, _ normalizer: (any Normalizer)?) -> [UInt8] {
    var text = AlignedText(bytes: Array(token.content.utf8), tracks: false)
    normalizer?.normalize(&text)
    return text.bytes
  }

  /// The token with an id, or nil.
  func token(of id: Int32) -> AddedToken? { byId[id].map { tokens[$0] } }

  /// What decoding writes for the token with an id: `.some(nil)` where it leaves it out, as special;
  /// nil where there is no such token.
  func decoded(_ id: Int32, skipsSpecial: Bool) -> [UInt8]?? {
    byId[id].map { place in skipsSpecial && isLeftOut[place] ? nil : written[place] }
  }

  /// The id of the token with some content, or nil.
  func id(of content: [UInt8]) -> Int32? { byContent.index(of: content).map { tokens[$0].id } }

  /// The largest id and one, or 0.
  var idLimit: Int { Int(tokens.lazy.map(\.id).max() ?? -1) + 1 }
}

extension AddedToken {
  /// The same token with another id.
  func with(id: Int32) -> AddedToken {
    AddedToken(
      id: id, content: content, singleWord: singleWord, stripsLeft: stripsLeft,
      stripsRight: stripsRight, isNormalized: isNormalized, isSpecial: isSpecial,
      isFound: isFound)
  }
}
