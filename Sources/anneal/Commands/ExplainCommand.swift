import ArgumentParser
import Pipeline
import Records

/// `anneal explain RUN RECORD-ID`.
struct ExplainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain",
    abstract: "Where a record came from, what changed it, and why it was kept or dropped.",
    discussion: "Example: anneal explain runs/quickstart patient-questions.jsonl:17")

  @Argument(help: "The folder of a run.", completion: .directory)
  var folder: String

  @Argument(help: "The record's id, FILE:LINE.")
  var id: String

  @OptionGroup var common: CommonOptions

  func run() throws {
    let explanation = try Explanation(run: folder, id: id)
    if common.json {
      Output.write(JSONValue.array(explanation.lines.map { .object($0) }).prettyText)
    } else {
      Output.write(explanation.text.printableLines)
    }
  }
}
