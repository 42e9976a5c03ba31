import ArgumentParser
import Evaluate
import Pipeline
import Records
import Stages

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
