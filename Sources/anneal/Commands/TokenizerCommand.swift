import ArgumentParser

/// `anneal tokenizer encode|decode|inspect|train`.
struct TokenizerCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tokenizer",
    abstract: "Turn texts into token ids and back, look at each step, learn a vocabulary.",
    discussion:
      "Example: echo '{\"text\": \"Hello\"}' | anneal tokenizer encode --tokenizer all-MiniLM-L6-v2",
    subcommands: [
      TokenizerEncodeCommand.self, TokenizerDecodeCommand.self, TokenizerInspectCommand.self,
      TokenizerTrainCommand.self,
    ])
}

/// Which tokenizer a command works with.
struct TokenizerArgument: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "A tokenizer.json, tekken.json, .model, .tiktoken, .gguf or vocab.txt, a folder, a run, or a "
        + "model's name.",
      valueName: "path"))
  var tokenizer: String
}
