import Records
import Stages

/// What a language model of n-grams takes for a token.
package enum TokenUnit: String, ChoiceValue {
  /// Words without case and punctuation; characters of Chinese, Japanese and Thai.
  case words
  /// Bytes of UTF-8.
  case bytes

  /// The tokens of a sentence as hashes.
  package func tokens(of sentence: String) -> [UInt64] {
    switch self {
    case .words:
      var reader = WordReader()
      reader.append(sentence)
      return reader.hashes
    case .bytes: return sentence.utf8.map { CounterRandom.mix(UInt64($0) &+ 0x100) }
    }
  }
}

/// Hashes of runs of tokens.
enum NGramHash {
  /// What stands before and behind a sentence.
  static let start: UInt64 = 1
  static let end: UInt64 = 2

  static func hash(_ tokens: ArraySlice<UInt64>) -> UInt64 {
    var hash = UInt64(tokens.count)
    for token in tokens { hash = CounterRandom.mix(hash &* 31 &+ token) }
    return hash
  }
}
