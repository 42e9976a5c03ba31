import CKernels

/// The raw words of models that read what lies between spaces, each with `▁` before it, after a character map
/// (T5, XLM-R).
final class VisibleWords: RawWords {
  private let normalizer: Precompiled
  private let preTokenizer: PreTokenizerSequence
  private let sign: [UInt8]
  /// Whether tabs and line feeds are as good as spaces.
  private let hasBreaks: Bool

  /// The way of a normalizer and a pre-tokenizer, or nil where they are not these.
  init?(_ normalizer: (any Normalizer)?, _ preTokenizer: (any PreTokenizer)?) {
    guard let normalizer = normalizer as? Precompiled, normalizer.keepsVisibleASCII,
      let preTokenizer = preTokenizer as? PreTokenizerSequence,
      let sign = preTokenizer.signOfVisibleWords,
      // A visible sign in a word would cut it.
      sign.allSatisfy({ $0 >= 0x80 })
    else { return nil }
    self.normalizer = normalizer
    self.preTokenizer = preTokenizer
    self.sign = sign
    hasBreaks = [UInt8(0x09), 0x0A].allSatisfy { byte in
      var text = AlignedText(bytes: [byte], tracks: false)
      normalizer.normalize(&text)
      return text.bytes == [0x20] || text.bytes == [byte]
    }
  }

  var foldsCase: Bool { false }

  var visiblePrefix: [UInt8]? { sign }

  func modelWord(of word: UnsafeBufferPointer<UInt8>) -> [UInt8]? {
    if word.allSatisfy({ 0x21...0x7E ~= $0 }) { return sign + word }
    let whole = normalizer.normalized(word, behind: sign)
    // Nothing at all is no word, and white space cuts.
    return whole.count > sign.count && !mayBeCut(whole[sign.count...]) ? whole : nil
  }

  /// Whether there may be white space in a normalized text, or the sign that words are cut at; false where there is
  /// none for sure.
  private func mayBeCut(_ text: ArraySlice<UInt8>) -> Bool {
    let sign = sign.first
    return text.withUnsafeBufferPointer { text in
      text.indices.contains { place in
        switch text[place] {
        // What U+0085 and U+00A0, U+1680, and U+2000 to U+205F begin with.
        case 0...0x20, 0xC2, 0xE1, 0xE2: true
        // U+3000.
        case 0xE3: sign == 0xE3 || text[place + 1] == 0x80 && text[place + 2] == 0x80
        default: text[place] == sign
        }
      }
    }
  }

  func modelWords(of word: UnsafeBufferPointer<UInt8>) -> PreTokenizedText {
    pretokenized(word, normalizer, preTokenizer)
  }

  func cut(
    _ text: UnsafeBufferPointer<UInt8>, in room: UnsafeMutableBufferPointer<ByteRange>,
    _ visit: (UnsafeBufferPointer<ByteRange>, UnsafeBufferPointer<UInt8>) -> Void
  ) {
    let kind = hasBreaks ? ANNEAL_RUNS_BETWEEN_BREAKS : ANNEAL_RUNS_BETWEEN_SPACES
    var words = RawWordList(room)
    var place = 0
    while place < text.count {
      words.makeRoom(for: 2 * ANNEAL_CUT_ROOM) { visit($0, text) }
      words.add(from: &place) {
        anneal_cut_runs(kind, text.baseAddress, $2, Int64(text.count), $0, $1, &$2)
      }
      // Where there was no room, what follows is nothing uncommon.
      if place == text.count || words.left < ANNEAL_CUT_ROOM { continue }
      words.makeRoom(for: 1) { visit($0, text) }
      let word = wordBeyondASCII(in: text, at: place)
      words.add(Int(word.start), Int(word.end))
      place = Int(word.end)
    }
    words.finish { visit($0, text) }
  }

  /// The word that begins at a place, with the spaces that are parts of its first or last character.
  private func wordBeyondASCII(
    in text: UnsafeBufferPointer<UInt8>, at place: Int
  ) -> ByteRange {
    let isJoined =
      place > 0 && text[place - 1] == 0x20
      && Self.joins(0x20, UTF8Scalars.decode(text.span, at: place).scalar)
    var end = place
    repeat {
      // The first byte is none where the word goes on behind a space.
      end += 1
      while end < text.count, text[end] != 0x20 { end += 1 }
    } while end < text.count && Self.joins(Self.scalar(before: end, in: text), 0x20)
    return ByteRange(isJoined ? place - 1 : place, end)
  }

  private static func scalar(before end: Int, in text: UnsafeBufferPointer<UInt8>) -> UInt32 {
    let start = UTF8Scalars.startOfScalar(before: end, in: text.span)
    return UTF8Scalars.decode(text.span, at: start).scalar
  }

  /// Whether two scalars in a row, one of which is a space, are one character.
  private static func joins(_ first: UInt32, _ second: UInt32) -> Bool {
    if GraphemeClusters.standsAlone(first), GraphemeClusters.standsAlone(second) { return false }
    guard let first = Unicode.Scalar(first), let second = Unicode.Scalar(second) else {
      return true
    }
    var recognizer = Unicode._CharacterRecognizer()
    _ = recognizer.hasBreak(before: first)
    return !recognizer.hasBreak(before: second)
  }
}
