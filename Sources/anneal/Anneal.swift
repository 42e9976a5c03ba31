import ArgumentParser
import Pipeline
import Stages

/// The command line.
@main
struct Anneal: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "anneal",
    abstract: "From raw text to a scored, fine-tuned model: one file, one command, one binary.",
    discussion: """
      Example: anneal run pipelines/quickstart.yaml

      Any stage also works alone, as a filter of JSON lines:
        anneal clean.unicode --form NFKC < in.jsonl > out.jsonl
      'anneal stages' lists them.
      'anneal split --verify CERTIFICATE DATA…' proves a split anew.

      Exit codes: 0 done, 1 failed, 2 the input or file is wrong, 130 interrupted (state saved).
      """,
    version: AnnealVersion.current,
    subcommands: [
      RunCommand.self, CheckCommand.self, InitCommand.self, PullCommand.self, ShowCommand.self,
      StagesCommand.self, ExplainCommand.self, LedgerCommand.self, RescueCommand.self,
      CompareCommand.self, AblateCommand.self, ConvertCommand.self, ReportCommand.self,
      ForwardCommand.self,
      GenerateCommand.self, EvaluateCommand.self, ClassifyCommand.self, ScoreCommand.self,
      ChatCommand.self, TokenizerCommand.self, ExportCommand.self, DoctorCommand.self,
    ])

  /// Parses and runs; every fault ends in one place, with its own exit code.
  static func main() {
    FreedMemory.keep()
    Signals.install()
    do {
      let fetching = Fetching { Console(level: .normal).say("note: \($0)") }
      try Fetching.$current.withValue(fetching) {
        try dispatch(Array(CommandLine.arguments.dropFirst()))
      }
    } catch {
      Failure.exit(with: error, in: Self.self)
    }
  }

  /// Runs the stage or command that the arguments name.
  private static func dispatch(_ arguments: [String]) throws {
    if SplitVerifyCommand.isMeant(arguments) {
      let rest = Array(arguments.dropFirst())
      try SplitVerifyCommand.parse(rest).run()
    } else if let name = arguments.first, let stage = StageCatalog.standard[name] {
      try StageFilterCommand(descriptor: stage, arguments: Array(arguments.dropFirst())).run()
    } else {
      try StageFilterCommand.rejectUnknownStage(arguments.first)
      var command = try parseAsRoot(arguments)
      try command.run()
    }
  }
}
