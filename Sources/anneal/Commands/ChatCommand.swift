import ArgumentParser
import Pipeline
import Records
import Stages
import Tensors
import Train

/// `anneal chat RUN`.
struct ChatCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "chat",
    abstract: "Talk to a model: a line is a question, the answer comes word by word.",
    discussion: """
      Example: anneal chat runs/instructions --temperature 0.7

      /new begins a new conversation; Ctrl-D ends it. Answers end after 256 tokens unless
      --max-new-tokens says otherwise.
      """)

  @Argument(help: "The folder of a run, or a model's folder or name.", completion: .directory)
  var model: String

  @OptionGroup(title: "Decoding") var decoding: DecodingArguments

  @Option(help: "What the model is told before the first question.")
  var system: String?

  @Option(help: "How turns are written; by default as the model was trained (alpaca).")
  var template: String?

  @Option(help: "The numbers that matrix products multiply.")
  var precision = Precision.auto

  @OptionGroup var common: CommonOptions

  func run() throws {
    Engine.threads = common.threadCount
    let settings = decoding.settings(
      ["max_new_tokens": 256], template: template, precision: precision)
    var chat = try Chat(model: model, settings, system: system)
    var lines = TerminalLines(prompt: common.console.bold("> "))
    while let line = try lines.next() {
      switch line {
      case "": continue
      case "/new": chat.forget()
      default: try answer(line, &chat)
      }
    }
  }

  /// Shows the answer as it comes; there is nothing to save where it is interrupted.
  private func answer(_ question: String, _ chat: inout Chat) throws {
    do {
      try chat.answer(question) { piece in
        Output.write(piece)
        if Interruption.isRequested { Output.end(130) }
      }
      Output.write("\n")
    } catch let error as any InputFault where TerminalLines.isTerminal {
      common.console.say("\(error)")
    }
  }
}
