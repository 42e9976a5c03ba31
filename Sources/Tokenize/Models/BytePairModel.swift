import Records

/// `BPE`: joins the pair of symbols that was learned first, again and again.
struct BytePairModel: FileModel {
  static let typeName = "BPE"
  let vocabulary: Vocabulary
  let unknownId: Int32?
  let merges: MergeTable
  let seams: BytePairSeams?
  let dropoutRate: Double
  private let symbols: BytePairSymbols
  private let byteIds: [Int32]
  /// Words that are tokens as they stand, for `ignore_merges`; their bytes are those of the input.
  private let wholeWords: ByteStringTable?
  private let wholeWordIds: [Int32]

  init(from reader: ComponentReader, input: ModelInput) throws(TokenizerError) {
    dropoutRate = try reader.member("dropout").map(Self.rate) ?? 0
    let vocabulary = try Vocabulary(from: reader.required("vocab"))
    symbols = try BytePairSymbols(from: reader, vocabulary, input)
    var merges = try BytePairMerges.read(
      reader.required("merges"), vocabulary, prefixLength: symbols.prefix.count)
    merges.indexBytes(symbols.completeByteIds)
    byteIds = symbols.completeByteIds
    self.merges = merges
    unknownId = symbols.unknownId
    self.vocabulary = vocabulary
    let ignoresMerges = try reader.bool("ignore_merges", default: false)
    (wholeWords, wholeWordIds) = ignoresMerges ? Self.wholeWords(vocabulary, input) : (nil, [])
    seams =
      symbols.areIndependent
      ? Self.seams(vocabulary, input, areParts: ignoresMerges) : nil
  }

  private static func rate(_ dropout: ComponentReader) throws(TokenizerError) -> Double {
    guard let rate = dropout.value.double, (0...1).contains(rate) else {
      throw dropout.expected("a number from 0 to 1")
    }
    return rate
  }

  private static func wholeWords(
    _ vocabulary: Vocabulary, _ input: ModelInput
  ) -> (ByteStringTable, [Int32]) {
    var table = ByteStringTable(capacity: vocabulary.count)
    var ids: [Int32] = []
    for id in vocabulary.sortedIds {
      guard let token = vocabulary.token(of: id) else { continue }
      let word = input == .bytes ? ByteAlphabet.decode(Array(token)) : Array(token)
      if let word, table.insert(word).isNew { ids.append(id) }
    }
    return (table, ids)
  }

  private static func seams(
    _ vocabulary: Vocabulary, _ input: ModelInput, areParts: Bool
  ) -> BytePairSeams {
    let tokens = vocabulary.sortedIds.lazy.compactMap { vocabulary.token(of: $0) }
    guard input == .bytes else { return BytePairSeams(tokens, areParts: areParts) }
    // What is not in the alphabet is no word of bytes, nor part of one.
    return BytePairSeams(
      tokens.lazy.compactMap { ByteAlphabet.decode(Array($0))?[...] }, areParts: areParts)
  }

  func tokenize(
    _ word: ByteRange, of text: borrowing Span<UInt8>, to tokens: inout [PieceToken]
  ) {
    if let whole = wholeWords?.index(of: text, word) {
      tokens.append(PieceToken(id: wholeWordIds[whole], end: word.end - word.start))
      return
    }
    tokenizePart(word, of: text, to: &tokens)
  }

  func tokenizePart(
    _ part: ByteRange, of text: borrowing Span<UInt8>, to tokens: inout [PieceToken]
  ) {
    if merges.knowsBytes {
      text.withUnsafeBufferPointer { text in
        merges.merge(
          bytes: UnsafeBufferPointer(rebasing: text[part.indices]), ids: byteIds,
          to: &tokens)
      }
    } else {
      let first = tokens.count
      symbols.append(part, of: text, to: &tokens)
      merges.merge(&tokens, from: first)
    }
  }

  func tokenize(
    _ word: ByteRange, of text: borrowing Span<UInt8>, to tokens: inout [PieceToken],
    drawing draws: inout MergeDraws
  ) {
    var parts: [PieceToken] = []
    symbols.append(word, of: text, to: &parts)
    draws.merge(&parts) { left, right in
      let rank = merges.rank(left, right)
      return (rank, rank == MergeTable.none ? -1 : merges.product(of: rank))
    }
    tokens.append(contentsOf: parts)
  }
}
