/// `Metaspace`: writes spaces as `▁`, puts one in front, and cuts before each.
struct Metaspace: PreTokenizer, FileComponent {
  static let typeName = "Metaspace"
  private let options: MetaspaceOptions

  init(from reader: ComponentReader) throws(TokenizerError) {
    options = try MetaspaceOptions(from: reader)
  }

  func split(_ text: inout PreTokenizedText) {
    let sign = options.sign
    let startsText = text.text.startsText
    text.rewriteWords { rewriter, word in
      let first = rewriter.scalar
      let isWanted = options.scheme == .always || word.start == 0 && startsText
      if options.scheme != .never, isWanted, first != 0x20, first != sign {
        rewriter.insertBefore(sign)
      }
      while rewriter.place < Int(word.end) {
        if rewriter.scalar == 0x20 { rewriter.replace(with: sign) } else { rewriter.copy() }
      }
    }
    if options.splits { text.split(.literal(options.signBytes), .mergedWithNext) }
  }
}

/// What the pre-tokenizer and the decoder `Metaspace` are told.
struct MetaspaceOptions: Sendable {
  /// Which pieces get a sign in front.
  enum Scheme: String, Sendable {
    case always, first, never
  }

  let sign: UInt32
  let scheme: Scheme
  let splits: Bool

  /// Reads the options; files before version 0.15 have `add_prefix_space` instead of a scheme.
  init(from reader: ComponentReader) throws(TokenizerError) {
    let replacement = try reader.string("replacement", default: "▁")
    guard let sign = replacement.unicodeScalars.first, replacement.unicodeScalars.count == 1 else {
      throw reader.malformed("the replacement is not one character", key: "replacement")
    }
    self.sign = sign.value
    splits = try reader.bool("split", default: true)
    let adds = try reader.bool("add_prefix_space", default: true)
    guard let name = try reader.member("prepend_scheme")?.string() else {
      scheme = adds ? .always : .never
      return
    }
    guard let scheme = Scheme(rawValue: name) else {
      throw reader.unsupported(
        "the scheme '\(name)' is not known", remedy: "known are always, first, never",
        key: "prepend_scheme")
    }
    guard adds || scheme == .never else {
      throw reader.malformed(
        "add_prefix_space is false, and the scheme is '\(name)'", remedy: "keep one of the two",
        key: "prepend_scheme")
    }
    self.scheme = scheme
  }

  /// The sign in UTF-8.
  var signBytes: [UInt8] {
    var bytes: [UInt8] = []
    UTF8Scalars.append(sign, to: &bytes)
    return bytes
  }
}
