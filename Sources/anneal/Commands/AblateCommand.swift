import ArgumentParser
import Evaluate
import Pipeline
import Records
import Stages

/// `anneal ablate FILE --over STAGE`.
struct AblateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ablate",
    abstract: "Run a pipeline with and without some stages and tell what they are worth.",
    discussion: """
      Examples:
        anneal ablate pipelines/quickstart.yaml --over augment
        anneal ablate pipeline.yaml --over augment.synonyms --seeds 10 --metric f1.macro
        anneal ablate pipeline.yaml --over clean.length#2 --set train.max-steps=500 --json

      Both arms of a seed have that seed everywhere, share what the stages before
      make, and are chosen and tested by the same records: records of validation
      and test that only one arm has are left out, derived ones are never among
      them. The difference of each metric stands with two intervals, over seeds
      (paired t) and over seeds and test records (bootstrap); where one of them
      includes zero, no effect is shown. Killed, it goes on when it is run again;
      arms that are done are reused. The arms are run folders: OUT/seed-N/with
      and OUT/seed-N/without, for 'anneal compare', 'ledger' and 'report'.
      """)

  @OptionGroup var pipeline: PipelineOptions

  @Option(
    help: ArgumentHelp(
      "The stages to leave out: a family (augment), a name (augment.synonyms), or the second of a "
        + "name (clean.length#2).", valueName: "stage"))
  var over: String

  @Option(
    help: ArgumentHelp("How many seeds: the file's and those that follow it.", valueName: "n"))
  var seeds = 5

  @Option(
    help: ArgumentHelp(
      "Where the arms go; runs/NAME-without-STAGE by default.", valueName: "folder"))
  var out: String?

  @Option(
    help: ArgumentHelp(
      "The metrics, separated by commas; all that the runs give by default.", valueName: "name"))
  var metric: String?

  @Option(help: ArgumentHelp("The confidence of the intervals.", valueName: "share"))
  var level = 0.95

  @Option(help: ArgumentHelp("How many draws the bootstrap makes.", valueName: "n"))
  var resamples = 1000

  @Option(help: "How p-values are corrected for the number of metrics.")
  var correction = Correction.holm

  @OptionGroup var common: CommonOptions

  func validate() throws {
    if !(1...1000).contains(seeds) { throw ValidationError("--seeds must be from 1 to 1000") }
    if !(level > 0 && level < 1) { throw ValidationError("--level must be between 0 and 1") }
    if !(1...10_000_000).contains(resamples) {
      throw ValidationError("--resamples must be from 1 to 10,000,000, not \(resamples)")
    }
  }

  func run() throws {
    let plan = try pipeline.plan()
    try PipelineCheck.inputs(of: plan)
    let console = common.console
    for note in plan.notes { console.say("note: \(note)") }
    let ablation = try Ablation(
      plan: plan, folder: out ?? "runs/\(plan.name)-without-\(over)", options: options,
      observer: RunReporter(console: console)
    ) { console.say(console.bold($0)) }
    Output.write(
      common.json ? JSONValue.object(ablation.object).prettyText : AblationText.text(ablation))
  }

  private var options: AblationOptions {
    var options = AblationOptions(over: over)
    options.metrics = (metric ?? "").split { $0 == "," || $0 == " " }.map(String.init)
    (options.seeds, options.level, options.resamples) = (seeds, level, resamples)
    (options.correction, options.threads) = (correction, common.threadCount)
    return options
  }
}
