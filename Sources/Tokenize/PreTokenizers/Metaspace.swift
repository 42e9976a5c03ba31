import CKernels

/// `Metaspace`: writes spaces as `▁`, puts one in front, and cuts before each.
struct Metaspace: PreTokenizer, FileComponent {
  static let typeName = "Metaspace"
  private let options: MetaspaceOptions

  init(from reader: ComponentReader) throws(TokenizerError) {
    options = try MetaspaceOptions(from: reader)
  }

  /// The sign, if every word gets one.
  var signOfAllWords: [UInt8]? { options.scheme == .always ? options.signBytes : nil }

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
        rewriter.copyRun(to: Int(word.end), stop: 0x20)
        if rewriter.place == Int(word.end) { break }
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
    var words: [ByteRange] = []
    words.reserveCapacity(text.words.count + (options.splits ? source.count / 16 : 0) + 4)
    text.text.bytes = source.withUnsafeBufferPointer { source in
      let spaces = Int(anneal_count_byte(0x20, source.baseAddress, Int64(source.count)))
      // Every space becomes a sign, and every word may get one more.
      let room = source.count + (spaces + text.words.count) * sign.count
      return [UInt8](unsafeUninitializedCapacity: room) { target, count in
        for word in text.words {
          let content = UnsafeBufferPointer(rebasing: source[word.indices])
          let isFirst = word.start == 0 && text.text.startsText
          rewrite(content, isFirst: isFirst, sign, target, &count, &words)
        }
      }
    }
    text.words = words
  }

  /// Writes a word with a sign before it and for each space in it, and cuts it there.
  @inline(__always)
  private func rewrite(
    _ word: UnsafeBufferPointer<UInt8>, isFirst: Bool, _ sign: [UInt8],
    _ target: UnsafeMutableBufferPointer<UInt8>, _ count: inout Int, _ words: inout [ByteRange]
  ) {
    func isSign(_ place: Int) -> Bool {
      word[place] == sign[0] && word[place...].starts(with: sign)
    }
    func writeSign() {
      for byte in sign {
        target[count] = byte
        count += 1
      }
    }
    var start = count
    let isWanted = options.scheme == .always || options.scheme == .first && isFirst
    if isWanted, word.first != 0x20, word.isEmpty || !isSign(0) { writeSign() }
    var place = 0
    while place < word.count {
      if word[place] != 0x20, word[place] != sign[0] || !isSign(place) {
        target[count] = word[place]
        count += 1
        place += 1
        continue
      }
      if options.splits, start < count {
        words.append(ByteRange(start, count))
        start = count
      }
      place += word[place] == 0x20 ? 1 : sign.count
      writeSign()
    }
    words.append(ByteRange(start, count))
  }
}

extension [UInt8] {
  /// The bytes behind a prefix, every one that equals `byte` replaced by others.
  func replacing(_ byte: UInt8, with other: [UInt8], after prefix: [UInt8]) -> [UInt8] {
    withUnsafeBufferPointer { source in
      let size = Int64(source.count)
      let count = Int(anneal_count_byte(byte, source.baseAddress, size))
      let room = prefix.count + source.count + count * (other.count - 1)
      return [UInt8](unsafeUninitializedCapacity: room) { target, written in
        guard let base = target.baseAddress else { return }
        for (index, new) in prefix.enumerated() { base[index] = new }
        anneal_replace_byte(
          byte, other, Int64(other.count), source.baseAddress, size, base + prefix.count,
          Int64(room - prefix.count))
        written = room
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
