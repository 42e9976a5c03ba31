import ArgumentParser
import Pipeline
import Stages

/// `anneal pull REPOSITORY`.
struct PullCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "pull",
    abstract: "Fetch a model or a data set of the hub into the cache that all tools share.",
    discussion: """
      Examples:
        anneal pull sentence-transformers/all-MiniLM-L6-v2
        anneal pull hf://datasets/OWNER/NAME@v1.0

      Writes where the files lie, one a line. What is there already is not fetched again; HF_TOKEN, \
      HF_HOME and HF_ENDPOINT count as everywhere.
      """)

  @Argument(
    help:
      "OWNER/NAME of a model, or hf://datasets/OWNER/NAME; with @REVISION and /PATH where wanted.")
  var repository: String

  @OptionGroup var common: CommonOptions

  func run() throws {
    let files = try HubPull(repository).files
    Output.write(files.joined(separator: "\n") + "\n")
    common.console.say(
      "\(repository): \(files.count.counted("file")) \(files.count == 1 ? "is" : "are") in the cache"
    )
  }
}
