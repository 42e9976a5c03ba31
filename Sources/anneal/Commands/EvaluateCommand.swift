public import ArgumentParser
import Pipeline
public import Records
import Stages

/// `anneal evaluate RUN`, or `anneal evaluate MODEL --data FILE`.
struct EvaluateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluate",
    abstract:
      "Score the model of a run again, or any model: by other metrics, on another side or other data.",
    discussion: """
      Examples:
        anneal evaluate runs/talk --metrics bleu,chrf,rougeL --set generate.beams=4
        anneal evaluate runs/talk --data new.jsonl --predictions new-predictions.jsonl --json
        anneal evaluate t5-small --data pairs.jsonl --metrics bleu,rougeL --set generate.beams=4

      Metrics are those of 'evaluate' in a pipeline file, options included:
      --metrics '{bleu: {tokenize: zh}}'. Without --metrics they are the run's.
      Data are read as the run's own were, and not cleaned. The run stays as it is.

      A model of no run is a folder or a name in a cache; what it is scored for is what its \
      config.json names: a classifier, a causal or a sequence-to-sequence model. --set takes the keys \
      of a pipeline file: --set ingest.fields='{text: body, label: topic}', \
      --set train.objective='{causal: {template: chatml}}'.
      """)

  @Argument(
    help: ArgumentHelp(
      "The folder of a finished run, or a model's folder or name.", valueName: "run"),
    completion: .directory)
  var folder: String

  @Option(
    parsing: .singleValue,
    help: ArgumentHelp(
      "What to compute, separated by commas; the run's metrics by default.", valueName: "names"))
  var metrics: [String] = []

  @Option(help: "The side of the run's data to score: test, validation or train.")
  var side = Side.test

  @Option(
    help: ArgumentHelp("Score the records of this file instead.", valueName: "file"),
    completion: .file())
  var data: String?

  @Option(help: ArgumentHelp("Score at most this many records.", valueName: "n"))
  var limit: Int?

  @Option(
    name: .customLong("set"), parsing: .unconditionalSingleValue,
    help: ArgumentHelp("Set a key: generate.beams=4.", valueName: "key=value"))
  var settings: [String] = []

  @Option(
    help: ArgumentHelp(
      "Write a line a record: input, reference, what the model said, scores.", valueName: "file"))
  var predictions: String?

  @OptionGroup var common: CommonOptions

  func validate() throws {
    if let limit, limit < 1 { throw ValidationError("--limit must be at least 1") }
  }

  func run() throws {
    var request = RunEvaluation.Request()
    (request.metrics, request.side, request.data) = (metrics, side, data)
    (request.limit, request.settings, request.predictions) = (limit, settings, predictions)
    request.threads = common.threadCount
    let result = try RunEvaluation(run: folder, request).execute()
    if let warning = result.warning { common.console.say(warning.printableLines) }
    guard !common.json else {
      Output.write(result.json.prettyText)
      return
    }
    let scores = result.scores
    let width = (scores.map(\.name.count).max() ?? 0) + 2
    let signatures = result.json["signatures"]
    Output.write("\(result.count.counted("record"))\n")
    for (name, value) in scores {
      let signature = signatures?[name]?.string.map { "  \($0)" } ?? ""
      Output.write("\(name.padded(to: width))\(value)\(signature)".printable + "\n")
    }
  }
}

extension Side: ExpressibleByArgument {}
