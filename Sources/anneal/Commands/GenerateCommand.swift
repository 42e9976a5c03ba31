import ArgumentParser
import Pipeline
import Tensors
import Train

/// `anneal generate --model DIR`.
struct GenerateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "generate",
    abstract: "Let a model write: JSON lines with prompts in, texts out.",
    discussion: """
      Example: echo '{"prompt": "Once upon a time"}' | anneal generate --model gpt2 --beams 4

      A line has one of prompt, text (what a translation model reads), messages (for a model that \
      was trained on conversations) and input_ids (tokens). A run whose objective has a source-prefix \
      reads it before each text and prompt, as in training. A line becomes {"text": …, "ids": […]}: the \
      new tokens alone, special ones left out of the text. Defaults are those of the model's \
      generation_config.json, and then those of transformers: 20 new tokens, nothing drawn.
      """)

  @Option(help: ArgumentHelp("A model's folder or name, or a run.", valueName: "dir|run"))
  var model: String

  @Option(help: ArgumentHelp("The folder of an adapter in PEFT's layout.", valueName: "dir"))
  var adapter: String?

  @OptionGroup(title: "Decoding") var decoding: DecodingArguments

  @Option(
    help: "How messages are written; by default as in training, or as the tokenizer says.")
  var template: String?

  @Option(
    name: [.long, .customLong("batch_size")],
    help: ArgumentHelp("How many lines are computed together.", valueName: "n"))
  var batchSize = 16

  @OptionGroup(title: "Numbers") var numbers: NumberArguments

  @Argument(help: "The lines; standard input by default.", completion: .file())
  var input = "-"

  @OptionGroup var common: CommonOptions

  mutating func validate() throws {
    if batchSize < 1 { throw ValidationError("--batch-size must be at least 1") }
  }

  func run() throws {
    Engine.threads = common.threadCount
    let filter = try GenerationFilter(
      model: model, adapter: adapter, decoding.settings(template: template, numbers: numbers),
      batchSize: batchSize)
    try filter.run(input: input) { Output.write($0) }
  }
}
