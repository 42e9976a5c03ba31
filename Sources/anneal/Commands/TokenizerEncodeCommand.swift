import ArgumentParser
import Pipeline

/// `anneal tokenizer encode`.
struct TokenizerEncodeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "encode",
    abstract: "JSON lines with text, and pair where there is one, in; ids and offsets out.",
    discussion: """
      Example: echo '{"text": "Hello"}' | anneal tokenizer encode --tokenizer all-MiniLM-L6-v2

      A line becomes {"ids": …, "offsets": [[first, last + 1] …] in characters, "type_ids": …, \
      "special_mask": …}. Nothing is cut or filled up unless --truncation or --padding asks for what \
      the tokenizer's file says; windows of what was cut off then stand under overflowing.
      """)

  @OptionGroup var source: TokenizerArgument

  @Flag(name: .long, help: "Leave out the special tokens that the template adds.")
  var noSpecialTokens = false

  @Flag(help: "Cut texts as the tokenizer's file says.")
  var truncation = false

  @Flag(help: "Fill texts up as the tokenizer's file says.")
  var padding = false

  @Flag(help: "Encode as the language that a translation model writes.")
  var target = false

  @Option(
    help: ArgumentHelp(
      "Leave out merges of BPE at random, by this seed and the line's number.",
      valueName: "n"))
  var seed: UInt64?

  @Option(
    help: ArgumentHelp(
      "How likely it is that a merge is left out; what the tokenizer's file says by default.",
      valueName: "p"))
  var dropout: Double?

  @Argument(help: "The lines; standard input by default.", completion: .file())
  var input = "-"

  mutating func validate() throws {
    guard let dropout else { return }
    if !(0...1).contains(dropout) { throw ValidationError("--dropout must be from 0 to 1") }
    if seed == nil { throw ValidationError("--dropout needs a --seed") }
  }

  func run() throws {
    var options = TokenizerFilter.Options()
    options.seed = seed
    options.dropout = dropout
    options.addsSpecialTokens = !noSpecialTokens
    options.truncates = truncation
    options.pads = padding
    options.isTarget = target
    try TokenizerFilter(source.tokenizer).encode(input: input, options) { Output.write($0) }
  }
}
