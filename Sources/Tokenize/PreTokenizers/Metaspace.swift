/// `Metaspace`: writes spaces as `▁`, puts one in front, and cuts before each.
struct Metaspace: PreTokenizer, FileComponent {
  static let typeName = "Metaspace"
  private let options: MetaspaceOptions

  init(from reader: ComponentReader) throws(TokenizerError) {
    options = try MetaspaceOptions(from: reader)
  }

  func split(_ text: inout PreTokenizedText) {
    if !text.text.tracks { return splitUntracked(&text) }
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

extension Metaspace {
  /// Does the same without regard to where the parts of the text come from.
  private func splitUntracked(_ text: inout PreTokenizedText) {
    let sign = options.signBytes
    let source = text.text.bytes
    var bytes: [UInt8] = []
    bytes.reserveCapacity(source.count + (source.count / 4 + text.words.count) * sign.count)
    var words: [ByteRange] = []
    words.reserveCapacity(text.words.count + source.count / 6 + 4)
    for word in text.words {
      var start = bytes.count
      let isWanted =
        options.scheme == .always
        || options.scheme == .first && word.start == 0 && text.text.startsText
      let content = source[word.indices]
      if isWanted, content.first != 0x20, !content.starts(with: sign) { bytes += sign }
      content.withUnsafeBufferPointer { content in
        var copied = 0
        for place in 0..<content.count {
          let isSign = content[place] == sign[0] && content[place...].starts(with: sign)
          guard content[place] == 0x20 || isSign else { continue }
          bytes += content[copied..<place]
          if options.splits, start < bytes.count {
            words.append(ByteRange(start, bytes.count))
            start = bytes.count
          }
          bytes += sign
          copied = place + (isSign ? sign.count : 1)
        }
        bytes += content[copied...]
      }
      words.append(ByteRange(start, bytes.count))
    }
    text.text.bytes = bytes
    text.words = words
  }
}

extension [UInt8] {
  /// The bytes behind a prefix, every one that equals `byte` replaced by others.
  func replacing(_ byte: UInt8, with other: [UInt8], after prefix: [UInt8]) -> [UInt8] {
    withUnsafeBufferPointer { source in
      var count = 0
      for place in 0..<source.count { count += source[place] == byte ? 1 : 0 }
      let size = prefix.count + source.count + count * (other.count - 1)
      return [UInt8](unsafeUninitializedCapacity: size) { target, written in
        for new in prefix {
          target[written] = new
          written += 1
        }
        for place in 0..<source.count {
          // The size has room for every byte, and for `other` in place of each that is replaced.
          if source[place] != byte {
            target[written] = source[place]
            written += 1
            continue
          }
          for new in other {
            target[written] = new
            written += 1
          }
        }
      }
    }
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
