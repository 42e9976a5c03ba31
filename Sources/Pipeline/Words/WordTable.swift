import Tokenize

/// Which tokens of a vocabulary are whole words, and how they are written.
///
/// Vocabularies either mark what goes on with a word (`##ing`, BERT) or what begins one (`Ġfilm`, RoBERTa;
/// `▁film`, sentencepiece).
struct WordTable: Sendable {
  /// The word that each token is behind a blank; nil for pieces, marks and special tokens.
  private let behindBlank: [String?]
  /// The word that each token is where no blank is, as behind a bracket.
  private let elsewhere: [String?]

  init(_ tokenizer: Tokenizer) {
    let special = Set(tokenizer.addedTokens.filter(\.isSpecial).map(\.id))
    let spellings = (0..<Int32(tokenizer.vocabularySize)).map { id in
      special.contains(id) ? nil : tokenizer.token(of: id)
    }
    let sign = Sign(spellings.compactMap(\.self))
    let known = Set(spellings.compactMap(\.self))
    var (behindBlank, elsewhere): ([String?], [String?]) = ([], [])
    for (id, spelling) in spellings.enumerated() {
      let word = spelling.flatMap { Self.word($0, Int32(id), sign, tokenizer) }
      let begins = spelling.map { sign == .piece || $0.hasPrefix(sign.rawValue) } ?? false
      // What has no sign is a word by itself where the vocabulary has it as one, too.
      let mayBegin = begins || spelling.map { known.contains(sign.rawValue + $0) } ?? false
      behindBlank.append(begins ? word : nil)
      elsewhere.append(mayBegin ? word : nil)
    }
    (self.behindBlank, self.elsewhere) = (behindBlank, elsewhere)
  }

  /// The words of token ids, for a gap behind a text.
  func words(behind text: String) -> [String?] {
    let isBlank = text.unicodeScalars.last?.properties.isWhitespace ?? false
    return isBlank ? behindBlank : elsewhere
  }

  /// How a vocabulary tells words from pieces of words.
  private enum Sign: String, CaseIterable {
    case piece = "##"
    case blank = "Ġ"
    case bar = "▁"

    /// The sign that most tokens have before a letter; of vocabularies without any, all tokens are words.
    init(_ spellings: [String]) {
      func count(_ sign: Sign) -> Int {
        spellings.count {
          $0.hasPrefix(sign.rawValue) && $0.dropFirst(sign.rawValue.count).first?.isLetter == true
        }
      }
      let counts = Self.allCases.map { (sign: $0, count: count($0)) }
      self = counts.max { $0.count < $1.count }.flatMap { $0.count > 0 ? $0.sign : nil } ?? .piece
    }
  }

  /// The letters of a token; nil where it has other characters, or goes on with a word.
  private static func word(
    _ spelling: String, _ id: Int32, _ sign: Sign, _ tokenizer: Tokenizer
  ) -> String? {
    let text: Substring
    switch sign {
    case .piece: text = spelling[...]
    // Bytes stand for characters that are no letters themselves.
    case .blank: text = tokenizer.decode([id]).drop { $0 == " " }
    case .bar: text = spelling.hasPrefix("▁") ? spelling.dropFirst() : spelling[...]
    }
    let isWord =
      !text.isEmpty
      && text.unicodeScalars.allSatisfy {
        $0.properties.isAlphabetic || $0.properties.generalCategory == .nonspacingMark
      }
    return isWord ? String(text) : nil
  }
}
