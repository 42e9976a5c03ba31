import CKernels
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
    table.indexBytes(symbols.byteIds)
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

  func tokenizeShort(
    _ words: UnsafeBufferPointer<anneal_range>, of text: UnsafeBufferPointer<UInt8>,
    to merged: UnsafeMutablePointer<anneal_merged>
  ) {
    if !merges.knowsBytes {
      mergeScalars(words, of: text, to: merged)
    } else if let whole = self.words.whole {
      tokenizeShort(words, of: text, to: merged, knowing: whole)
    } else {
      merges.merge(words, of: text, to: merged)
    }
  }

  /// Spells words in the symbols of their characters and merges those.
  private func mergeScalars(
    _ words: UnsafeBufferPointer<anneal_range>, of text: UnsafeBufferPointer<UInt8>,
    to merged: UnsafeMutablePointer<anneal_merged>
  ) {
    var pieces: [PieceToken] = []
    pieces.reserveCapacity(Int(ANNEAL_WORD_LONGEST))
    for (index, word) in words.enumerated() {
      pieces.removeAll(keepingCapacity: true)
      symbols.append(ByteRange(Int(word.start), Int(word.end)), of: text.span, to: &pieces)
      // A word has no more symbols than bytes, and no table of merges has ids beyond 20 bits.
      precondition(pieces.count <= ANNEAL_WORD_LONGEST, "\(pieces.count) symbols in a short word")
      merged[index].count = UInt32(pieces.count)
      withUnsafeMutableBytes(of: &merged[index].tokens) { tokens in
        let tokens = tokens.bindMemory(to: UInt32.self)
        for (place, piece) in pieces.enumerated() {
          tokens[place] = UInt32(bitPattern: piece.id) << 8 | UInt32(bitPattern: piece.end)
        }
      }
    }
    merges.merge(symbolsOf: merged, count: words.count)
  }

  /// Merging many words at once is for models whose symbols need no look at the whole word.
  var learnsTogether: Bool { merges.knowsBytes || words.whole == nil && symbols.areScalars }

  /// Words that are tokens as they stand are just that, and the others are merged.
  private func tokenizeShort(
    _ words: UnsafeBufferPointer<anneal_range>, of text: UnsafeBufferPointer<UInt8>,
    to merged: UnsafeMutablePointer<anneal_merged>, knowing whole: WholeWords
  ) {
    withUnsafeTemporaryAllocation(of: Int32.self, capacity: words.count) { ids in
      withUnsafeTemporaryAllocation(of: anneal_range.self, capacity: words.count) { others in
        guard let base = ids.baseAddress else { return }
        whole.look(up: words, in: text, base)
        var count = 0
        for (id, word) in zip(ids, words) where id < 0 {
          others[count] = word
          count += 1
        }
        merges.merge(UnsafeBufferPointer(rebasing: others[..<count]), of: text, to: merged)
        // From the last word on, so that none is written over before it has been moved.
        for index in words.indices.reversed() {
          if ids[index] < 0 {
            count -= 1
            merged[index] = merged[count]
          } else {
            let end = words[index].end - words[index].start
            merged[index].tokens.0 = UInt32(bitPattern: ids[index]) << 8 | UInt32(bitPattern: end)
            merged[index].count = 1
          }
        }
      }
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
