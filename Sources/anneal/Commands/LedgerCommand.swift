import ArgumentParser
import Pipeline
import Records
import Stages

/// `anneal ledger RUN`.
struct LedgerCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ledger",
    abstract: "What became of the records of a run, counted; and what would with other rules.",
    discussion: """
      Examples:
        anneal ledger runs/a
        anneal ledger runs/a --by source --fate dropped -n 3
        anneal ledger runs/a --what-if clean.length.min-words=3
        anneal ledger runs/a --against runs/b

      --what-if runs the stages that a setting changes again, on the records
      that the run keeps; neither the data nor the run is touched.
      --against shows the records that fare otherwise in another run.
      'anneal explain' tells of one record, 'anneal rescue' puts the records of
      one rule back.
      """)

  @Argument(help: "The folder of a run.", completion: .directory)
  var folder: String

  @Option(help: ArgumentHelp("What to count by; 'reason' if nothing is said.", valueName: "key"))
  var by: LedgerKey?

  @Option(help: ArgumentHelp("Only records that ended in this stage.", valueName: "name"))
  var stage: String?

  @Option(help: ArgumentHelp("Only records that ended for this reason.", valueName: "rule"))
  var reason: String?

  @Option(
    help: ArgumentHelp(
      "Only records that were kept, dropped, merged, quarantined or expanded.", valueName: "fate"))
  var fate: String?

  @Option(name: .customShort("n"), help: ArgumentHelp("How many samples of each.", valueName: "n"))
  var samples = 1

  @Option(
    name: .customLong("what-if"), parsing: .unconditionalSingleValue,
    help: ArgumentHelp(
      "Tell what a setting of a stage would change; may be repeated.", valueName: "key=value"))
  var settings: [String] = []

  @Option(help: ArgumentHelp("Compare with another run, record by record.", valueName: "folder"))
  var against: String?

  @OptionGroup var common: CommonOptions

  func validate() throws {
    if !settings.isEmpty, against != nil {
      throw ValidationError("--what-if and --against are two questions; ask one at a time")
    }
    let rules = [("--by", by != nil), ("--stage", stage != nil), ("--reason", reason != nil)]
    let counting = (rules + [("--fate", fate != nil)]).filter(\.1).map(\.0)
    if !settings.isEmpty || against != nil, let option = counting.first {
      throw ValidationError("\(option) is for counting; leave it out with --what-if and --against")
    }
    if samples < 0 { throw ValidationError("-n must not be negative") }
  }

  func run() throws {
    if let against {
      let difference = try LedgerDifference(before: folder, after: against, samples: samples)
      write(difference.object, LedgerText.text(difference))
    } else if settings.isEmpty {
      let filter = LedgerFilter(stage: stage, reason: reason, fate: fate)
      let table = try LedgerTable(run: folder, by: by ?? .reason, filter: filter, samples: samples)
      write(table.object, LedgerText.text(table))
    } else {
      let answer = try WhatIf(
        run: folder, settings: settings, samples: samples, threads: common.threadCount)
      write(answer.object, LedgerText.text(answer))
    }
  }

  private func write(_ object: JSONObject, _ text: String) {
    Output.write(common.json ? JSONValue.object(object).prettyText : text)
  }
}
