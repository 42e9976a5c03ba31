/// `ByteLevel`: cuts by GPT-2's pattern and writes every byte as a character of its alphabet.
struct ByteLevelPreTokenizer: PreTokenizer, FileComponent {
  static let typeName = "ByteLevel"
  private let addsPrefixSpace: Bool
  private let usesPattern: Bool
  private var mapsBytes = true

  init(from reader: ComponentReader) throws(TokenizerError) {
    addsPrefixSpace = try reader.bool("add_prefix_space", default: true)
    usesPattern = try reader.bool("use_regex", default: true)
  }

  func split(_ text: inout PreTokenizedText) {
    if addsPrefixSpace { addPrefixSpaces(&text) }
    if usesPattern {
      text.refine { bytes, word, parts in
        SplitPattern.gpt2.appendMatches(in: bytes, word, to: &parts)
      }
    }
    if mapsBytes {
      text.rewriteWords { rewriter, word in
        while rewriter.place < Int(word.end) { rewriter.mapScalarToBytes() }
      }
    }
  }

  private func addPrefixSpaces(_ text: inout PreTokenizedText) {
    let bytes = text.text.bytes
    if text.words.allSatisfy({ bytes[Int($0.start)] == 0x20 }) { return }
    text.rewriteWords { rewriter, word in
      if bytes[Int(word.start)] != 0x20 { rewriter.insertBefore(0x20) }
      while rewriter.place < Int(word.end) { rewriter.copy() }
    }
  }

  var directCut: DirectCut {
    addsPrefixSpace || mapsBytes ? .other : usesPattern ? .at(.gpt2) : .none
  }

  var withoutByteMapping: (any PreTokenizer)? {
    var copy = self
    copy.mapsBytes = false
    return copy
  }
}
