import TextKit

/// Counts sentences: one ends with the marks at its end and all punctuation behind them.
enum Sentences {
  static func count(_ words: ArraySlice<EnglishWords.Word>, in text: ScalarText) -> Int {
    guard !words.isEmpty else { return 0 }
    var count = 1
    var ended = false
    for word in words {
      if ended, word.followsGap {
        count += 1
        ended = false
      }
      let isEnd =
        word.range.count == 1 && text.traits[word.range.lowerBound].contains(.sentenceEnd)
      if isEnd {
        ended = true
      } else if ended, !word.range.allSatisfy({ text.traits[$0].contains(.punctuationCategory) }) {
        count += 1
        ended = false
      }
    }
    return count
  }
}
