import ArgumentParser
import Evaluate
import Pipeline
import Stages
import Tensors

/// `anneal classify --model RUN`.
struct ClassifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "classify",
    abstract: "Say to which class texts belong: JSON lines in, labels out.",
    discussion: """
      Examples:
        echo '{"text": "It rains."}' | anneal classify --model runs/topics
        anneal classify --model runs/entailment pairs.jsonl > found.jsonl
        anneal classify --judge judges/entailment.yaml pairs.jsonl > judged.jsonl
        anneal score --metrics accuracy,kappa pairs.jsonl judged.jsonl

      A line has text, or a pair: premise and text, sentence1 and sentence2, premise and hypothesis. \
      It becomes {"label": …, "scores": {LABEL: probability}}, or {"labels": […], …} where a text may have \
      several classes (problem_type multi_label_classification). A judge is a file that says what a model \
      behind an endpoint is asked; its line has the fields that the prompt has places for, and becomes \
      {"label": …}. Answers are kept below ANNEAL_CACHE/answers (~/.cache/anneal/answers by default), so \
      that none is asked twice.
      """)

  @Option(
    help: ArgumentHelp(
      "A run that trained a classifier, or a model's folder or name.", valueName: "dir"))
  var model: String?

  @Option(
    help: ArgumentHelp("The file of a judge.", valueName: "file"), completion: .file())
  var judge: String?

  @Argument(help: "The lines; standard input by default.", completion: .file())
  var input = "-"

  @OptionGroup var common: CommonOptions

  func validate() throws {
    if (model == nil) == (judge == nil) { throw ValidationError("give --model or --judge") }
  }

  func run() throws {
    Engine.threads = common.threadCount
    let source: ClassifierSource? = model.map { .model($0) } ?? judge.map { .judge($0) }
    guard let source else { return }
    try ClassifyFilter(source).run(input: input) { Output.write($0) }
  }
}
