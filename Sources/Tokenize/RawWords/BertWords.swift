import CKernels

/// The raw words of BERT: runs of letters and digits, and single signs and ideographs.
///
/// White space stays where it is whatever the normalizer does, so that what lies between is normalized by
/// itself.
final class BertWords: RawWords {
  private let normalizer: BertNormalizer
  private let preTokenizer: BertPreTokenizer
  private let table = ScalarClasses.table

  /// The way of a normalizer and a pre-tokenizer, or nil where they are not BERT's.
  init?(_ normalizer: (any Normalizer)?, _ preTokenizer: (any PreTokenizer)?) {
    guard let normalizer = normalizer as? BertNormalizer,
      let preTokenizer = preTokenizer as? BertPreTokenizer
    else { return nil }
    self.normalizer = normalizer
    self.preTokenizer = preTokenizer
  }

  var foldsCase: Bool { normalizer.lowercases }

  /// What capitals become is what they are looked up by.
  var visiblePrefix: [UInt8]? { [] }

  func modelWord(of word: UnsafeBufferPointer<UInt8>) -> [UInt8]? {
    normalizer.mapped(word)
  }

  func modelWords(of word: UnsafeBufferPointer<UInt8>) -> PreTokenizedText {
    pretokenized(word, normalizer, preTokenizer)
  }

  func cut(
    _ text: UnsafeBufferPointer<UInt8>, in room: UnsafeMutableBufferPointer<ByteRange>,
    _ visit: (UnsafeBufferPointer<ByteRange>, UnsafeBufferPointer<UInt8>) -> Void
  ) {
    var words = RawWordList(room)
    var place = 0
    while place < text.count {
      words.makeRoom(for: 2 * ANNEAL_CUT_ROOM) { visit($0, text) }
      words.add(from: &place) {
        anneal_cut_runs(
          ANNEAL_RUNS_WORDS, text.baseAddress, $2, Int64(text.count), $0, $1, &$2)
      }
      cutScalars(text, &place, &words) { visit($0, text) }
    }
    words.finish { visit($0, text) }
  }

  /// Cuts scalar by scalar from the beginning of a word on, as long as that is about characters beyond ASCII.
  private func cutScalars(
    _ text: UnsafeBufferPointer<UInt8>, _ place: inout Int, _ words: inout RawWordList,
    _ visit: (UnsafeBufferPointer<ByteRange>) -> Void
  ) {
    var start = place
    while place < text.count {
      let (scalar, length) = UTF8Scalars.decode(text.span, at: place)
      let kind = kind(of: scalar)
      if kind == .letter {
        place += length
        continue
      }
      words.makeRoom(for: 3, visit)
      if kind == .other {
        // What comes of it is seen when the word is learned.
        place = Self.visibleEnd(text, from: place)
        words.add(start, place)
        return
      }
      if start < place { words.add(start, place) }
      // Signs and spaces of ASCII are for the kernel.
      if scalar < 0x80 { return }
      if kind == .apart { words.add(place, place + length) }
      place += length
      start = place
    }
    words.makeRoom(for: 1, visit)
    if start < place { words.add(start, place) }
  }

  /// The end of what stands before the next space.
  private static func visibleEnd(_ text: UnsafeBufferPointer<UInt8>, from start: Int) -> Int {
    var place = start
    while place < text.count, text[place] != 0x20 { place += 1 }
    return place
  }

  /// What a scalar is to the pre-tokenizer, if the normalizer leaves it that.
  private enum Kind {
    case letter, apart, space, other
  }

  @inline(__always)
  private func kind(of scalar: UInt32) -> Kind {
    let classes = table[scalar]
    if scalar < 0x80 {
      if !classes.isDisjoint(with: [.letter, .number]) { return .letter }
      if classes.contains(.bertPunctuation) { return .apart }
      return scalar == 0x20 || scalar == 0x09 || scalar == 0x0A || scalar == 0x0D ? .space : .other
    }
    return normalizer.keepsAsLetter(scalar, classes)
      ? .letter
      : normalizer.keeps(scalar, classes)
        ? (classes.contains(.whitespace) ? .space : .apart) : .other
  }
}
