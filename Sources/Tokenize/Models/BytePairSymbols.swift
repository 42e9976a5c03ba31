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
  /// The ids of the 256 bytes where each byte is a symbol by itself and none is missing; else empty.
  let byteIds: [Int32]
  /// The ids of the 128 ASCII characters, -1 for none.
  private let asciiIds: [Int32]
  /// By byte, the ids of the visible ASCII characters and, in the place of the space, that of `▁`, else -1; empty where
  /// any of them has none.
  let spacedIds: [Int32]

  /// What spaces are written as.
  static let spaceSign: [UInt8] = [0xE2, 0x96, 0x81]

  init(
    from reader: ComponentReader, _ vocabulary: Vocabulary, _ input: ModelInput
  ) throws(TokenizerError) {
    self.vocabulary = vocabulary
    let asciiIds = (0..<128).map { vocabulary.id(of: [UInt8($0)]) ?? -1 }
    self.asciiIds = asciiIds
    let spaced = [vocabulary.id(of: Self.spaceSign) ?? -1] + asciiIds[0x21...0x7E]
    spacedIds =
      spaced.contains(-1)
      ? []
      : [Int32](repeating: -1, count: 0x20) + spaced + [Int32](repeating: -1, count: 256 - 0x7F)
    self.input = input
    prefix = Array(try reader.string("continuing_subword_prefix", default: "").utf8)
    suffix = Array(try reader.string("end_of_word_suffix", default: "").utf8)
    fusesUnknown = try reader.bool("fuse_unk", default: false)
    fallbackIds =
      try reader.bool("byte_fallback", default: false) ? ByteFallback.ids(in: vocabulary) : []
    let plain = input == .bytes && prefix.isEmpty && suffix.isEmpty
    let byteIds = plain ? Self.byteIds(vocabulary) : []
    self.byteIds = byteIds.contains(-1) ? [] : byteIds
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

  /// Whether every byte has a token wherever in a word it stands.
  var knowAllBytes: Bool {
    byteIds.isEmpty
      ? (UInt8.min...UInt8.max).allSatisfy { byte in
        [[], prefix].allSatisfy { before in
          [[], suffix].allSatisfy { behind in
            vocabulary.id(of: before + ByteAlphabet.encode([byte]) + behind) != nil
          }
        }
      } : true
  }

  /// Whether the symbols of a word say nothing about one another: no prefix, no suffix, nothing fused, and
  /// nothing that vanishes, for what is behind it then moves up.
  var areIndependent: Bool {
    guard prefix.isEmpty, suffix.isEmpty else { return false }
    if !byteIds.isEmpty { return true }
    guard fallbackIds.isEmpty else { return !fallbackIds.contains(-1) }
    return input == .text && !fusesUnknown && unknownId != nil
  }

  /// Whether the symbols are characters as they stand.
  var areScalars: Bool { input == .text && prefix.isEmpty && suffix.isEmpty }

  /// The ids that stand for characters other than those they are spelled with.
  var standIns: Set<Int32> { Set(fallbackIds + [unknownId ?? -1]).subtracting([-1]) }

  /// Appends the symbols of a word.
  func append(
    _ word: ByteRange, of text: borrowing Span<UInt8>, to symbols: inout [PieceToken]
  ) {
    if !byteIds.isEmpty {
      appendBytes(word, of: text, to: &symbols)
    } else if areScalars {
      appendScalars(word, of: text, to: &symbols)
    } else {
      appendAny(word, of: text, to: &symbols)
    }
  }

  private func appendBytes(
    _ word: ByteRange, of text: borrowing Span<UInt8>, to symbols: inout [PieceToken]
  ) {
    for place in word.indices {
      symbols.append(
        PieceToken(
          id: byteIds[Int(text[place])], end: Int32(truncatingIfNeeded: place + 1) - word.start))
    }
  }

  /// Where nothing is put around them, characters are looked up where they stand.
  private func appendScalars(
    _ word: ByteRange, of text: borrowing Span<UInt8>, to symbols: inout [PieceToken]
  ) {
    var builder = SymbolBuilder(unknownId: unknownId, fusesUnknown: fusesUnknown)
    var place = Int(word.start)
    while place < Int(word.end) {
      if text[place] < 0x80, asciiIds[Int(text[place])] >= 0 {
        builder.add(asciiIds[Int(text[place])], length: 1, to: &symbols)
        place += 1
        continue
      }
      let length = UTF8Scalars.length(leadByte: text[place])
      let range = ByteRange(place, place + length)
      if let id = vocabulary.id(of: range, in: text) {
        builder.add(id, length: length, to: &symbols)
      } else if let ids = fallback(range.indices.map { text[$0] }) {
        for id in ids { builder.addFallback(id, to: &symbols) }
      } else {
        builder.addUnknown(length: length, to: &symbols)
      }
      place += length
    }
    builder.finish(&symbols)
  }

  private func appendAny(
    _ word: ByteRange, of text: borrowing Span<UInt8>, to symbols: inout [PieceToken]
  ) {
    let first = symbols.count
    var builder = SymbolBuilder(unknownId: unknownId, fusesUnknown: fusesUnknown)
    var place = Int(word.start)
    while place < Int(word.end) {
      let length = input == .bytes ? 1 : UTF8Scalars.length(leadByte: text[place])
      let bytes = (place..<place + length).map { text[$0] }
      let isFirst = place == Int(word.start)
      let isLast = place + length == Int(word.end)
      let key = (isFirst ? [] : prefix) + spelled(bytes) + (isLast ? suffix : [])
      if let id = vocabulary.id(of: key) {
        builder.add(id, length: length, to: &symbols)
      } else if let ids = fallback(key) {
        for id in ids { builder.addFallback(id, to: &symbols) }
      } else {
        builder.addUnknown(length: length, to: &symbols)
      }
      place += length
    }
    builder.finish(&symbols)
    // A prefix spelled in byte tokens makes them more than the word has bytes.
    for index in first..<symbols.count {
      symbols[index].end = min(symbols[index].end, word.end - word.start)
    }
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

/// Appends the symbols of a word and fuses unknown ones where asked.
private struct SymbolBuilder {
  private var end: Int32 = 0
  private var pendingUnknown: Int32 = 0
  private let unknownId: Int32?
  private let fusesUnknown: Bool

  init(unknownId: Int32?, fusesUnknown: Bool) {
    self.unknownId = unknownId
    self.fusesUnknown = fusesUnknown
  }

  mutating func add(_ id: Int32, length: Int, to symbols: inout [PieceToken]) {
    finish(&symbols)
    append(id, Int32(length), &symbols)
  }

  /// Adds a byte token.
  ///
  /// An unknown symbol before it is still open and comes out behind it, which is what Hugging Face does.
  mutating func addFallback(_ id: Int32, to symbols: inout [PieceToken]) {
    append(id, 1, &symbols)
  }

  mutating func addUnknown(length: Int, to symbols: inout [PieceToken]) {
    if !fusesUnknown { finish(&symbols) }
    pendingUnknown += Int32(length)
  }

  /// Adds the unknown symbol that is still open.
  mutating func finish(_ symbols: inout [PieceToken]) {
    guard pendingUnknown > 0 else { return }
    if let unknownId { append(unknownId, pendingUnknown, &symbols) }
    pendingUnknown = 0
  }

  private mutating func append(_ id: Int32, _ length: Int32, _ symbols: inout [PieceToken]) {
    end += length
    symbols.append(PieceToken(id: id, end: end))
  }
}
