/// `Metaspace`: the sign becomes a space, but for the first token, where it goes.
struct MetaspaceDecoder: TokenDecoder, FileComponent {
  static let typeName = "Metaspace"
  private let options: MetaspaceOptions

  init(from reader: ComponentReader) throws(TokenizerError) {
    _ = try reader.required("replacement")
    options = try MetaspaceOptions(from: reader)
  }

  func decode(_ tokens: [[UInt8]]) -> [[UInt8]] {
    let sign = options.signBytes
    return tokens.enumerated().map { index, token in
      token.replacing(bytes: sign, with: index == 0 && options.scheme != .never ? [] : [0x20])
    }
  }
}

/// `CTC`: of equal neighbours one stays, padding goes, and the delimiter becomes a space.
struct CTCDecoder: TokenDecoder, FileComponent {
  static let typeName = "CTC"
  private let padding: [UInt8]
  private let delimiter: [UInt8]
  private let cleansUp: Bool

  init(from reader: ComponentReader) throws(TokenizerError) {
    padding = Array(try reader.required("pad_token").string().utf8)
    delimiter = Array(try reader.required("word_delimiter_token").string().utf8)
    cleansUp = try reader.requiredBool("cleanup")
  }

  func decode(_ tokens: [[UInt8]]) -> [[UInt8]] {
    var previous: [UInt8]?
    return tokens.compactMap { token in
      defer { previous = token }
      if token == previous { return nil }
      var text = padding.isEmpty ? token : token.replacing(bytes: padding, with: [])
      if cleansUp {
        text = WordPieceDecoder.cleanUp(text)
        if !delimiter.isEmpty { text = text.replacing(bytes: delimiter, with: [0x20]) }
      }
      return text.isEmpty ? nil : text
    }
  }
}
