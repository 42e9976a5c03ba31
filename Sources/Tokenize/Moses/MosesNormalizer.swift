/// FSMT's way to words: punctuation, control characters, and the Moses tokenizer; a space stands between.
struct MosesNormalizer: Normalizer {
  private let punctuation: MosesPunctuation
  private let tokenizer: MosesTokenizer
  private let lowercases: Bool

  init(language: String, lowercases: Bool) {
    punctuation = MosesPunctuation(language: language)
    tokenizer = MosesTokenizer(language: language)
    self.lowercases = lowercases
  }

  private static let unprintable = (CharacterProperties.named("C") ?? ScalarSet()).table

  func normalize(_ text: inout AlignedText) {
    var lowered = text
    if lowercases { Lowercase().normalize(&lowered) }
    var scalars = UTF8Scalars.scalars(lowered.bytes)
    scalars = punctuation.normalize(MosesPunctuation.replaceWide(scalars))
    scalars.removeAll { Self.unprintable[$0] }
    text.take(words: tokenizer.tokenize(scalars))
  }
}

extension AlignedText {
  /// How far ahead the scalar that a word was made of is looked for.
  private static let farthest = 12

  /// Takes words for the text, aligned scalar by scalar as well as their spelling tells.
  fileprivate mutating func take(words: [ScalarText]) {
    let source = UTF8Scalars.scalars(bytes)
    let firstScalar = firstScalar
    var result: [UInt8] = []
    var origins: [Origin] = []
    var place = 0
    func origin() -> Origin {
      let index = max(0, min(place, source.count) - 1)
      return Origin(start: firstScalar + Int32(index), end: firstScalar + Int32(index) + 1)
    }
    for (number, word) in words.enumerated() {
      if number > 0 { Self.append(0x20, origin(), &result, &origins) }
      for (spelling, scalar) in Self.signs(of: word) {
        let end = min(place + Self.farthest, source.count)
        if place < end, let found = source[place..<end].firstIndex(of: scalar) { place = found + 1 }
        for scalar in spelling { Self.append(scalar, origin(), &result, &origins) }
      }
    }
    bytes = result
    self.origins = tracks ? origins : []
  }

  private static func append(
    _ scalar: UInt32, _ origin: Origin, _ bytes: inout [UInt8], _ origins: inout [Origin]
  ) {
    let before = bytes.count
    UTF8Scalars.append(scalar, to: &bytes)
    for _ in before..<bytes.count { origins.append(origin) }
  }

  /// The signs of a word with how they are spelled.
  private static func signs(of word: ScalarText) -> [(spelling: ScalarText, scalar: UInt32)] {
    if word == ScalarText("@-@") { return [(word, 0x2D)] }
    var signs: [(ScalarText, UInt32)] = []
    var place = 0
    while place < word.count {
      let entity =
        word[place] == 0x26
        ? MosesEntities.escapes.first { word[place...].starts(with: $0.value) } : nil
      signs.append(entity.map { ($0.value, $0.key) } ?? ([word[place]], word[place]))
      place += entity?.value.count ?? 1
    }
    return signs
  }
}
