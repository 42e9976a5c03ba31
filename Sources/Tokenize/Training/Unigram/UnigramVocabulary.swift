/// The pieces that are left as a vocabulary: special tokens, then pieces by falling score.
struct UnigramVocabulary {
  private let specialTokens: [String]
  private let unknownId: Int
  private var entries: [(piece: [UInt8], score: Double)]

  /// How much lower the score of each next character is that did not stay a piece.
  private static let penaltyStep = 0.0001

  /// Takes the best pieces, and all characters that occur or are asked for.
  /// - Throws: `TokenizerError` where the vocabulary is too small for the characters.
  init(
    _ text: UnigramText, _ pieces: UnigramPieces, _ options: VocabularyOptions
  ) throws(TokenizerError) {
    var specials: [String] = []
    for token in options.specialTokensOrDefault where !specials.contains(token) {
      specials.append(token)
    }
    let unknown = options.unknownTokenOrDefault ?? "<unk>"
    if !specials.contains(unknown) { specials.insert(unknown, at: 0) }
    specialTokens = specials
    unknownId = specials.firstIndex(of: unknown) ?? 0
    entries = Self.characters(text, pieces, options)
    try Self.check(characters: entries.count, options)
    let room = options.vocabularySize - specials.count
    for piece in pieces.order where entries.count < room {
      let span = pieces.spans[Int(piece)]
      if span.length == 1 { continue }
      entries.append(
        (text.utf8(Int(span.start), Int(span.length)), pieces.scores[Int(piece)]))
    }
    // A stable sort: of equal scores the order decides.
    entries = entries.enumerated().sorted {
      $0.element.score != $1.element.score
        ? $0.element.score > $1.element.score : $0.offset < $1.offset
    }.map(\.element)
  }

  /// Refuses a vocabulary that is too small for its characters.
  static func check(
    characters: Int, _ options: VocabularyOptions
  ) throws(TokenizerError) {
    let specials = Set(options.specialTokensOrDefault + [options.unknownTokenOrDefault ?? "<unk>"])
    guard characters + specials.count > options.vocabularySize else { return }
    throw TokenizerError(
      .invalidArgument,
      reason: "\(characters) characters and \(specials.count) special tokens are more than "
        + "the vocabulary of \(options.vocabularySize)",
      remedy: "ask for a larger vocabulary, or normalize the texts")
  }

  /// The characters with their scores; those that are no pieces any more come after the worst piece.
  private static func characters(
    _ text: UnigramText, _ pieces: UnigramPieces, _ options: VocabularyOptions
  ) -> [(piece: [UInt8], score: Double)] {
    var scores: [UInt32: Double] = [:]
    for piece in pieces.order where pieces.spans[Int(piece)].length == 1 {
      let rank = text.ranks[Int(pieces.spans[Int(piece)].start)]
      scores[text.scalars[Int(rank)]] = pieces.scores[Int(piece)]
    }
    let lowest = pieces.lowestScore
    var penalty = 0.0
    let wanted = Set(text.scalars.dropFirst() + options.alphabet.map(\.value)).sorted()
    return wanted.map { scalar in
      var bytes: [UInt8] = []
      UTF8Scalars.append(scalar, to: &bytes)
      if let score = scores[scalar] { return (bytes, score) }
      defer { penalty += penaltyStep }
      return (bytes, (lowest.isFinite ? lowest : 0) + penalty)
    }
  }

  /// The model's part of tokenizer.json.
  func model() -> TrainedModel {
    var bytes = Array("\"type\": \"Unigram\", \"unk_id\": \(unknownId), \"vocab\": [".utf8)
    let all = specialTokens.map { (piece: Array($0.utf8), score: 0.0) } + entries
    TrainedList.append(all.count, to: &bytes) {
      "[\(TrainedList.string(all[$0].piece)), \(all[$0].score)]"
    }
    bytes += "], \"byte_fallback\": false".utf8
    return TrainedModel(specialTokens: specialTokens, members: bytes)
  }
}
