/// `BertPreTokenizer`: cuts at white space, which it drops, and sets every punctuation mark apart.
struct BertPreTokenizer: PreTokenizer, FileComponent {
  static let typeName = "BertPreTokenizer"

  init(from reader: ComponentReader) throws(TokenizerError) {}

  func split(_ text: inout PreTokenizedText) {
    let table = ScalarClasses.table
    text.refine { bytes, word, parts in
      Self.cut(bytes, word, table, &parts)
    }
  }

  private static func cut(
    _ bytes: borrowing Span<UInt8>, _ word: ByteRange, _ table: ScalarTable<ScalarClasses>,
    _ parts: inout [ByteRange]
  ) {
    var start = Int(word.start)
    var place = start
    let end = Int(word.end)
    while place < end {
      let (scalar, length) = UTF8Scalars.decode(bytes, at: place)
      let classes = table[scalar]
      if !classes.isDisjoint(with: [.whitespace, .bertPunctuation]) {
        if start < place { parts.append(ByteRange(start, place)) }
        start = place + length
        if !classes.contains(.whitespace) { parts.append(ByteRange(place, start)) }
      }
      place += length
    }
    if start < end { parts.append(ByteRange(start, end)) }
  }
}
