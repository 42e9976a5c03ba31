import Records

/// `Unigram`: the best path of a `UnigramLattice`, on which unknown neighbours are joined.
final class Unigram: FileModel {
  static let typeName = "Unigram"
  let vocabulary: Vocabulary
  let unknownId: Int32?
  var spellsUnknown: Bool { true }
  private let lattice: UnigramLattice<Double>
  private let paths: UnigramPaths
  /// The ids of `<0x00>` to `<0xFF>`, -1 for none; empty without byte fallback.
  private let fallbackIds: [Int32]
  /// How many bytes the longest piece has.
  private let longestPiece: Int

  /// How much worse than the worst piece an unknown character is.
  private static let unknownPenalty = 10.0

  convenience init(from reader: ComponentReader, input: ModelInput) throws(TokenizerError) {
    let entries = try reader.required("vocab").elements()
    var vocabulary = Vocabulary(capacity: entries.count)
    var scores: [Double] = []
    scores.reserveCapacity(entries.count)
    for entry in entries {
      guard let pair = entry.value.array, pair.count == 2, let piece = pair[0].string,
        let score = pair[1].double
      else { throw entry.expected("a piece and its score") }
      vocabulary.append(Array(piece.utf8))
      scores.append(Self.asParsed(score))
    }
    let unknown = try reader.member("unk_id").map { reader throws(TokenizerError) in
      try reader.integer()
    }
    if let unknown, unknown >= scores.count {
      throw reader.malformed("unk_id is \(unknown), and there are \(scores.count) pieces")
    }
    self.init(
      vocabulary: vocabulary, scores: scores, unknownId: unknown.map(Int32.init),
      fallsBack: try reader.bool("byte_fallback", default: false))
  }

  /// A model of pieces and their scores by id.
  init(vocabulary: Vocabulary, scores: [Double], unknownId: Int32?, fallsBack: Bool) {
    self.vocabulary = vocabulary
    self.unknownId = unknownId
    fallbackIds = fallsBack ? ByteFallback.ids(in: vocabulary) : []
    var trie = ByteTrie(capacity: vocabulary.count * 3)
    var longest = 0
    for id in vocabulary.sortedIds {
      guard let piece = vocabulary.token(of: id), !piece.isEmpty else { continue }
      longest = max(longest, piece.count)
      trie.insert(piece, value: vocabulary.id(of: Array(piece)) ?? id)
    }
    longestPiece = longest
    let packed = PackedTrie(trie)
    paths = UnigramPaths(packed, scores: scores, unknownId: unknownId)
    lattice = UnigramLattice(
      trie: packed, scores: scores, unknownId: unknownId,
      unknownScore: (scores.min() ?? 0) - Self.unknownPenalty)
  }

  /// A score as Hugging Face's JSON parser reads its digits: the whole number they make, divided by a power
  /// of ten, which is rounded twice and may be off by the last bit; ties depend on it.
  private static func asParsed(_ score: Double) -> Double {
    guard score.isFinite else { return score }
    var digits = DecimalDigits()
    for byte in "\(score.magnitude)".utf8 { digits.add(byte) }
    guard !digits.isTooLong, digits.exponent.magnitude <= 22 else { return score }
    let power = powers[Int(digits.exponent.magnitude)]
    let whole = Double(digits.whole)
    let value = digits.exponent < 0 ? whole / power : whole * power
    return score < 0 ? -value : value
  }

  /// The powers of ten that are exact.
  private static let powers = (0...22).map { (0..<$0).reduce(1.0) { power, _ in power * 10 } }

  func learn(in memory: inout WordMemory, raw: (any RawWords)?) {
    if let prefix = raw?.visiblePrefix { paths.learn(in: &memory, prefix: prefix) }
    learnOneByOne(in: &memory, raw: raw)
  }

  func tokenize(
    _ word: ByteRange, of text: borrowing Span<UInt8>, to tokens: inout [PieceToken]
  ) {
    let unknown = unknownId ?? -1
    // The run of unknown neighbours that is still to be joined, empty behind any other piece.
    var run = ByteRange(Int(word.start), Int(word.start))
    lattice.visitPath(of: word, in: text) { piece in
      let end = word.start + Int32(piece.end)
      if piece.id == unknown {
        run.end = end
        return
      }
      if !run.isEmpty { appendUnknown(run, end: Int32(piece.start), text, &tokens) }
      run = ByteRange(Int(end), Int(end))
      tokens.append(PieceToken(id: piece.id, end: Int32(piece.end)))
    }
    if !run.isEmpty { appendUnknown(run, end: run.end - word.start, text, &tokens) }
  }

  /// Adds the token of an unknown run, or spells it in bytes where asked and possible.
  private func appendUnknown(
    _ range: ByteRange, end: Int32, _ text: borrowing Span<UInt8>, _ tokens: inout [PieceToken]
  ) {
    if range.indices.count <= longestPiece, let known = vocabulary.id(of: range, in: text) {
      tokens.append(PieceToken(id: known, end: end))
    } else if !fallbackIds.isEmpty,
      range.indices.allSatisfy({ fallbackIds[Int(text[$0])] >= 0 })
    {
      // All bytes of an unknown run share its whole span.
      for place in range.indices {
        tokens.append(PieceToken(id: fallbackIds[Int(text[place])], end: end))
      }
    } else if let unknownId {
      tokens.append(PieceToken(id: unknownId, end: end))
    }
  }
}

/// A number as its digits make it up, from first to last: `whole` times ten to the power of `exponent`.
private struct DecimalDigits {
  private(set) var whole: UInt64 = 0
  private(set) var isTooLong = false
  private var fraction = 0
  private var isFraction = false
  /// Zeros behind the point that count only if another digit follows.
  private var zeros = 0
  private var written: Int?
  private var isSmall = false

  var exponent: Int { (written ?? 0) * (isSmall ? -1 : 1) - fraction }

  mutating func add(_ byte: UInt8) {
    switch byte {
    case UInt8(ascii: "."): isFraction = true
    case UInt8(ascii: "e"): written = 0
    case UInt8(ascii: "-"): isSmall = true
    case UInt8(ascii: "0")...UInt8(ascii: "9"): add(digit: byte - UInt8(ascii: "0"))
    default: break
    }
  }

  private mutating func add(digit: UInt8) {
    if let exponent = written {
      written = exponent * 10 + Int(digit)
    } else if isFraction, digit == 0 {
      zeros += 1
    } else {
      for _ in 0..<zeros { append(0) }
      zeros = 0
      append(digit)
    }
  }

  private mutating func append(_ digit: UInt8) {
    let (tens, isOver) = whole.multipliedReportingOverflow(by: 10)
    let (sum, isOverToo) = tens.addingReportingOverflow(UInt64(digit))
    if isOver || isOverToo { isTooLong = true }
    whole = sum
    if isFraction { fraction += 1 }
  }
}

/// The tokens `<0x00>` to `<0xFF>` that stand for bytes without a token of their own.
enum ByteFallback {
  /// The ids of the 256 byte tokens, -1 for none.
  static func ids(in vocabulary: Vocabulary) -> [Int32] {
    (0..<256).map { vocabulary.id(of: name(of: UInt8($0))) ?? -1 }
  }

  /// The token of a byte.
  static func name(of byte: UInt8) -> [UInt8] {
    let digits = String(byte, radix: 16, uppercase: true)
    return Array("<0x\(byte < 16 ? "0" : "")\(digits)>".utf8)
  }

  /// The byte that a token stands for, or nil.
  static func byte(of token: some Collection<UInt8>) -> UInt8? {
    guard token.count == 6, token.starts(with: "<0x".utf8),
      token.dropFirst(5).first == UInt8(ascii: ">")
    else { return nil }
    return UInt8(String(decoding: token.dropFirst(3).prefix(2), as: UTF8.self), radix: 16)
  }
}
