import Stages

/// The components `bpe`, `wordpiece` and `unigram` of `tokenizer`, and what they take.
enum LearnedVocabulary {
  static let choices: [ComponentDescriptor] = [
    ComponentDescriptor(
      "bpe", "BPE learned from the training side, over bytes unless words are cut otherwise.",
      parameters: [vocabulary, minFrequency, bytePairSpecialTokens] + common + bytePair),
    ComponentDescriptor(
      "wordpiece", "BERT's WordPiece learned from the training side.",
      parameters: [vocabulary, minFrequency, specialTokens] + common + bytePair),
    ComponentDescriptor(
      "unigram", "A unigram model, as sentencepiece has, learned from the training side.",
      parameters: [vocabulary, specialTokens] + common + unigram),
  ]

  private static let common: [any AnyParameter] = [
    normalizer, preTokenizer, unknownToken, initialAlphabet, mostWords,
  ]
  private static let bytePair: [any AnyParameter] = [
    limitAlphabet, prefix, suffix, maxTokenLength,
  ]
  private static let unigram: [any AnyParameter] = [
    seedSize, shrinkingFactor, subIterations, maxPieceLength,
  ]

  private static let vocabulary = Parameter(
    "vocabulary", default: 8000, aliases: ["vocab-size", "vocabulary-size"],
    "The number of tokens in all.", check: Check.within(1...(1 << 24) - 1))
  private static let minFrequency = Parameter(
    "min-frequency", default: 2, "How often a pair must occur to become a token.",
    check: Check.atLeast(1))
  private static let bytePairSpecialTokens = Parameter(
    "special-tokens", default: [String]?(["<|endoftext|>", "<|pad|>"]),
    "The tokens with the first ids; null for the model's usual ones.")
  private static let specialTokens = Parameter(
    "special-tokens", default: [String]?.none,
    "The tokens with the first ids; the model's usual ones where none are written.")
  private static let normalizer = Parameter(
    "normalizer", default: VocabularyOptions.Normalizer?.none,
    "What happens to texts first; what is usual for the model where none is written.")
  private static let preTokenizer = Parameter(
    "pre-tokenizer", default: VocabularyOptions.PreTokenizer?.none,
    "How texts are cut into words; what is usual for the model where none is written.")
  private static let unknownToken = Parameter(
    "unknown-token", default: String?.none, aliases: ["unk-token"],
    "The token for what the vocabulary does not have.")
  private static let initialAlphabet = Parameter(
    "initial-alphabet", default: "", "Characters that are tokens whether or not they occur.")
  private static let mostWords = Parameter(
    "max-words", default: 1 << 25,
    "The most distinct words that are remembered; beyond it the rarest are let go of.",
    check: Check.atLeast(1000))
  private static let limitAlphabet = Parameter(
    "limit-alphabet", default: Int?.none, "The most characters that are tokens of their own.",
    check: Check.optionalAtLeast(1))
  private static let prefix = Parameter(
    "continuing-subword-prefix", default: String?.none, "What tokens inside words begin with.")
  private static let suffix = Parameter(
    "end-of-word-suffix", default: String?.none, "What tokens at the end of words end with.")
  private static let maxTokenLength = Parameter(
    "max-token-length", default: Int?.none,
    "Two tokens are joined only where they have fewer characters together.",
    check: Check.optionalAtLeast(1))
  private static let seedSize = Parameter(
    "seed-size", default: 1_000_000, "The most pieces that learning begins with.",
    check: Check.atLeast(1))
  private static let shrinkingFactor = Parameter(
    "shrinking-factor", default: 0.75, "The share of pieces that each round of pruning keeps.",
    check: { $0 > 0 && $0 < 1 ? nil : "must be between 0 and 1" })
  private static let subIterations = Parameter(
    "sub-iterations", default: 2, aliases: ["n-sub-iterations"],
    "How often scores are estimated between rounds of pruning.", check: Check.within(1...100))
  private static let maxPieceLength = Parameter(
    "max-piece-length", default: 16, "The most characters of a piece.",
    check: Check.within(1...255))

  /// The options that a component says.
  static func options(_ component: Component) -> VocabularyOptions {
    guard let model = VocabularyOptions.Model(rawValue: component.name) else {
      preconditionFailure("\(component.name) is none of the choices")
    }
    let values = component.values
    var options = VocabularyOptions(model)
    options.vocabularySize = values[vocabulary]
    options.specialTokens = values[model == .bpe ? bytePairSpecialTokens : specialTokens]
    options.normalizer = values[normalizer]
    options.preTokenizer = values[preTokenizer]
    options.unknownToken = values[unknownToken]
    options.initialAlphabet = Array(values[initialAlphabet].unicodeScalars)
    options.mostWords = values[mostWords]
    if model == .unigram {
      options.seedSize = values[seedSize]
      options.shrinkingFactor = values[shrinkingFactor]
      options.subIterations = values[subIterations]
      options.maxPieceLength = values[maxPieceLength]
    } else {
      options.minFrequency = values[minFrequency]
      options.limitAlphabet = values[limitAlphabet]
      options.continuingSubwordPrefix = values[prefix]
      options.endOfWordSuffix = values[suffix]
      options.maxTokenLength = values[maxTokenLength]
    }
    return options
  }
}
