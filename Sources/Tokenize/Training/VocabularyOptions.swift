/// What vocabulary is learned, and from which words.
///
/// The names and the meaning of numbers are those of Hugging Face's trainers; what stays nil or empty has the
/// default of the model.
///
///     var options = VocabularyOptions(.wordpiece)
///     options.vocabularySize = 30_000
public struct VocabularyOptions: Sendable, Equatable {
  /// The kinds of models that can be learned.
  public enum Model: String, Sendable, CaseIterable {
    /// Byte-pair encoding: the most frequent pair is joined, again and again.
    case bpe
    /// BERT's model, learned as BPE whose symbols inside words begin with `##`.
    case wordpiece
    /// The pieces of the most likely segmentations, pruned from many (Kudo 2018).
    case unigram
  }

  /// What happens to texts before they are cut into words.
  public enum Normalizer: String, Sendable, CaseIterable {
    /// Nothing.
    case none
    /// Unicode's form NFC.
    case nfc
    /// Unicode's form NFKC.
    case nfkc
    /// Small letters.
    case lowercase
    /// BERT's cleaning, small letters without accents.
    case bert
    /// BERT's cleaning alone.
    case bertCased = "bert-cased"
    /// Much what sentencepiece does: control characters, NFKC, one space for several.
    case sentencepiece
  }

  /// How texts are cut into words.
  public enum PreTokenizer: String, Sendable, CaseIterable {
    /// GPT-2's pattern over bytes.
    case byteLevel = "byte-level"
    /// Words and runs of signs.
    case whitespace
    /// What stands between white space.
    case whitespaceSplit = "whitespace-split"
    /// Words that begin with `▁` for the space before them.
    case metaspace
    /// Words and single punctuation marks, as BERT cuts.
    case bert
    /// No cuts: a text is one word.
    case none
  }

  /// The kind of model.
  public let model: Model
  /// The number of tokens in all, special tokens and alphabet included.
  public var vocabularySize = 30_000
  /// How often a pair must occur to become a token (BPE and WordPiece).
  public var minFrequency = 2
  /// The tokens with the first ids; nil for the model's usual ones.
  public var specialTokens: [String]?
  /// What happens to texts before they are cut; nil for the model's usual way.
  public var normalizer: Normalizer?
  /// How texts are cut into words; nil for the model's usual way.
  public var preTokenizer: PreTokenizer?
  /// The token that stands for what the vocabulary does not have; nil for the model's usual one.
  public var unknownToken: String?
  /// The most characters that are tokens of their own, the most frequent ones (BPE and WordPiece).
  public var limitAlphabet: Int?
  /// Characters that are tokens whether or not they occur.
  public var initialAlphabet: [Unicode.Scalar] = []
  /// What tokens inside words begin with (BPE and WordPiece); nil for the model's usual prefix.
  public var continuingSubwordPrefix: String?
  /// What tokens at the end of words end with (BPE and WordPiece).
  public var endOfWordSuffix: String?
  /// The bound of learned tokens in characters, which Hugging Face's trainer stays below: two tokens are
  /// joined only where they have fewer characters together (BPE and WordPiece).
  public var maxTokenLength: Int?
  /// The most pieces that learning begins with (Unigram).
  public var seedSize = 1_000_000
  /// The share of pieces that each round of pruning keeps (Unigram).
  public var shrinkingFactor = 0.75
  /// How often scores are estimated between rounds of pruning (Unigram).
  public var subIterations = 2
  /// The most characters of a piece (Unigram).
  public var maxPieceLength = 16
  /// The most distinct words that are remembered; beyond it the rarest are let go of.
  ///
  /// Which those are depends on the order of the texts, never on the number of threads: a word that comes
  /// late has had less time to be counted.
  public var mostWords = 1 << 25

  /// The usual options of a model.
  public init(_ model: Model) { self.model = model }
}

extension VocabularyOptions {
  var normalizerOrDefault: Normalizer {
    if let normalizer { return normalizer }
    switch model {
    case .bpe: return .none
    case .wordpiece: return .bert
    case .unigram: return .sentencepiece
    }
  }

  var preTokenizerOrDefault: PreTokenizer {
    if let preTokenizer { return preTokenizer }
    switch model {
    case .bpe: return .byteLevel
    case .wordpiece: return .bert
    case .unigram: return .metaspace
    }
  }

  var specialTokensOrDefault: [String] {
    if let specialTokens { return specialTokens }
    switch model {
    case .bpe: return (unknownTokenOrDefault.map { [$0] } ?? []) + ["<|endoftext|>"]
    case .wordpiece: return ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    case .unigram: return ["<pad>", "</s>", "<unk>"]
    }
  }

  /// The unknown token; bytes are never unknown.
  var unknownTokenOrDefault: String? {
    if let unknownToken { return unknownToken }
    switch model {
    case .bpe: return readsBytes ? nil : "<unk>"
    case .wordpiece: return "[UNK]"
    case .unigram: return "<unk>"
    }
  }

  var prefix: String { continuingSubwordPrefix ?? (model == .wordpiece ? "##" : "") }
  var suffix: String { endOfWordSuffix ?? "" }

  /// Whether the model reads bytes rather than characters.
  var readsBytes: Bool {
    model == .bpe && preTokenizerOrDefault == .byteLevel && prefix.isEmpty && suffix.isEmpty
  }

  /// The characters that are tokens in any case: those asked for, and those that spell bytes.
  var alphabet: [Unicode.Scalar] {
    guard preTokenizerOrDefault == .byteLevel else { return initialAlphabet }
    return initialAlphabet + ByteAlphabet.scalars.compactMap(Unicode.Scalar.init)
  }

  /// Says what cannot work.
  func check() throws(TokenizerError) {
    func require(
      _ holds: Bool, _ reason: String, _ remedy: String
    ) throws(TokenizerError) {
      guard holds else {
        throw TokenizerError(.invalidArgument, reason: reason, remedy: remedy)
      }
    }
    try require(vocabularySize > 0, "a vocabulary of \(vocabularySize) is none", "ask for more")
    if let unknown = unknownTokenOrDefault, model != .unigram {
      try require(
        specialTokensOrDefault.contains(unknown),
        "the unknown token '\(unknown)' is not among the special tokens",
        "add it to them, or name another")
    }
    try require(
      limitAlphabet == nil || !readsBytes, "a limit of the alphabet leaves bytes without a token",
      "leave it out, or cut words in another way than byte-level")
    if let limitAlphabet {
      try require(limitAlphabet > 0, "the alphabet is limited to \(limitAlphabet)", "allow more")
    }
    try require(
      shrinkingFactor > 0 && shrinkingFactor < 1,
      "the shrinking factor \(shrinkingFactor) is not between 0 and 1", "0.75 is usual")
    try require(
      (1...255).contains(maxPieceLength), "pieces of \(maxPieceLength) characters cannot be",
      "choose 1 to 255")
    try require(subIterations > 0, "no scores are estimated", "ask for at least 1 sub-iteration")
    try require(seedSize > 0 && mostWords > 1, "nothing is remembered", "allow more")
  }
}
