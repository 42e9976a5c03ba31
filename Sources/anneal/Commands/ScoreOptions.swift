public import ArgumentParser
import Evaluate
import Pipeline

extension BleuTokenizer: ExpressibleByArgument {}
extension RougeTokenizer: ExpressibleByArgument {}
extension AnswerForm: ExpressibleByArgument {}

/// How the metrics of texts are computed.
struct ScoreOptions: ParsableArguments {
  @Option(
    name: [.customLong("tokenize"), .customLong("tokenizer")],
    help: "How BLEU cuts words: 13a, intl, zh (Chinese), char (Japanese and others) or none.")
  var tokenize = BleuTokenizer.mteval13a

  @Option(help: ArgumentHelp("BLEU's smoothing: exp, floor, add-k or none.", valueName: "name"))
  var smooth = "exp"

  @Option(help: ArgumentHelp("The value of floor and add-k.", valueName: "number"))
  var smoothValue: Double?

  @Flag(help: "BLEU, chrF: let capitals count as small letters.")
  var lowercase = false

  @Flag(help: "BLEU: leave out orders that have no n-grams, for single sentences.")
  var effectiveOrder = false

  @Option(help: ArgumentHelp("chrF: the longest n-grams of characters.", valueName: "n"))
  var chrfCharOrder = 6

  @Option(help: ArgumentHelp("chrF: the longest n-grams of words.", valueName: "n"))
  var chrfWordOrder = 0

  @Option(help: ArgumentHelp("chrF: how much recall counts.", valueName: "n"))
  var chrfBeta = 2

  @Flag(help: "chrF: let white space belong to n-grams.")
  var chrfWhitespace = false

  @Flag(help: "chrF: an F-score of each order, never 0, and their mean.")
  var chrfEpsSmoothing = false

  @Flag(help: "TER: set punctuation apart and decode entities.")
  var terNormalized = false

  @Flag(help: "TER: leave punctuation out.")
  var terNoPunct = false

  @Flag(help: "TER: know Chinese and Japanese characters and marks.")
  var terAsianSupport = false

  @Flag(help: "TER: tell capitals from small letters.")
  var terCaseSensitive = false

  @Flag(name: [.long, .customLong("use-stemmer")], help: "ROUGE: compare the stems of words.")
  var stemmer = false

  @Option(help: "ROUGE: rouge_score's words of ASCII, or unicode ones, also Chinese.")
  var rougeTokenizer = RougeTokenizer.standard

  @Option(help: "METEOR: how texts are cut into words.")
  var meteorTokenizer = BleuTokenizer.none

  @Option(
    help: ArgumentHelp(
      "METEOR: WordNet's folder; by default where Debian's wordnet-base puts it, '' for none.",
      valueName: "dir"))
  var wordnet: String?

  @Option(help: "exact_match, token_f1: the form of answers, squad or characters (Chinese).")
  var answers = AnswerForm.squad

  @Option(
    help: ArgumentHelp(
      "bertscore, embedding_similarity: the encoder's name or folder.", valueName: "dir"))
  var model: String?

  @Option(
    name: [.long, .customLong("num-layers")],
    help: ArgumentHelp(
      "bertscore: the layer; by default bert-score's choice for the model, or the last.",
      valueName: "n"))
  var layer: Int?

  @Flag(help: "bertscore: weigh tokens by how few references have them.")
  var idf = false

  /// The settings; WordNet is read where synonyms are wanted and it is there.
  func settings(for names: [String]) throws -> TextMetricSettings {
    var settings = TextMetricSettings()
    settings.bleu = Bleu(
      tokenizer: tokenize, smoothing: try smoothing(), lowercase: lowercase,
      effectiveOrder: effectiveOrder)
    settings.chrf = Chrf(
      characterOrder: chrfCharOrder, wordOrder: chrfWordOrder, beta: chrfBeta,
      lowercase: lowercase, whitespace: chrfWhitespace, epsilonSmoothing: chrfEpsSmoothing)
    settings.ter = Ter(
      normalized: terNormalized, noPunctuation: terNoPunct, asianSupport: terAsianSupport,
      caseSensitive: terCaseSensitive)
    settings.rouge = Rouge(stemmer: stemmer, tokenizer: rougeTokenizer)
    settings.meteor = Meteor(
      tokenizer: meteorTokenizer,
      synonyms: names.contains("meteor") ? try WordNetSynonyms.find(wordnet) : nil)
    settings.answers = AnswerMatch(form: answers)
    settings.keywords = KeywordAccuracy(ignoreCase: lowercase)
    settings.distinct = DistinctNGrams(tokenizer: tokenize, lowercase: lowercase)
    settings.selfBleu.bleu = settings.bleu
    settings.selfBleu.bleu.effectiveOrder = true
    if let model { try settings.use(encoder: model, layer: layer, idf: idf) }
    return settings
  }

  /// Faults of options that no type catches.
  func check() throws {
    _ = try smoothing()
    if let layer, layer < 1 { throw ValidationError("--layer must be at least 1") }
    let orders = 0...Chrf.longestOrder
    guard orders.contains(chrfCharOrder), orders.contains(chrfWordOrder),
      chrfCharOrder + chrfWordOrder > 0
    else {
      throw ValidationError(
        "chrF needs n-grams of characters or words, of at most \(Chrf.longestOrder)")
    }
    guard (0...1000).contains(chrfBeta) else {
      throw ValidationError("--chrf-beta is from 0 to 1000, not \(chrfBeta)")
    }
    guard let value = smoothValue else { return }
    guard smooth == "floor" || smooth == "add-k" else {
      throw ValidationError("--smooth-value is of --smooth floor and add-k, not of \(smooth)")
    }
    guard value >= 0, value <= 1_000_000 else {
      throw ValidationError("--smooth-value is from 0 to 1000000, not \(value)")
    }
  }

  private func smoothing() throws -> Bleu.Smoothing {
    switch smooth {
    case "exp": .exponential
    case "none": .none
    case "floor": .floor(smoothValue ?? 0.1)
    case "add-k": .addK(smoothValue ?? 1)
    default: throw ValidationError("--smooth is exp, floor, add-k or none, not '\(smooth)'")
    }
  }
}
