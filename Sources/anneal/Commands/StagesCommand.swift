import ArgumentParser
import Pipeline
import Records
import Stages

/// `anneal stages [NAME]`.
struct StagesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "stages",
    abstract: "List every stage, method, objective and metric with its parameters and defaults.",
    discussion: "Example: anneal stages clean.length")

  @Argument(help: "One of the names.")
  var name: String?

  @OptionGroup var common: CommonOptions

  func run() throws {
    let entries = CatalogEntry.all
    guard let name else {
      Output.write(
        common.json ? JSONValue.array(entries.map(\.json)).prettyText : Self.list(entries))
      return
    }
    let found = entries.filter { $0.name == name || $0.family == name }
    guard !found.isEmpty else {
      throw Diagnostics([
        Diagnostic(
          "nothing is named '\(name)'",
          remedy: Suggestion.remedy(for: name, among: entries.map(\.name)))
      ])
    }
    Output.write(
      common.json
        ? JSONValue.array(found.map(\.json)).prettyText
        : found.map(Self.page).joined(separator: "\n"))
  }

  /// One line an entry, under the heading of its kind.
  private static func list(_ entries: [CatalogEntry]) -> String {
    var text = ""
    var kind = ""
    let width = (entries.map(\.name.count).max() ?? 0) + 2
    for entry in entries {
      if entry.kind != kind {
        text += (kind.isEmpty ? "" : "\n") + "\(entry.kind)\n"
        kind = entry.kind
      }
      text += "  \(entry.name.padded(to: width))\(entry.summary)\n"
    }
    return text + "\n'anneal stages NAME' shows the parameters of one.\n"
  }

  private static func page(_ entry: CatalogEntry) -> String {
    var text = "\(entry.name): \(entry.summary)\n"
    if let example = entry.example { text += "\n  - \(example)\n" }
    if let memory = entry.memory { text += "\nMemory: \(memory).\n" }
    if !entry.parameters.isEmpty { text += "\n" }
    let width = (entry.parameters.map(\.name.count).max() ?? 0) + 2
    for parameter in entry.parameters {
      let value =
        parameter.defaultText
      text += "  \(parameter.name.padded(to: width))\(parameter.summary)\n"
      text += "  \("".padded(to: width))\(parameter.typeName); \(value)"
      if !parameter.aliases.isEmpty {
        text += "; also \(parameter.aliases.joined(separator: ", "))"
      }
      text += "\n"
    }
    return text
  }
}

extension AnyParameter {
  /// What happens where the parameter is not written.
  var defaultText: String {
    guard !isRequired else { return "required" }
    guard let value = defaultValue, !value.isNull else { return "default none" }
    return "default \(value.string ?? value.text)"
  }
}
