import Stages

/// The thesaurus 同义词词林 in the lines of its extended version (哈工大扩展版): a code of seven letters and
/// digits, a mark, and words with blanks between.
///
/// Of the marks, `=` says that the words mean the same, `#` that they belong to one field and `@` that a
/// word stands alone; the latter two make no synonyms, but a word that has them has that sense too.
/// The first letters of the code are the class: A to D nouns, E qualities, F to J what happens, K and L
/// function words and formulas.
enum CilinFile {
  /// Whether a line is of this format.
  static func begins(with line: ArraySlice<UInt8>) -> Bool { code(of: line) != nil }

  /// `Aa01A01=`: the code and its mark; nil where the line has none.
  private static func code(of line: ArraySlice<UInt8>) -> (code: String, mark: UInt8)? {
    let head = Array(line.prefix(8))
    guard head.count == 8, (UInt8(ascii: "A")...UInt8(ascii: "L")).contains(head[0]),
      (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(head[1]),
      (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(head[4]),
      [2, 3, 5, 6].allSatisfy({ Bytes.isDigit(head[$0]) }), "=#@".utf8.contains(head[7])
    else { return nil }
    return (String(decoding: head[..<7], as: UTF8.self), head[7])
  }

  /// The synonyms of a file, the senses in its order.
  /// - Throws: `StageError` at a line that is none of the format.
  static func lexicon(_ bytes: [UInt8], _ path: String) throws(StageError) -> SynsetLexicon {
    var sets: [ThesaurusSense] = []
    var lines = LinesOfBytes(bytes)
    while let line = lines.next() {
      if line.allSatisfy({ $0 <= 0x20 }) { continue }
      guard let (code, mark) = code(of: line) else {
        throw LexiconFile.fault("a code such as 'Aa01A01=' is expected", path, lines.number)
      }
      let words = line.dropFirst(8).split { $0 <= 0x20 }
        .map { String(decoding: $0, as: UTF8.self) }
      let hint = String(code.prefix(2))
      if mark == UInt8(ascii: "=") {
        sets.append(ThesaurusSense(hint: hint, synonyms: words, members: Set(words)))
      } else {
        sets += words.map { ThesaurusSense(hint: hint, synonyms: [$0], members: [$0]) }
      }
    }
    return SynsetLexicon(sets)
  }
}
