import Records
import Stages

/// The four operations of easy data augmentation (Wei and Zou, EMNLP 2019, arXiv:1901.11196).
enum EasyOperation: String, CaseIterable, Sendable {
  /// Words are replaced by synonyms.
  case replace
  /// Synonyms of words of the text are put in at random places.
  case insert
  /// Two words change places.
  case swap
  /// Each word is left out with a probability.
  case delete
}

/// One text and its words, to which an operation is done.
struct EasyText: Sendable {
  let path: String
  let text: String
  /// How many words there are.
  let count: Int
  /// The words that may be changed.
  let words: [TextWord]

  /// The number of changes that a rate asks for: the rate times the words, at least one, as in the
  /// authors' code: `max(1, int(alpha * num_words))`.
  func changes(_ alpha: Double) -> Int { max(1, Int(alpha * Double(count))) }

  // MARK: - Swap

  /// Words that changed places, `number` times two of them.
  func swapped(_ number: Int, _ random: inout CounterRandom) -> [TextEdit] {
    guard words.count > 1 else { return [] }
    var order = Array(words.indices)
    for _ in 0..<number {
      let first = random.below(order.count)
      let other = random.below(order.count - 1)
      order.swapAt(first, other < first ? other : other + 1)
    }
    return zip(words, order).compactMap { word, source in
      let replacement = words[source].text
      guard !replacement.utf8.elementsEqual(word.text.utf8) else { return nil }
      return edit(word.range, replacement, .swap)
    }
  }

  // MARK: - Delete

  /// Each word left out with a probability; a text that would lose all its words keeps one.
  func deleted(_ probability: Double, _ random: inout CounterRandom) -> [TextEdit] {
    var gone = words.indices.filter { _ in random.uniform() < probability }
    if gone.count == count, !gone.isEmpty { gone.remove(at: random.below(gone.count)) }
    let bytes = Array(text.utf8)
    var edits: [TextEdit] = []
    for place in gone {
      let range = withBlank(words[place].range, bytes, behind: edits.last?.range.upperBound ?? 0)
      edits.append(edit(range, "", .delete))
    }
    return edits
  }

  /// A word and the blank that parts it from the word before, or else from the word behind; `start` is
  /// where what was left out before it ends.
  private func withBlank(
    _ range: Range<Int>, _ bytes: [UInt8], behind start: Int
  ) -> Range<Int> {
    if range.lowerBound > start, bytes[range.lowerBound - 1] == 0x20 {
      return range.lowerBound - 1..<range.upperBound
    }
    let isBefore = range.upperBound < bytes.count && bytes[range.upperBound] == 0x20
    return isBefore ? range.lowerBound..<range.upperBound + 1 : range
  }

  // MARK: - Insert

  /// Synonyms put behind words drawn by lot, each word once.
  func inserted(_ synonyms: [String], _ random: inout CounterRandom) -> [TextEdit] {
    zip(random.some(synonyms.count, of: words), synonyms)
      .map { word, synonym in
        edit(word.range.upperBound..<word.range.upperBound, " \(synonym)", .insert)
      }
      .sorted { $0.range.lowerBound < $1.range.lowerBound }
  }

  private func edit(_ range: Range<Int>, _ text: String, _ operation: EasyOperation) -> TextEdit {
    TextEdit(range: range, replacement: text, cause: .rule(operation.rawValue))
  }
}
