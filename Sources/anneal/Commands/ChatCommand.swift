import ArgumentParser
import Foundation
import Pipeline
import Records
import Tensors
import Train

/// `anneal chat RUN`.
struct ChatCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "chat",
    abstract: "Talk to a model: a line is a question, the answer comes word by word.",
    discussion: """
      Example: anneal chat runs/instructions --temperature 0.7

      /new begins a new conversation; Ctrl-D ends it. Answers end after 256 tokens unless \
      --max-new-tokens says otherwise.
      """)

  @Argument(help: "The folder of a run, or a model's folder or name.", completion: .directory)
  var model: String

  @Option(help: ArgumentHelp("The folder of an adapter in PEFT's layout.", valueName: "dir"))
  var adapter: String?

  @OptionGroup(title: "Decoding") var decoding: DecodingArguments

  @Option(help: "What the model is told before the first question.")
  var system: String?

  @Option(
    help: "How turns are written; by default as in training, or as the tokenizer says.")
  var template: String?

  @OptionGroup(title: "Numbers") var numbers: NumberArguments

  @OptionGroup var common: CommonOptions

  func run() throws {
    Engine.threads = common.threadCount
    let settings = decoding.settings(
      ["max_new_tokens": 256], template: template, numbers: numbers)
    var chat = try Chat(model: model, adapter: adapter, settings, system: system)
    Signals.endAtOnce()
    while let line = question() {
      switch line {
      case "": continue
      case "/new": chat.forget()
      default: try answer(line, &chat)
      }
    }
  }

  /// Whether a person types.
  private var isTalk: Bool { isatty(STDIN_FILENO) == 1 }

  /// The next line, which a person is asked for; nil after the last.
  private func question() -> String? {
    if isTalk { FileHandle.standardError.write(Data(common.console.bold("> ").utf8)) }
    return readLine()
  }

  /// Shows the answer as it comes; a person may ask again after a question that is too long.
  private func answer(_ question: String, _ chat: inout Chat) throws {
    do {
      // What a model writes is shown, not obeyed.
      try chat.answer(question) { Output.write($0.printableLines) }
      Output.write("\n")
    } catch let error as any InputFault where isTalk {
      common.console.say("\(error)")
    }
  }
}
