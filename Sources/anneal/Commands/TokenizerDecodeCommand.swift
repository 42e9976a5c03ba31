import ArgumentParser
import Pipeline

/// `anneal tokenizer decode`.
struct TokenizerDecodeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "decode",
    abstract: "JSON lines with ids in, texts out.",
    discussion: """
      Example: echo '{"ids": [101, 7592, 102]}' | anneal tokenizer decode --tokenizer all-MiniLM-L6-v2

      The lines that 'anneal tokenizer encode' writes are read too; of their windows none is decoded.
      """)

  @OptionGroup var source: TokenizerArgument

  @Flag(help: "Leave special tokens out of the texts.")
  var skipSpecialTokens = false

  @Argument(help: "The lines; standard input by default.", completion: .file())
  var input = "-"

  func run() throws {
    try TokenizerFilter(source.tokenizer).decode(
      input: input, skipsSpecialTokens: skipSpecialTokens
    ) { Output.write($0) }
  }
}
