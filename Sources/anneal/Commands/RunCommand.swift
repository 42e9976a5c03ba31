import ArgumentParser
import Pipeline
import Records
import Stages

/// `anneal run FILE`.
struct RunCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Run a pipeline: ingest, clean, augment, tokenize, split, train, evaluate, report.",
    discussion: """
      Example: anneal run pipelines/medical-abstracts.yaml --set data=abstracts.csv.gz --out runs/a

      A run that was interrupted or killed continues when it is run again; stages whose input and
      parameters have not changed are reused.
      """)

  @OptionGroup var pipeline: PipelineOptions

  @Option(help: ArgumentHelp("The run folder; runs/NAME by default.", valueName: "folder"))
  var out: String?

  @OptionGroup var common: CommonOptions

  func run() throws {
    let plan = try pipeline.plan()
    try PipelineCheck.inputs(of: plan)
    let console = common.console
    for note in plan.notes { console.say("note: \(note)") }
    let folder = out ?? "runs/\(plan.name)"
    let observer = RunReporter(console: console)
    let summary = try PipelineRun(
      plan: plan, folder: folder, threads: common.threadCount, observer: observer
    ).execute()
    if common.json {
      Output.write(JSONValue.object(summary.object).prettyText)
    } else {
      for line in summary.lines { console.say(line) }
    }
  }
}
