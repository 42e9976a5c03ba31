/// sentencepiece's BPE: joins the pair with the best score, and takes unused pieces apart again.
final class SentencePieceMerges: TokenModel {
  let vocabulary: Vocabulary
  let unknownId: Int32?
  private let merges: SpanMerges
  private let isUnused: [Bool]
  private let hasUnused: Bool
  private let defined: ByteTrie?
  private let fallbackIds: [Int32]
  let seams: BytePairSeams?

  init(_ file: SentencePieceFile, _ vocabulary: Vocabulary) {
    self.vocabulary = vocabulary
    unknownId = file.unknownId
    // Without bytes to fall back to, unknown neighbours become one, wherever they are cut.
    seams =
      file.fallsBackToBytes
      ? BytePairSeams(file.pieces.lazy.map { $0.bytes[...] }, areParts: false) : nil
    defined = file.definedPieces
    fallbackIds = file.fallsBackToBytes ? ByteFallback.ids(in: vocabulary) : []
    isUnused = file.pieces.map { $0.kind == .unused }
    hasUnused = isUnused.contains(true)
    let scores = Set(file.pieces.map(\.score)).sorted(by: >)
    let ranks = Dictionary(uniqueKeysWithValues: zip(scores, Int32(0)...))
    var merges = SpanMerges(capacity: file.pieces.count)
    for (id, piece) in file.pieces.enumerated() {
      switch piece.kind {
      case .normal, .userDefined, .unused:
        _ = merges.insert(piece.bytes, id: Int32(id), rank: ranks[piece.score] ?? .max - 1)
      case .unknown, .control, .byte: break
      }
    }
    self.merges = merges
  }

  func tokenize(
    _ word: ByteRange, of text: borrowing Span<UInt8>, to tokens: inout [PieceToken]
  ) {
    var starts: [(start: Int32, isFrozen: Bool)] = []
    var place = Int(word.start)
    while place < Int(word.end) {
      let known = defined?.longestPrefix(of: ByteRange(place, Int(word.end)), in: text)
      starts.append((Int32(place), known != nil))
      place += known ?? UTF8Scalars.length(leadByte: text[place])
    }
    var splits: [ByteRange: Int32] = [:]
    let ranges = merges.merge(starts, end: word.end, of: text) { whole, middle, id in
      if hasUnused, isUnused[Int(id)] { splits[whole] = middle }
    }
    var output = SentencePieceOutput(unknownId: unknownId, fallbackIds: fallbackIds)
    for range in ranges { add(range, splits, word, text, &output, &tokens) }
    output.finish(&tokens)
  }

  private func add(
    _ range: ByteRange, _ splits: [ByteRange: Int32], _ word: ByteRange,
    _ text: borrowing Span<UInt8>, _ output: inout SentencePieceOutput,
    _ tokens: inout [PieceToken]
  ) {
    let id = merges.id(of: range, in: text)
    if let id, hasUnused, isUnused[Int(id)], let middle = splits[range] {
      add(ByteRange(Int(range.start), Int(middle)), splits, word, text, &output, &tokens)
      add(ByteRange(Int(middle), Int(range.end)), splits, word, text, &output, &tokens)
      return
    }
    output.add(id, range, word, text, &tokens)
  }
}

/// sentencepiece's Unigram, whose sums are kept in 32 bits and so tie in other places than Hugging Face's.
final class SentencePieceUnigram: TokenModel {
  let vocabulary: Vocabulary
  let unknownId: Int32?
  private let lattice: UnigramLattice<Float>
  private let fallbackIds: [Int32]

  private static let unknownPenalty: Float = 10

  init(_ file: SentencePieceFile, _ vocabulary: Vocabulary) {
    self.vocabulary = vocabulary
    unknownId = file.unknownId
    fallbackIds = file.fallsBackToBytes ? ByteFallback.ids(in: vocabulary) : []
    let normal = file.pieces.lazy.filter { $0.kind == .normal }.map(\.score)
    let best = max(normal.max() ?? 0, .leastNormalMagnitude)
    var trie = ByteTrie(capacity: file.pieces.count * 3)
    var scores: [Float] = []
    for (id, piece) in file.pieces.enumerated() {
      // A piece that people defined beats any other path.
      let isDefined = piece.kind == .userDefined
      scores.append(
        isDefined ? Float(Double(Float(piece.bytes.count) * best) - 0.1) : piece.score)
      if isDefined || piece.kind == .normal { trie.insert(piece.bytes, value: Int32(id)) }
    }
    lattice = UnigramLattice(
      trie: PackedTrie(trie), scores: scores, unknownId: unknownId,
      unknownScore: (normal.min() ?? 0) - Self.unknownPenalty)
  }

  func tokenize(
    _ word: ByteRange, of text: borrowing Span<UInt8>, to tokens: inout [PieceToken]
  ) {
    var output = SentencePieceOutput(unknownId: unknownId, fallbackIds: fallbackIds)
    lattice.visitPath(of: word, in: text) { piece in
      let range = ByteRange(Int(word.start) + piece.start, Int(word.start) + piece.end)
      output.add(piece.id == unknownId ? nil : piece.id, range, word, text, &tokens)
    }
    output.finish(&tokens)
  }
}

/// Collects pieces: unknown neighbours become one, or bytes where the model has them.
struct SentencePieceOutput {
  let unknownId: Int32?
  let fallbackIds: [Int32]
  private var pendingEnd: Int32 = -1

  init(unknownId: Int32?, fallbackIds: [Int32]) {
    self.unknownId = unknownId
    self.fallbackIds = fallbackIds
  }

  /// Adds a piece of a word, or what has none.
  mutating func add(
    _ id: Int32?, _ range: ByteRange, _ word: ByteRange, _ text: borrowing Span<UInt8>,
    _ tokens: inout [PieceToken]
  ) {
    let end = range.end - word.start
    if let id {
      finish(&tokens)
      tokens.append(PieceToken(id: id, end: end))
    } else if !fallbackIds.isEmpty {
      for place in range.indices {
        let byte = fallbackIds[Int(text[place])]
        tokens.append(PieceToken(id: byte >= 0 ? byte : unknownId ?? 0, end: end))
      }
    } else {
      pendingEnd = end
    }
  }

  /// Adds the unknown that is still open.
  mutating func finish(_ tokens: inout [PieceToken]) {
    if pendingEnd >= 0, let unknownId {
      tokens.append(PieceToken(id: unknownId, end: pendingEnd))
    }
    pendingEnd = -1
  }
}

/// The algorithms `word` and `char`: one token a word, which begins with a space, or a character.
final class SentencePieceUnits: TokenModel {
  let vocabulary: Vocabulary
  let unknownId: Int32?
  private let isWords: Bool
  private let defined: ByteTrie?

  init(_ file: SentencePieceFile, _ vocabulary: Vocabulary) {
    self.vocabulary = vocabulary
    unknownId = file.unknownId
    isWords = file.algorithm == .words
    defined = file.definedPieces
  }

  func tokenize(
    _ word: ByteRange, of text: borrowing Span<UInt8>, to tokens: inout [PieceToken]
  ) {
    var output = SentencePieceOutput(unknownId: unknownId, fallbackIds: [])
    var start = Int(word.start)
    while start < Int(word.end) {
      var end = start
      repeat {
        let known = defined?.longestPrefix(of: ByteRange(end, Int(word.end)), in: text)
        end += known ?? UTF8Scalars.length(leadByte: text[end])
      } while isWords && end < Int(word.end) && !startsWithSign(end, word, text)
      let range = ByteRange(start, end)
      output.add(vocabulary.id(of: range.indices.map { text[$0] }), range, word, text, &tokens)
      start = end
    }
    output.finish(&tokens)
  }

  private func startsWithSign(
    _ place: Int, _ word: ByteRange, _ text: borrowing Span<UInt8>
  ) -> Bool {
    place + 3 <= Int(word.end) && text[place] == 0xE2 && text[place + 1] == 0x96
      && text[place + 2] == 0x81
  }
}
