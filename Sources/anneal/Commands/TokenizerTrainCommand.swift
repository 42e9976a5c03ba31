import ArgumentParser
import Pipeline
import Records
import Tokenize

/// `anneal tokenizer train`.
struct TokenizerTrainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train",
    abstract: "Learn a vocabulary from files of text: BPE, WordPiece or Unigram.",
    discussion: """
      Examples:
        anneal tokenizer train --model bpe --vocabulary 8000 corpus.txt --out tokenizer.json
        anneal tokenizer train --model wordpiece --vocabulary 30000 corpus.txt --out bert

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

  @Option(
    help: ArgumentHelp(
      "Where to write the tokenizer: a file that ends in .json, or a folder.", valueName: "path"))
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
    let output = try TokenizerOutput(out)
    var training = try TokenizerTraining(options, threads: common.threadCount)
    for file in files {
      common.console.show("counting the words of \(file)")
      try training.read(file)
    }
    let unit = model == .unigram ? "pieces" : "tokens"
    let tokenizer = try training.train { common.console.show("learning: \($0) \(unit)") }
    try output.write(tokenizer)
    if training.droppedWords > 0 {
      common.console.say(
        "there were more than \(words.maxWords) distinct words; the rarest "
          + "\(training.droppedWords) did not count")
    }
    common.console.say("\(output.file): \(tokenizer.vocabularySize) tokens")
  }
}
