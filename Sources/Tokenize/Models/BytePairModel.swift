import Records

/// `BPE`: joins the pair of symbols that was learned first, again and again.
final class BytePairModel: FileModel {
  static let typeName = "BPE"
  let vocabulary: Vocabulary
  let unknownId: Int32?
  let merges: MergeTable
  let seams: BytePairSeams?
  let dropoutRate: Double
  private let symbols: BytePairSymbols
  private let byteIds: [Int32]
  private let words: BytePairWords

  init(from reader: ComponentReader, input: ModelInput) throws(TokenizerError) {
    dropoutRate = try reader.member("dropout").map(Self.rate) ?? 0
    let vocabulary = try Vocabulary(from: reader.required("vocab"))
    let symbols = try BytePairSymbols(from: reader, vocabulary, input)
    let written = try reader.required("merges")
    let ignoresMerges = try reader.bool("ignore_merges", default: false)
    let (merges, words) = Together.both {
      Result { () throws(TokenizerError) in
        try BytePairMerges.read(written, vocabulary, prefixLength: symbols.prefix.count)
      }
    } _: {
      BytePairWords(vocabulary, input, ignoresMerges: ignoresMerges, symbols.areIndependent)
    }
    var table = try merges.get()
    table.indexBytes(symbols.byteIds.isEmpty ? symbols.spacedIds : symbols.byteIds)
    byteIds = symbols.byteIds
    self.merges = table
    self.words = words
    self.symbols = symbols
    unknownId = symbols.unknownId
    self.vocabulary = vocabulary
    // What stands for unknown characters is not what the seams were made of.
    let standIns = symbols.standIns
    seams = table.isFree(of: standIns) ? words.seams : nil
  }

  /// Whether every byte has a token; a model of bytes that lacks some has to read them as characters.
  var knowsAllBytes: Bool { symbols.knowAllBytes }

  private static func rate(_ dropout: ComponentReader) throws(TokenizerError) -> Double {
    guard let rate = dropout.value.double, (0...1).contains(rate) else {
      throw dropout.expected("a number from 0 to 1")
    }
    return rate
  }

  func tokenize(
    _ word: ByteRange, of text: borrowing Span<UInt8>, to tokens: inout [PieceToken]
  ) {
    if let whole = words.whole?.id(of: word, in: text) {
      tokens.append(PieceToken(id: whole, end: word.end - word.start))
      return
    }
    tokenizePart(word, of: text, to: &tokens)
  }

  func learn(in memory: inout WordMemory, raw: (any RawWords)?) {
    if merges.knowsBytes {
      words.whole?.keep(in: &memory)
      merges.withKernel { memory.merge(by: $0) }
    } else if words.whole == nil, symbols.areScalars, raw?.areWhole != false {
      // Characters need no look at the whole word.
      let isSpaced = raw?.spaceSign == BytePairSymbols.spaceSign && !symbols.spacedIds.isEmpty
      merges.withKernel { kernel in
        memory.merge(by: kernel) { bytes, isMarked, pieces in
          if isMarked, isSpaced, bytes.allSatisfy({ 0x20...0x7E ~= $0 }) { return false }
          if isMarked, let whole = raw?.modelWord(of: bytes) {
            symbols.append(ByteRange(0, whole.count), of: whole.span, to: &pieces)
          } else {
            symbols.append(ByteRange(0, bytes.count), of: bytes.span, to: &pieces)
          }
          return true
        }
      }
    } else {
      learnOneByOne(in: &memory, raw: raw)
    }
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
