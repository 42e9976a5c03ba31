import ArgumentParser
import Pipeline
import Records
import Stages

/// `anneal convert CONFIG`.
struct ConvertCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "convert",
    abstract: "Turn the config file of another trainer into a pipeline file.",
    discussion: """
      Examples:
        anneal convert llama3_lora_sft.yaml --out pipeline.yaml
        anneal convert training_args.json --model all-MiniLM-L6-v2 --data questions.jsonl
        anneal convert config.yaml --from mlx --json

      Read are Hugging Face TrainingArguments and TRL's SFTConfig (hf), and files
      of LLaMA-Factory (llama-factory), axolotl, mlx-lm (mlx) and torchtune, which
      are told apart by their keys. The pipeline goes to standard output or --out;
      what became of each key is said line by line, and what could not be
      converted stands as a comment at the head of the pipeline as well.
      """)

  @Argument(help: "The config file: YAML or JSON.", completion: .file())
  var config: String

  @Option(
    help: ArgumentHelp(
      "What the file is of: hf, llama-factory, axolotl, mlx or torchtune.", valueName: "kind"))
  var from: String?

  @Option(help: ArgumentHelp("The file to write.", valueName: "file"))
  var out: String?

  @Option(help: ArgumentHelp("The model, where the file names none.", valueName: "model"))
  var model: String?

  @Option(help: ArgumentHelp("The data, where the file names none.", valueName: "path"))
  var data: String?

  @Flag(help: "Write over a file that is there.")
  var force = false

  @OptionGroup var common: CommonOptions

  func run() throws {
    if let out, !force, Folders.exists(out) {
      throw Diagnostics([
        Diagnostic("'\(out)' is there already", remedy: "write --force or another --out")
      ])
    }
    let conversion = try ConfigConversion(
      path: config, kind: from, model: model, data: data, out: out)
    let console = common.console
    say(conversion, to: console)
    if let out { try AtomicFile.write(conversion.text.utf8, to: out) }
    if common.json {
      Output.write(JSONValue.object(conversion.object).prettyText)
    } else if let out {
      console.say("wrote \(out); next: anneal check \(out)")
    } else {
      Output.write(conversion.text)
    }
  }

  private func say(_ conversion: ConfigConversion, to console: Console) {
    console.say("\(config.printable): \(conversion.source)")
    for line in conversion.lines {
      let head = "\(line.place.line): \(line.key): \(line.value)".printable
      switch line.outcome {
      case .converted(let target): console.detail("  \(head) → \(target)")
      case .needless(let reason): console.detail("  \(head): nothing to convert: \(reason)")
      case .not(let reason):
        console.say("  \(console.red("not converted")) \(head): \(reason.printable)")
      }
    }
    for assumption in conversion.assumptions { console.say("  assumed \(assumption)") }
    for fault in conversion.faults { console.say("  to mend: \(fault.printable)") }
    let lost = conversion.lines.count(where: \.isLost)
    console.say(
      "\(conversion.lines.count - lost) of \(conversion.lines.count) keys taken over; "
        + "--verbose tells each")
  }
}
