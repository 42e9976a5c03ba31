/// `BertPreTokenizer`: cuts at white space, which it drops, and sets every punctuation mark apart.
struct BertPreTokenizer: PreTokenizer, FileComponent {
  static let typeName = "BertPreTokenizer"

  init(from reader: ComponentReader) throws(TokenizerError) {}

  func split(_ text: inout PreTokenizedText) {
    text.cutAtSpaces(andAround: .bertPunctuation)
  }
}

extension PreTokenizedText {
  /// Cuts at white space, which is dropped, and sets scalars of other classes apart.
  mutating func cutAtSpaces(andAround apart: ScalarClasses) {
    let table = ScalarClasses.table
    refine { bytes, word, parts in
      Self.cut(bytes, word, apart.union(.whitespace), table, &parts)
    }
  }

  private static func cut(
    _ bytes: borrowing Span<UInt8>, _ word: ByteRange, _ cuts: ScalarClasses,
    _ table: ScalarTable<ScalarClasses>, _ parts: inout [ByteRange]
  ) {
    bytes.withUnsafeBufferPointer { text in
      guard let base = text.baseAddress else { return }
      var start = Int(word.start)
      var place = start
      let end = Int(word.end)
      while place < end {
        // Letters are neither; the one behind them tells.
        place = ASCIIRuns.skipLetters(base, from: place, end)
        if place == end { break }
        let (scalar, length) = UTF8Scalars.decode(text.span, at: place)
        let classes = table[scalar]
        if !classes.isDisjoint(with: cuts) {
          if start < place { parts.append(ByteRange(start, place)) }
          start = place + length
          if !classes.contains(.whitespace) { parts.append(ByteRange(place, start)) }
        }
        place += length
      }
      if start < end { parts.append(ByteRange(start, end)) }
    }
  }
}
