import ArgumentParser
import Pipeline

/// `anneal report RUN`.
struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Write the page of a run: one self-contained HTML file.",
    discussion: "Example: anneal report runs/quickstart")

  @Argument(help: "The folder of a run.", completion: .directory)
  var folder: String

  @OptionGroup var common: CommonOptions

  func run() throws {
    let path = try ReportPage.write(ofRunAt: folder)
    common.console.say("wrote \(path)")
  }
}
