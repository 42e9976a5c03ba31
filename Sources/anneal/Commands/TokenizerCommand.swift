import ArgumentParser
import Foundation
import Pipeline
import Records
import Stages
import Tokenize

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
      "A tokenizer.json, .model, .tiktoken, .gguf or vocab.txt, a folder, a run, or a model's name.",
      valueName: "path"))
  var tokenizer: String
}

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

/// `anneal tokenizer decode`.
struct TokenizerDecodeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "decode",
    abstract: "JSON lines with ids in, texts out.",
    discussion: """
      Example: echo '{"ids": [101, 7592, 102]}' | anneal tokenizer decode --tokenizer all-MiniLM-L6-v2
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

/// `anneal tokenizer inspect`.
struct TokenizerInspectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect",
    abstract: "Show what each step of a tokenizer makes of a text.",
    discussion: """
      Example: anneal tokenizer inspect --tokenizer all-MiniLM-L6-v2 'Chest pain since Monday.'
      """)

  @OptionGroup var source: TokenizerArgument

  @Argument(help: "The text; lines of standard input by default.")
  var text: String?

  @OptionGroup var common: CommonOptions

  func run() throws {
    let tokenizer = try TokenizerFilter(source.tokenizer).tokenizer
    if let text { return show(tokenizer.inspect(text)) }
    try LineBatches("-", chunk: 1 << 16).forEach { lines in
      for line in lines { show(tokenizer.inspect(String(decoding: line, as: UTF8.self))) }
    }
  }

  private func show(_ inspection: TokenizerInspection) {
    if common.json {
      Output.write(inspection.json.bytes + [0x0A])
      return
    }
    let colors = Colors()
    for step in inspection.steps {
      let parts = step.parts.enumerated().map { index, part in
        let text = part.text.visible + (part.id.map { " \($0)" } ?? "")
        return colors.paint(text, alternate: index % 2 == 1, isSpecial: part.isSpecial)
      }
      Output.write(step.name.padded(to: 13) + parts.joined(separator: colors.separator) + "\n")
    }
  }
}

/// Colours on a terminal, and bars between parts elsewhere.
private struct Colors {
  private let isOn =
    isatty(STDOUT_FILENO) == 1 && ProcessInfo.processInfo.environment["NO_COLOR"] == nil
    && ProcessInfo.processInfo.environment["TERM"] != "dumb"

  var separator: String { isOn ? " " : " | " }

  func paint(_ text: String, alternate: Bool, isSpecial: Bool) -> String {
    guard isOn else { return text }
    return "\u{1B}[\(isSpecial ? "35;7" : alternate ? "36" : "33")m\(text)\u{1B}[0m"
  }
}

extension String {
  /// The text with its control characters spelled out.
  fileprivate var visible: String {
    unicodeScalars.map { scalar in
      scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value)
        ? scalar.escaped(asASCII: true) : String(scalar)
    }.joined()
  }
}

extension TokenizerInspection {
  /// The steps as an object of lists.
  fileprivate var json: JSONValue {
    .object([
      "steps": .array(
        steps.map { step in
          [
            "name": .string(step.name),
            "parts": .array(
              step.parts.map { part in
                var object: JSONObject = ["text": .string(part.text)]
                if let id = part.id { object["id"] = .integer(id) }
                if part.isSpecial { object["special"] = true }
                return .object(object)
              }),
          ]
        })
    ])
  }
}
