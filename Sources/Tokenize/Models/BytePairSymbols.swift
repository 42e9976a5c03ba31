/// How a word falls into the symbols that merging begins with.
struct BytePairSymbols: Sendable {
  /// What every symbol but the first is looked up with in front.
  let prefix: [UInt8]
  let unknownId: Int32?
  private let suffix: [UInt8]
  private let vocabulary: Vocabulary
  private let input: ModelInput
  private let fusesUnknown: Bool
  /// The ids of `<0x00>` to `<0xFF>` for byte fallback, -1 for none; empty without fallback.
  private let fallbackIds: [Int32]
  /// The ids of the 256 bytes, -1 for none, where each byte is a symbol by itself; else empty.
  private let byteIds: [Int32]

  init(
    from reader: ComponentReader, _ vocabulary: Vocabulary, _ input: ModelInput
  ) throws(TokenizerError) {
    self.vocabulary = vocabulary
    self.input = input
    prefix = Array(try reader.string("continuing_subword_prefix", default: "").utf8)
    suffix = Array(try reader.string("end_of_word_suffix", default: "").utf8)
    fusesUnknown = try reader.bool("fuse_unk", default: false)
    fallbackIds =
      try reader.bool("byte_fallback", default: false) ? ByteFallback.ids(in: vocabulary) : []
    let plain = input == .bytes && prefix.isEmpty && suffix.isEmpty
    let byteIds = plain ? Self.byteIds(vocabulary) : []
    // Bytes without a token need the long way where something stands in for them.
    let isOpen = byteIds.contains(-1) && (reader.member("unk_token") != nil || !fallbackIds.isEmpty)
    self.byteIds = isOpen ? [] : byteIds
    guard let unknown = reader.member("unk_token") else {
      unknownId = nil
      return
    }
    let name = try unknown.string()
    unknownId = vocabulary.id(of: Array(name.utf8))
    if unknownId == nil {
      throw unknown.malformed(
        "the unknown token '\(name)' is not in the vocabulary",
        remedy: "add it to the vocabulary or set unk_token to null")
    }
  }

  private static func byteIds(_ vocabulary: Vocabulary) -> [Int32] {
    (0..<256).map { vocabulary.id(of: ByteAlphabet.encode([UInt8($0)])) ?? -1 }
  }

  /// The symbols of a word.
  func split(_ word: ByteRange, of text: borrowing Span<UInt8>) -> [PieceToken] {
    byteIds.isEmpty ? splitAny(word, of: text) : splitBytes(word, of: text)
  }

  private func splitBytes(_ word: ByteRange, of text: borrowing Span<UInt8>) -> [PieceToken] {
    var symbols: [PieceToken] = []
    symbols.reserveCapacity(word.indices.count)
    for place in word.indices {
      let id = byteIds[Int(text[place])]
      // A byte without a token vanishes and the tokens behind it move up, as Hugging Face has it.
      if id >= 0 { symbols.append(PieceToken(id: id, end: Int32(symbols.count) + 1)) }
    }
    return symbols
  }

  private func splitAny(_ word: ByteRange, of text: borrowing Span<UInt8>) -> [PieceToken] {
    var builder = SymbolBuilder(unknownId: unknownId, fusesUnknown: fusesUnknown)
    var place = Int(word.start)
    while place < Int(word.end) {
      let length = input == .bytes ? 1 : UTF8Scalars.length(leadByte: text[place])
      let bytes = (place..<place + length).map { text[$0] }
      let isFirst = place == Int(word.start)
      let isLast = place + length == Int(word.end)
      let key = (isFirst ? [] : prefix) + spelled(bytes) + (isLast ? suffix : [])
      if let id = vocabulary.id(of: key) {
        builder.add(id, length: length)
      } else if let ids = fallback(key) {
        for id in ids { builder.addFallback(id) }
      } else {
        builder.addUnknown(length: length)
      }
      place += length
    }
    return builder.finished()
  }

  private func spelled(_ bytes: [UInt8]) -> [UInt8] {
    input == .bytes ? ByteAlphabet.encode(bytes) : bytes
  }

  /// The byte tokens of a symbol, if all of them exist.
  private func fallback(_ key: [UInt8]) -> [Int32]? {
    guard !fallbackIds.isEmpty else { return nil }
    let ids = key.map { fallbackIds[Int($0)] }
    return ids.contains(-1) ? nil : ids
  }
}

/// Collects the symbols of a word and fuses unknown ones where asked.
private struct SymbolBuilder {
  private var symbols: [PieceToken] = []
  private var end: Int32 = 0
  private var pendingUnknown: Int32 = 0
  private let unknownId: Int32?
  private let fusesUnknown: Bool

  init(unknownId: Int32?, fusesUnknown: Bool) {
    self.unknownId = unknownId
    self.fusesUnknown = fusesUnknown
  }

  mutating func add(_ id: Int32, length: Int) {
    flush()
    append(id, Int32(length))
  }

  /// Adds a byte token.
  ///
  /// An unknown symbol before it is still open and comes out behind it, which is what Hugging Face does.
  mutating func addFallback(_ id: Int32) { append(id, 1) }

  mutating func addUnknown(length: Int) {
    if !fusesUnknown { flush() }
    pendingUnknown += Int32(length)
  }

  mutating func finished() -> [PieceToken] {
    flush()
    return symbols
  }

  private mutating func flush() {
    guard pendingUnknown > 0 else { return }
    if let unknownId { append(unknownId, pendingUnknown) }
    pendingUnknown = 0
  }

  private mutating func append(_ id: Int32, _ length: Int32) {
    end += length
    symbols.append(PieceToken(id: id, end: end))
  }
}
