import ArgumentParser
import Pipeline
import Tokenize

/// How texts become words.
struct WordOptions: ParsableArguments {
  @Option(
    help: """
      What happens to texts first: \(choices(VocabularyOptions.Normalizer.self)). bert for wordpiece, \
      sentencepiece for unigram, else none by default.
      """)
  var normalizer: VocabularyOptions.Normalizer?

  @Option(
    help: """
      How texts are cut into words: \(choices(VocabularyOptions.PreTokenizer.self)). bert for wordpiece, \
      metaspace for unigram, else byte-level by default.
      """)
  var preTokenizer: VocabularyOptions.PreTokenizer?

  @Option(help: ArgumentHelp("The token for what the vocabulary does not have.", valueName: "text"))
  var unknownToken: String?

  @Option(
    help: ArgumentHelp("Characters that are tokens whether or not they occur.", valueName: "text"))
  var initialAlphabet = ""

  @Option(
    help: ArgumentHelp(
      "The most distinct words that are remembered; beyond it the rarest are let go of.",
      valueName: "n"))
  var maxWords = 1 << 25

  func apply(to options: inout VocabularyOptions) {
    options.normalizer = normalizer
    options.preTokenizer = preTokenizer
    options.unknownToken = unknownToken
    options.initialAlphabet = Array(initialAlphabet.unicodeScalars)
    options.mostWords = maxWords
  }
}

/// What BPE and WordPiece take.
struct PairOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "How often a pair must occur to become a token; 2 by default.", valueName: "n"))
  var minFrequency: Int?

  @Option(help: ArgumentHelp("The most characters that are tokens of their own.", valueName: "n"))
  var limitAlphabet: Int?

  @Option(
    help: ArgumentHelp(
      "What tokens inside words begin with; ## for wordpiece by default.", valueName: "text"))
  var continuingSubwordPrefix: String?

  @Option(help: ArgumentHelp("What tokens at the end of words end with.", valueName: "text"))
  var endOfWordSuffix: String?

  @Option(
    help: ArgumentHelp(
      "Two tokens are joined only where they have fewer characters together.", valueName: "n"))
  var maxTokenLength: Int?

  /// An option that was given.
  var given: String? {
    if minFrequency != nil { return "--min-frequency" }
    if limitAlphabet != nil { return "--limit-alphabet" }
    if continuingSubwordPrefix != nil { return "--continuing-subword-prefix" }
    if endOfWordSuffix != nil { return "--end-of-word-suffix" }
    return maxTokenLength == nil ? nil : "--max-token-length"
  }

  func apply(to options: inout VocabularyOptions) {
    if let minFrequency { options.minFrequency = minFrequency }
    options.limitAlphabet = limitAlphabet
    options.continuingSubwordPrefix = continuingSubwordPrefix
    options.endOfWordSuffix = endOfWordSuffix
    options.maxTokenLength = maxTokenLength
  }
}

/// What Unigram takes.
struct PieceOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The most pieces that learning begins with; 1000000 by default.", valueName: "n"))
  var seedSize: Int?

  @Option(
    help: ArgumentHelp(
      "The share of pieces that each round of pruning keeps; 0.75 by default.", valueName: "x"))
  var shrinkingFactor: Double?

  @Option(
    help: ArgumentHelp(
      "How often scores are estimated between rounds of pruning; 2 by default.", valueName: "n"))
  var subIterations: Int?

  @Option(help: ArgumentHelp("The most characters of a piece; 16 by default.", valueName: "n"))
  var maxPieceLength: Int?

  /// An option that was given.
  var given: String? {
    if seedSize != nil { return "--seed-size" }
    if shrinkingFactor != nil { return "--shrinking-factor" }
    if subIterations != nil { return "--sub-iterations" }
    return maxPieceLength == nil ? nil : "--max-piece-length"
  }

  func apply(to options: inout VocabularyOptions) {
    if let seedSize { options.seedSize = seedSize }
    if let shrinkingFactor { options.shrinkingFactor = shrinkingFactor }
    if let subIterations { options.subIterations = subIterations }
    if let maxPieceLength { options.maxPieceLength = maxPieceLength }
  }
}

/// The words of an enumeration, as help lists them.
private func choices<Choice: RawRepresentable & CaseIterable>(_ type: Choice.Type) -> String
where Choice.RawValue == String {
  type.allCases.map(\.rawValue).joined(separator: ", ")
}
