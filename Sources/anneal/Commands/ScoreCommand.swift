public import ArgumentParser
import Evaluate
import Pipeline
import Records
import Stages

extension BleuTokenizer: ExpressibleByArgument {}
extension RougeTokenizer: ExpressibleByArgument {}
extension AnswerForm: ExpressibleByArgument {}

/// `anneal score REFERENCES HYPOTHESES`.
struct ScoreCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "score",
    abstract:
      "Score texts or labels against references, as sacreBLEU, rouge_score, nltk and scikit-learn.",
    discussion: """
      Example: anneal score --metrics bleu,chrf references.txt hypotheses.txt --json

      Several files of references come before the one of hypotheses. A line of a text file is one \
      record; a .jsonl file has an object a line, whose usual fields are found (reference, target, \
      answers, …; prediction, generated, text, …), and a reference may be a list. One .jsonl file may \
      hold both, as the predictions.jsonl of a run does.

      Texts: bleu, chrf, chrf++, ter, rouge (rouge1, rouge2, rougeL, rougeLsum), meteor, squad \
      (exact_match, token_f1), keywords.all, keywords.any, distinct (distinct1, distinct2), \
      self_bleu. From 0 to 100, but for distinct.
      Labels: accuracy, f1, precision, recall (each also as f1.macro, f1.micro, f1.weighted, \
      f1.binary), auc, from 0 to 1. f1 alone is the weighted one. For auc a line of the hypotheses is \
      the second class's score, or has scores: {label: number}. Also balanced-accuracy, kappa, mcc and \
      the others of 'anneal stages'.
      By an encoder (--model): bertscore, embedding_similarity. Of hypotheses alone: refusals, pii.
      By a classifier or a judge, with options as a pipeline file has them: consistency, toxicity, \
      bias, classifier: --metrics 'bleu, {consistency: {model: runs/entailment}}'. By two judges: \
      factscore, {factscore: {facts: facts.yaml, judge: supported.yaml}}.
      Numbers: pearson, spearman, kendall.
      Searches: mrr, map, ndcg, recall@10 (any depth), from JSON lines {query, document, relevance} \
      and {query, document, score}, or {query, documents} with a list or {document: number}.
      """)

  @Option(
    parsing: .singleValue,
    help: ArgumentHelp("What to compute, separated by commas.", valueName: "names"))
  var metrics: [String]

  @Argument(help: "References, of which there may be several files, and last the hypotheses.")
  var files: [String]

  @OptionGroup(title: "Metrics") var options: ScoreOptions

  @Option(help: ArgumentHelp("The field of references in JSON lines.", valueName: "name"))
  var referenceField: String?

  @Option(help: ArgumentHelp("The field of hypotheses in JSON lines.", valueName: "name"))
  var hypothesisField: String?

  @Option(
    help: ArgumentHelp(
      "All classes in order, separated by commas; another label is then a fault.",
      valueName: "names"))
  var labels: String?

  @Option(
    help: ArgumentHelp(
      "Write each record's scores by the metrics of texts to a file of JSON lines.",
      valueName: "file"))
  var records: String?

  @OptionGroup var common: CommonOptions

  mutating func validate() throws {
    if files.isEmpty { throw ValidationError("give REFERENCES and HYPOTHESES") }
    if try names.isEmpty { throw ValidationError("--metrics names no metric") }
    if let labels {
      let given = Self.list(labels)
      let distinct = Set(given.map { Array($0.utf8) })
      guard distinct.count == given.count, given.count > 1 else {
        throw ValidationError("--labels names two classes or more, each once")
      }
    }
    try options.check()
  }

  private var names: [String] {
    get throws {
      let choices = try choices
      return choices.isEmpty ? metrics.flatMap { Self.list($0) } : choices.map(\.name)
    }
  }

  /// The metrics as a pipeline file has them, where one has options in braces; else none.
  private var choices: [MetricChoice] {
    get throws {
      let text = metrics.joined(separator: ", ")
      return text.contains("{") ? try MetricChoice.list(text) : []
    }
  }

  private static func list(_ text: String) -> [String] {
    text.split(whereSeparator: { $0 == "," || $0 == " " }).map(String.init)
  }

  func run() throws {
    var fields = ScoreTool.Fields()
    (fields.reference, fields.hypothesis) = (referenceField, hypothesisField)
    let names = try names
    var settings = try options.settings(for: names)
    for choice in try choices { try choice.set(&settings) }
    let tool = try ScoreTool(
      files: files, metrics: names, fields: fields, labels: labels.map { Self.list($0) },
      settings: settings)
    let result = try tool.run(threads: common.threadCount)
    if records != nil, result.records.isEmpty {
      throw StageError(
        "no-record-scores", "\(names.joined(separator: ", ")) has no scores of single records",
        remedy: "leave out --records, or ask for a metric of texts")
    }
    for remark in result.remarks { common.console.say(remark.printableLines) }
    if let records { try write(result, to: records) }
    Output.write(common.json ? result.json.text + "\n" : table(result))
  }

  /// A line a score, with the settings behind it.
  private func table(_ result: ScoreTool.Result) -> String {
    let width = result.scores.map(\.name.count).max() ?? 0
    let lines = result.scores.map { name, value in
      let padding = String(repeating: " ", count: width - name.count + 2)
      let signature = result.signatures.first { $0.name == name }?.signature
      return "\(name)\(padding)\(Self.number(value))\(signature.map { "  \($0)" } ?? "")".printable
        + "\n"
    }
    return lines.joined()
  }

  /// Four digits behind the point.
  static func number(_ value: Double) -> String {
    guard value.isFinite else { return "undefined" }
    guard value.magnitude < 1e12 else { return "\(value)" }
    let scaled = Int((value * 10_000).rounded())
    let digits = String(scaled.magnitude % 10_000)
    let padding = String(repeating: "0", count: 4 - digits.count)
    return "\(scaled < 0 ? "-" : "")\(scaled.magnitude / 10_000).\(padding)\(digits)"
  }

  private func write(_ result: ScoreTool.Result, to path: String) throws {
    let file = try AtomicFile(path)
    for record in 0..<result.count {
      let line = JSONObject(
        result.records.map { name, scores in
          // A text that a metric has no score of counts for nothing in its mean.
          (name, scores[record].isFinite ? .real(scores[record]) : .null)
        })
      try file.write(JSONValue.object(line).bytes + [UInt8(ascii: "\n")])
    }
    try file.commit()
  }
}

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
