/// `CharDelimiterSplit`: cuts at a character and drops it.
struct CharDelimiterSplit: PreTokenizer, FileComponent {
  static let typeName = "CharDelimiterSplit"
  private let delimiter: [UInt8]

  init(from reader: ComponentReader) throws(TokenizerError) {
    let text = try reader.required("delimiter").string()
    guard text.unicodeScalars.count == 1 else {
      throw reader.malformed("the delimiter is not one character", key: "delimiter")
    }
    delimiter = Array(text.utf8)
  }

  func split(_ text: inout PreTokenizedText) { text.split(.literal(delimiter), .removed) }
}

/// `FixedLength`: cuts after every so many characters.
struct FixedLength: PreTokenizer, FileComponent {
  static let typeName = "FixedLength"
  private let length: Int

  init(from reader: ComponentReader) throws(TokenizerError) {
    length = try reader.integer("length", default: 5)
  }

  func split(_ text: inout PreTokenizedText) {
    guard length > 0 else { return }
    text.refine { bytes, word, parts in
      var start = Int(word.start)
      var count = 0
      for place in word.indices where !UTF8Scalars.isContinuation(bytes[place]) {
        if count == length {
          parts.append(ByteRange(start, place))
          start = place
          count = 0
        }
        count += 1
      }
      parts.append(ByteRange(start, Int(word.end)))
    }
  }
}

/// `UnicodeScripts`: cuts where the script changes.
///
/// Japanese kana count as Han. Scalars of no script, such as the space, belong to what is before them.
struct UnicodeScripts: PreTokenizer, FileComponent {
  static let typeName = "UnicodeScripts"

  init(from reader: ComponentReader) throws(TokenizerError) {}

  func split(_ text: inout PreTokenizedText) {
    let table = ScalarScripts.table
    text.refine { bytes, word, parts in
      // What stands before the first scalar with a script is lost, as Hugging Face has it.
      var start: Int?
      var last = ScalarScripts.any
      var place = Int(word.start)
      while place < Int(word.end) {
        let (scalar, length) = UTF8Scalars.decode(bytes, at: place)
        let script = table[scalar]
        if script != ScalarScripts.any, script != last {
          if let start { parts.append(ByteRange(start, place)) }
          start = place
          last = script
        }
        place += length
      }
      if let start { parts.append(ByteRange(start, place)) }
    }
  }
}
