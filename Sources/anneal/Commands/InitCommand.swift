import ArgumentParser
import Pipeline
import Stages

/// `anneal init DATA`.
struct InitCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "init",
    abstract: "Look at a data file and write a checked first pipeline for it.",
    discussion: "Example: anneal init questions.jsonl --out pipeline.yaml")

  @Argument(
    help: "The data, in any format that ingest reads; of hf:// one file is fetched.",
    completion: .file())
  var data: String

  @Option(help: ArgumentHelp("The file to write.", valueName: "file"))
  var out = "pipeline.yaml"

  @Flag(help: "Write over a file that is there.")
  var force = false

  @OptionGroup var common: CommonOptions

  func run() throws {
    guard force || !Folders.exists(out) else {
      throw Diagnostics([
        Diagnostic("'\(out)' is there already", remedy: "write --force or --out FILE")
      ])
    }
    let template = try PipelineTemplate(data: data, threads: common.threadCount)
    let name = FilePaths.name(data).prefix { $0 != "." }
    let text = template.text(name: String(name), in: FilePaths.folder(out))
    let base = FilePaths.join(FilePaths.current, FilePaths.folder(out))
    let plan = try Planner.plan(PipelineFile(text: text, path: out, base: base))
    try PipelineCheck.inputs(of: plan)
    try AtomicFile.write(text.utf8, to: out)
    common.console.say("wrote \(out); next: anneal run \(out)")
  }
}
