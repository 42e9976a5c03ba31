/// `BPEDecoder`: the end-of-word sign becomes a space, but for the last token, where it goes.
struct BytePairDecoder: TokenDecoder, FileComponent {
  static let typeName = "BPEDecoder"
  private let suffix: [UInt8]

  init(from reader: ComponentReader) throws(TokenizerError) {
    suffix = Array(try reader.required("suffix").string().utf8)
  }

  func decode(_ tokens: [[UInt8]]) -> [[UInt8]] {
    tokens.enumerated().map { index, token in
      token.replacing(suffix, with: index + 1 == tokens.count ? [] : [0x20])
    }
  }
}

/// `Fuse`: one token of all.
struct FuseDecoder: TokenDecoder, FileComponent {
  static let typeName = "Fuse"

  init(from reader: ComponentReader) throws(TokenizerError) {}

  func decode(_ tokens: [[UInt8]]) -> [[UInt8]] { [tokens.flatMap { $0 }] }
}

/// `Replace`: a text by another in every token.
struct ReplaceDecoder: TokenDecoder, FileComponent {
  static let typeName = "Replace"
  private let pattern: SplitPattern
  private let content: [UInt8]

  init(from reader: ComponentReader) throws(TokenizerError) {
    pattern = try SplitPattern(from: reader.required("pattern"))
    content = Array(try reader.required("content").string().utf8)
  }

  func decode(_ tokens: [[UInt8]]) -> [[UInt8]] {
    tokens.map { token in
      var matches: [ByteRange] = []
      pattern.appendMatches(in: token.span, ByteRange(0, token.count), to: &matches)
      var result: [UInt8] = []
      var place = 0
      for match in matches {
        result += token[place..<Int(match.start)] + content
        place = Int(match.end)
      }
      return result + token[place...]
    }
  }
}

/// `Strip`: up to so many of a character from the ends of every token.
struct StripDecoder: TokenDecoder, FileComponent {
  static let typeName = "Strip"
  private let content: [UInt8]
  private let start: Int
  private let stop: Int

  init(from reader: ComponentReader) throws(TokenizerError) {
    let character = try reader.required("content").string()
    content = Array(character.utf8)
    start = try reader.required("start").integer()
    stop = try reader.required("stop").integer()
    guard character.unicodeScalars.count == 1 else {
      throw reader.malformed("what is taken off is not one character", key: "content")
    }
  }

  func decode(_ tokens: [[UInt8]]) -> [[UInt8]] {
    tokens.map { token in
      var rest = token[...]
      for _ in 0..<start where rest.starts(with: content) { rest = rest.dropFirst(content.count) }
      for _ in 0..<stop where rest.reversed().starts(with: content.reversed()) {
        rest = rest.dropLast(content.count)
      }
      return Array(rest)
    }
  }
}

/// `ByteFallback`: runs of `<0xXX>` back to text, each byte of a broken run to one U+FFFD.
struct ByteFallbackDecoder: TokenDecoder, FileComponent {
  static let typeName = "ByteFallback"

  init(from reader: ComponentReader) throws(TokenizerError) {}

  func decode(_ tokens: [[UInt8]]) -> [[UInt8]] {
    var result: [[UInt8]] = []
    var run: [UInt8] = []
    func flush() {
      guard !run.isEmpty else { return }
      let isValid = String(validating: run, as: UTF8.self) != nil
      let broken = [[UInt8]](repeating: [0xEF, 0xBF, 0xBD], count: run.count)
      result += isValid ? [run] : broken
      run = []
    }
    for token in tokens {
      if let byte = ByteFallback.byte(of: token) {
        run.append(byte)
      } else {
        flush()
        result.append(token)
      }
    }
    flush()
    return result
  }
}
