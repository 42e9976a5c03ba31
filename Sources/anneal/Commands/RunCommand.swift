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

      A run that was interrupted or killed continues when it is run again, at the record it had come \
      to; stages whose input and parameters have not changed are reused.

      Several machines share the first stages of a large run: 'anneal run FILE --shard 1/3', 2/3 \
      and 3/3, then 'anneal run FILE --merge runs/NAME-*-of-3', which makes the same bytes.
      """)

  @OptionGroup var pipeline: PipelineOptions

  @Option(help: ArgumentHelp("The run folder; runs/NAME by default.", valueName: "folder"))
  var out: String?

  @Option(
    help: ArgumentHelp(
      "Run the stages that need no other record, on every n-th raw record.", valueName: "i/n"),
    transform: Self.shard)
  var shard: Shard?

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp("Go on from the run folders of all shards.", valueName: "folder"))
  var merge: [String] = []

  @OptionGroup var common: CommonOptions

  func validate() throws {
    if shard != nil, !merge.isEmpty {
      throw ValidationError("--shard makes what --merge puts together; ask for one of them")
    }
  }

  private static func shard(_ text: String) throws -> Shard {
    guard let shard = Shard(text) else {
      throw ValidationError("'\(text)' is no shard; the second of five is 2/5")
    }
    return shard
  }

  func run() throws {
    let plan = try pipeline.plan()
    try PipelineCheck.inputs(of: plan)
    let console = common.console
    for note in plan.notes { console.say("note: \(note)") }
    let folder = out ?? "runs/\(plan.name)"
    let observer = RunReporter(console: console)
    if let shard {
      return try run(shard, of: plan, observer)
    }
    let summary = try PipelineRun(
      plan: plan, folder: folder, threads: common.threadCount, observer: observer, shards: merge
    ).execute()
    if common.json {
      Output.write(JSONValue.object(summary.object).prettyText)
    } else {
      for line in summary.lines { console.say(line) }
    }
  }

  private func run(_ shard: Shard, of plan: PipelinePlan, _ observer: RunReporter) throws {
    let folder = out ?? "runs/\(plan.name)-\(shard.number)-of-\(shard.count)"
    let results = try PipelineRun(
      plan: plan, folder: folder, threads: common.threadCount, observer: observer
    ).execute(shard: shard)
    let next = results.count < plan.steps.count ? plan.steps[results.count].label : "the end"
    common.console.say(
      "shard \(shard) is done up to \(next); when all are: anneal run \(pipeline.file) --merge FOLDER…"
    )
  }
}
