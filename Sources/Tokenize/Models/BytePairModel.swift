import Records

/// `BPE`: joins the pair of symbols that was learned first, again and again.
struct BytePairModel: FileModel {
  static let typeName = "BPE"
  let vocabulary: Vocabulary
  let unknownId: Int32?
  let merges: PairTable
  let dropoutRate: Double
  private let symbols: BytePairSymbols
  /// Words that are tokens as they stand, for `ignore_merges`; their bytes are those of the input.
  private let wholeWords: ByteStringTable?
  private let wholeWordIds: [Int32]

  init(from reader: ComponentReader, input: ModelInput) throws(TokenizerError) {
    dropoutRate = try reader.member("dropout").map(Self.rate) ?? 0
    let vocabulary = try Vocabulary(from: reader.required("vocab"))
    symbols = try BytePairSymbols(from: reader, vocabulary, input)
    merges = try BytePairMerges.read(
      reader.required("merges"), vocabulary, prefixLength: symbols.prefix.count)
    unknownId = symbols.unknownId
    self.vocabulary = vocabulary
    (wholeWords, wholeWordIds) =
      try reader.bool("ignore_merges", default: false)
      ? Self.wholeWords(vocabulary, input) : (nil, [])
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

  func tokenize(
    _ word: ByteRange, of text: borrowing Span<UInt8>, to tokens: inout [PieceToken]
  ) {
    if let whole = wholeWords?.index(of: text, word) {
      tokens.append(PieceToken(id: wholeWordIds[whole], end: word.end - word.start))
      return
    }
    var parts = symbols.split(word, of: text)
    merges.merge(&parts)
    tokens.append(contentsOf: parts)
  }

  func tokenize(
    _ word: ByteRange, of text: borrowing Span<UInt8>, to tokens: inout [PieceToken],
    drawing draws: inout MergeDraws
  ) {
    var parts = symbols.split(word, of: text)
    draws.merge(&parts) { left, right in
      let entry = merges[left, right]
      return (entry.rank, entry.id)
    }
    tokens.append(contentsOf: parts)
  }
}
