/// A text cut into words; the words are ranges of the text's bytes in ascending order, none empty.
struct PreTokenizedText: Sendable {
  var text: AlignedText
  var words: [ByteRange]

  init(_ text: AlignedText) {
    self.text = text
    words = text.bytes.isEmpty ? [] : [ByteRange(0, text.bytes.count)]
  }

  /// Cuts every word further: `cut` appends the parts of a word to the list.
  @inline(__always)
  mutating func refine(_ cut: (borrowing Span<UInt8>, ByteRange, inout [ByteRange]) -> Void) {
    words = Self.refined(text.bytes.span, words, cut)
  }

  @inline(__always)
  private static func refined(
    _ bytes: borrowing Span<UInt8>, _ words: [ByteRange],
    _ cut: (borrowing Span<UInt8>, ByteRange, inout [ByteRange]) -> Void
  ) -> [ByteRange] {
    var parts: [ByteRange] = []
    parts.reserveCapacity(max(words.count, bytes.count / 4))
    for word in words { cut(bytes, word, &parts) }
    return parts
  }

  /// Rewrites every word; what lies between words is dropped.
  mutating func rewriteWords(_ body: (inout TextRewriter, ByteRange) -> Void) {
    var moved: [ByteRange] = []
    moved.reserveCapacity(words.count)
    var rewriter = TextRewriter(text)
    for word in words {
      while rewriter.place < Int(word.start) { rewriter.drop() }
      let start = rewriter.bytes.count
      body(&rewriter, word)
      moved.append(ByteRange(start, rewriter.bytes.count))
    }
    text.take(rewriter)
    words = moved
  }
}

/// A step that cuts a text into words, so that no token crosses a cut.
protocol PreTokenizer: Sendable {
  /// Cuts the words of a text further.
  func split(_ text: inout PreTokenizedText)

  /// The same step without writing bytes as characters, if that is the last thing it does.
  ///
  /// Byte-level models read bytes as they are, so the mapping to GPT-2's alphabet and back is skipped.
  var withoutByteMapping: (any PreTokenizer)? { get }

  /// What the step does to a text, if it can be said in a word.
  var directCut: DirectCut { get }
}

/// What a pre-tokenizer comes down to.
enum DirectCut {
  /// Nothing.
  case none
  /// A cut at every match of a pattern that leaves nothing out.
  case at(SplitPattern)
  /// More than that.
  case other
}

extension PreTokenizer {
  var directCut: DirectCut { .other }

  var withoutByteMapping: (any PreTokenizer)? { nil }
}

/// The pre-tokenizers that tokenizer files may name.
enum PreTokenizerRegistry {
  static let types: [any (PreTokenizer & FileComponent).Type] = [
    BertPreTokenizer.self, ByteLevelPreTokenizer.self, CharDelimiterSplit.self,
    DigitsPreTokenizer.self, FixedLength.self, Metaspace.self, PreTokenizerSequence.self,
    PunctuationPreTokenizer.self, SplitPreTokenizer.self, UnicodeScripts.self,
    WhitespacePreTokenizer.self, WhitespaceSplit.self,
  ]

  static func read(_ reader: ComponentReader) throws(TokenizerError) -> any PreTokenizer {
    guard let type = types.first(where: { $0.typeName == reader.type }) else {
      throw reader.unknown("pre-tokenizer", known: types.map { $0.typeName })
    }
    return try type.init(from: reader)
  }
}
