import ArgumentParser
import Pipeline
import Tensors
import Train

/// `anneal forward --model DIR`.
struct ForwardCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "forward",
    abstract: "Run a model on token ids: JSON lines in, scores and losses out.",
    discussion: """
      Example: echo '{"input_ids": [101, 7592, 102]}' | anneal forward --model all-MiniLM-L6-v2

      A line has input_ids (one sequence, or a list of them: one padded batch) and, where they are \
      wanted, attention_mask, token_type_ids, labels, decoder_input_ids and decoder_attention_mask. \
      It becomes {"logits": …} in the shapes of transformers, or {"last_hidden_state": …} for a \
      model without a head, with "loss" where labels are given; labels of -100 count for nothing. \
      Padding gets zeros, and places are counted without it.
      """)

  @Option(help: ArgumentHelp("A model's folder or name, or a run.", valueName: "dir"))
  var model: String

  @Option(help: ArgumentHelp("The folder of an adapter in PEFT's layout.", valueName: "dir"))
  var adapter: String?

  @Option(help: "What the model does; by default what its config.json says.")
  var task: TaskName?

  @OptionGroup(title: "Numbers") var numbers: NumberArguments

  @Argument(help: "The lines; standard input by default.", completion: .file())
  var input = "-"

  @OptionGroup var common: CommonOptions

  func run() throws {
    Engine.threads = common.threadCount
    let filter = try ForwardFilter(
      model: model, adapter: adapter, task: task, precision: numbers.precision,
      weights: numbers.weights)
    try filter.run(input: input) { Output.write($0) }
  }
}
