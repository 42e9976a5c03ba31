/// The words of an answer in small letters; all else parts them.
///
/// A character of Chinese or Japanese is a word, since no blanks stand between words there.
struct AnswerWords: Hashable {
  private let words: [String]

  init(_ text: String) {
    var words: [String] = []
    var isOpen = false
    for scalar in text.lowercased().unicodeScalars {
      let properties = scalar.properties
      let isAlone = properties.isIdeographic || Self.kana.contains(scalar.value)
      if isAlone || (!isOpen && Self.isOfWord(properties)) {
        words.append(String(scalar))
        isOpen = !isAlone
      } else if Self.isOfWord(properties) {
        words[words.count - 1].unicodeScalars.append(scalar)
      } else {
        isOpen = false
      }
    }
    self.words = words
  }

  private static let kana: ClosedRange<UInt32> = 0x3041...0x30FF

  private static func isOfWord(_ properties: Unicode.Scalar.Properties) -> Bool {
    properties.isAlphabetic || properties.numericType != nil
  }

  /// How many there are.
  var count: Int { words.count }

  /// Where a run of words begins; nil where it does not occur.
  func place(of wanted: AnswerWords) -> Int? {
    guard count >= wanted.count else { return nil }
    return (0...count - wanted.count).first {
      words[$0..<$0 + wanted.count].elementsEqual(wanted.words)
    }
  }
}
