import ArgumentParser
import Foundation
import Pipeline
import Records
import Stages
import Tokenize

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
