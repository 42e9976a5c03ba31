public import ArgumentParser
public import Evaluate
public import Pipeline
import Records

/// `anneal compare RUN RUN…`.
struct CompareCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare",
    abstract: "Hold runs against the first of them: every metric with interval and significance.",
    discussion: """
      Examples:
        anneal compare runs/a runs/b
        anneal compare runs/a runs/b runs/c --metrics f1.macro,auc --correction benjamini-hochberg
        anneal compare runs/a runs/b --json > comparison.json
        anneal compare runs/a

      Of one run alone the scores are shown with their intervals. All runs must be tested on the same records; predictions.jsonl files are
      taken as well. Scores are computed anew from predictions, by the options under
      'evaluate' of the first run's pipeline.lock.yaml; scores that a model gives
      (an encoder, a classifier, a judge) are taken as they stand in the
      predictions. A mark stands where a difference is more than chance gives:
      ▲ better, ▼ worse. p-values are of paired randomisation (of McNemar's
      exact test for accuracy), corrected for all metrics and runs, and marked
      where they are below 1 - LEVEL. With --generator numpy p-values are those
      of sacreBLEU, which finds that a run differs from itself: no swap makes
      a difference that is larger than none.
      """)

  @Argument(
    help: "Runs: folders, or files such as predictions.jsonl; others are held against the first.",
    completion: .file())
  var runs: [String]

  @Option(
    help: ArgumentHelp(
      "Metrics, separated by commas; all that the predictions allow by default.",
      valueName: "names"))
  var metrics: String?

  @Option(help: "The paired test.")
  var test = PairedTest.randomization

  @Option(
    help: ArgumentHelp(
      "How many random swaps the test makes; with --test bootstrap, how many draws.",
      valueName: "n"))
  var trials = 10_000

  @Option(help: ArgumentHelp("How many draws of records give the intervals.", valueName: "n"))
  var resamples = 1000

  @Option(help: ArgumentHelp("The confidence of the intervals.", valueName: "share"))
  var level = 0.95

  @Option(help: "How intervals follow from draws.")
  var interval = IntervalMethod.percentile

  @Option(help: "How p-values of many tests are corrected.")
  var correction = Correction.holm

  @Option(help: "Random numbers: Anneal's own, or NumPy's as sacreBLEU draws them.")
  var generator = ResamplingGenerator.counter

  @Option(help: ArgumentHelp("The seed of the random numbers.", valueName: "n"))
  var seed: UInt64 = 12345

  @Option(
    name: .customShort("n"),
    help: ArgumentHelp("How many of the records that differ to show.", valueName: "n"))
  var samples = 5

  @OptionGroup var common: CommonOptions

  func validate() throws {
    for (name, count) in [("--trials", trials), ("--resamples", resamples)]
    where !(1...10_000_000).contains(count) {
      throw ValidationError("\(name) must be from 1 to 10,000,000, not \(count)")
    }
    if !(level > 0 && level < 1) { throw ValidationError("--level must be between 0 and 1") }
    if samples < 0 { throw ValidationError("-n must not be negative") }
  }

  func run() throws {
    let comparison = try RunComparison(runs: runs, options: options)
    Output.write(
      common.json
        ? JSONValue.object(comparison.object).prettyText : ComparisonText.text(comparison))
  }

  private var options: ComparisonOptions {
    var options = ComparisonOptions()
    options.metrics = (metrics ?? "").split { $0 == "," || $0 == " " }.map(String.init)
    options.test = test
    (options.trials, options.resamples, options.level) = (trials, resamples, level)
    (options.interval, options.correction) = (interval, correction)
    (options.generator, options.seed) = (generator, seed)
    (options.samples, options.threads) = (samples, common.threadCount)
    return options
  }
}

extension PairedTest: ExpressibleByArgument {}
extension IntervalMethod: ExpressibleByArgument {}
extension Correction: ExpressibleByArgument {}
extension ResamplingGenerator: ExpressibleByArgument {}
