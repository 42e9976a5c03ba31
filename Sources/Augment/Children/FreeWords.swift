import Records
import TextKit

/// A word or number of a text.
struct TextWord: Sendable, Hashable {
  /// Where it stands, in UTF-8 bytes.
  let range: Range<Int>
  let text: String
  /// Whether it is written in Han characters or kana, without blanks beside it.
  let isIdeographs: Bool
  /// Whether it may be changed.
  let isFree: Bool
}

/// Finds the words of texts, in any script, and which of them may be changed.
///
/// Words are ICU's (Unicode Standard Annex 29, dictionaries for Chinese, Japanese and Thai). Left alone:
/// what is protected, addresses, paths and code, numbers and what digits hang on (`COVID-19`), acronyms
/// and words with capitals inside, the label's name, and the words of the answers.
struct FreeWords: Sendable {
  private let spans: ProtectedSpans
  private let names: [String]
  private let answers: Set<String>
  private let segmentation: Segmentation

  init(
    of record: Record, protecting spans: ProtectedSpans, keepsAnswers: Bool, language: String
  ) {
    self.spans = spans
    names = record.labelNames
    segmentation = Segmentation(.word, locale: language)
    answers = keepsAnswers ? Self.answers(of: record, segmentation) : []
  }

  /// The words that the assistant uses, in lower case.
  private static func answers(of record: Record, _ segmentation: Segmentation) -> Set<String> {
    guard case .conversation(let conversation) = record.content else { return [] }
    var words: Set<String> = []
    for message in conversation.messages where message.role == .assistant {
      let bytes = Array(message.content.utf8)
      for segment in segmentation.segments(of: message.content) where segment.isWord {
        words.insert(String(decoding: bytes[segment.range], as: UTF8.self).lowercased())
      }
    }
    return words
  }

  /// The words and numbers of a text, in order.
  func find(in text: String) -> [TextWord] {
    let bytes = Array(text.utf8)
    let segments = segmentation.segments(of: text).filter(\.isWord)
    let words = segments.map { String(decoding: bytes[$0.range], as: UTF8.self) }
    let isUpperCase = 2 * words.count(where: Self.isUpperCase) > words.count
    var isLocked = [Bool](repeating: false, count: bytes.count)
    let locked = spans.find(in: bytes, names: names) + TextScanner.opaqueChunks(bytes)
    for place in locked.joined() { isLocked[place] = true }
    for place in Self.digitChunks(bytes).joined() { isLocked[place] = true }
    return zip(segments, words).map { segment, word in
      let isFree =
        segment.kind != .number && !segment.range.contains { isLocked[$0] }
        && (isUpperCase || !Self.hasInnerCapital(word))
        && (answers.isEmpty || !answers.contains(word.lowercased()))
      return TextWord(
        range: segment.range, text: word, isIdeographs: segment.kind == .ideographs,
        isFree: isFree)
    }
  }

  private static func isUpperCase(_ word: String) -> Bool {
    word.utf8.count > 1 && word == word.uppercased() && word != word.lowercased()
  }

  /// `GPT`, `iMovie` and `McDonald`, but not `Movie`.
  private static func hasInnerCapital(_ word: String) -> Bool {
    word.dropFirst().contains { $0.isUppercase }
  }

  /// Runs of letters, digits and hyphens that hold a digit, with the bytes beside them: of a word that ends
  /// in `é` it is the last one.
  private static func digitChunks(_ bytes: [UInt8]) -> [Range<Int>] {
    func isJoined(_ byte: UInt8) -> Bool {
      Bytes.isASCIILetter(byte) || Bytes.isDigit(byte) || byte == UInt8(ascii: "-")
    }
    var chunks: [Range<Int>] = []
    var place = 0
    while place < bytes.count {
      let end = bytes[place...].firstIndex { !isJoined($0) } ?? bytes.count
      if bytes[place..<end].contains(where: Bytes.isDigit) {
        chunks.append(max(place - 1, 0)..<min(end + 1, bytes.count))
      }
      place = end + 1
    }
    return chunks
  }
}
