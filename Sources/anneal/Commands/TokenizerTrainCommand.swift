import ArgumentParser
import Foundation
import Pipeline
import Records
import Stages
import Tokenize

/// `anneal tokenizer train`.
struct TokenizerTrainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train",
    abstract: "Learn a vocabulary from files of text: BPE, WordPiece or Unigram.",
    discussion: """
      Examples:
        anneal tokenizer train --model bpe --vocabulary 8000 corpus.txt --out tokenizer.json
        anneal tokenizer train --model wordpiece --vocabulary 30000 corpus.txt --out bert.json

      A .jsonl file gives the 'text' of its lines, any other file its lines. BPE has the tokens, ids and \
      merges that Hugging Face's BpeTrainer learns from the same lines, Unigram the pieces of their \
      UnigramTrainer, and WordPiece the tokens of their WordPieceTrainer but for pairs that occur equally \
      often: there the library decides by chance, and Anneal by the order of characters.

      The file does not depend on the number of threads. Memory grows with the distinct words, of which \
      --max-words bounds the number; as long as none are let go of, the order of the lines changes \
      nothing either.
      """)

  @Option(help: "The kind of model: bpe, wordpiece or unigram.")
  var model = VocabularyOptions.Model.bpe

  @Option(help: ArgumentHelp("The number of tokens in all.", valueName: "n"))
  var vocabulary = 8000

  @Option(
    name: .customLong("special-token"),
    help: ArgumentHelp(
      "A token with one of the first ids; may be given often. The model's usual ones by default.",
      valueName: "text"))
  var specialTokens: [String] = []

  @OptionGroup(title: "Words") var words: WordOptions
  @OptionGroup(title: "BPE and WordPiece") var pairs: PairOptions
  @OptionGroup(title: "Unigram") var pieces: PieceOptions

  @Option(help: ArgumentHelp("Where to write the tokenizer.", valueName: "tokenizer.json"))
  var out: String

  @Argument(help: "The files; - is standard input.", completion: .file())
  var files: [String]

  @OptionGroup var common: CommonOptions

  mutating func validate() throws {
    let isPlainBytes =
      model == .bpe && words.preTokenizer ?? .byteLevel == .byteLevel
      && pairs.continuingSubwordPrefix == nil && pairs.endOfWordSuffix == nil
    let least = isPlainBytes ? 257 : 1
    if vocabulary < least { throw ValidationError("--vocabulary must be at least \(least)") }
    if pairs.minFrequency ?? 1 < 1 { throw ValidationError("--min-frequency must be at least 1") }
    if words.maxWords < 1000 { throw ValidationError("--max-words must be at least 1000") }
    if let option = model == .unigram ? pairs.given : pieces.given {
      throw ValidationError("\(option) has no meaning with --model \(model.rawValue)")
    }
  }

  /// What the options say.
  private var options: VocabularyOptions {
    var options = VocabularyOptions(model)
    options.vocabularySize = vocabulary
    if !specialTokens.isEmpty { options.specialTokens = specialTokens }
    words.apply(to: &options)
    pairs.apply(to: &options)
    pieces.apply(to: &options)
    return options
  }

  func run() throws {
    var training = try TokenizerTraining(options, threads: common.threadCount)
    for file in files {
      common.console.show("counting the words of \(file)")
      try training.read(file)
    }
    let unit = model == .unigram ? "pieces" : "tokens"
    let tokenizer = try training.train { common.console.show("learning: \($0) \(unit)") }
    try AtomicFile.write(tokenizer.json, to: out)
    if training.droppedWords > 0 {
      common.console.say(
        "there were more than \(words.maxWords) distinct words; the rarest "
          + "\(training.droppedWords) did not count")
    }
    common.console.say("\(out): \(tokenizer.vocabularySize) tokens")
  }
}

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
