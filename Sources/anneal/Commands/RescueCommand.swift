import ArgumentParser
import Pipeline
import Records
import Stages

/// `anneal rescue RUN --rule R`.
struct RescueCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rescue",
    abstract: "Put the records back that one rule has ended, and run again what follows.",
    discussion: """
      Example: anneal rescue runs/a --rule min-words

      The run's plan then says 'rescue: [min-words]' at that stage. The stages before it are \
      reused. Write the same into your pipeline file to keep it.
      """)

  @Argument(help: "The folder of a run.", completion: .directory)
  var folder: String

  @Option(help: ArgumentHelp("The rule, as 'anneal ledger RUN' names it.", valueName: "reason"))
  var rule: String

  @Option(help: ArgumentHelp("The stage, where several have that rule.", valueName: "name"))
  var stage: String?

  @OptionGroup var common: CommonOptions

  func run() throws {
    let rescue = try Rescue(run: folder, rule: rule, stage: stage)
    try PipelineCheck.inputs(of: rescue.plan)
    let console = common.console
    console.say(
      "\(rescue.count.counted("record")) \(rescue.count == 1 ? "comes" : "come") back to \(rescue.stage)"
    )
    let summary = try PipelineRun(
      plan: rescue.plan, folder: folder, threads: common.threadCount,
      observer: RunReporter(console: console)
    ).execute()
    if common.json {
      Output.write(JSONValue.object(summary.object).prettyText)
    } else {
      for line in summary.lines { console.say(line) }
      console.say("to keep this, write 'rescue: [\(rule)]' at \(rescue.stage) in the pipeline file")
    }
  }
}
