import Foundation
import Pipeline
import Records
import Stages
import Tensors

/// `anneal FAMILY.NAME --option value …`: a stage alone, JSON lines in, JSON lines out.
///
/// The options are the stage's parameters, so they come from its descriptor and not from a parser.
struct StageFilterCommand {
  let descriptor: StageDescriptor
  let arguments: [String]

  private static let place = Place(file: "command line")

  /// What the filter itself takes, beside the stage's parameters.
  private enum Own {
    static let seed = Parameter("seed", default: 42, "The seed of all randomness.")
    static let threads = Parameter(
      "threads", default: Int?.none, "How many threads to use; none: all cores.")
    static let provenance = Parameter(
      "provenance", default: false,
      "Keep ids, parents and sources in every line written, not only where a line needs them.")
    static let all: [any AnyParameter] = [seed, threads, provenance]
  }

  func run() throws {
    if arguments.contains(where: { $0 == "--help" || $0 == "-h" }) {
      Output.write(StageFilterHelp(descriptor: descriptor, own: Own.all).text)
      return
    }
    let (node, input) = try parse()
    var diagnostics = Diagnostics()
    let parameters = descriptor.parameters + CommonParameters.all + Own.all
    guard
      let values = ParameterValues.read(
        parameters, from: node, owner: descriptor.name, place: Self.place, into: &diagnostics)
    else { throw diagnostics }
    let console = Console(level: .normal)
    let step = StageStep(
      label: descriptor.name, descriptor: descriptor, values: values,
      onError: values[CommonParameters.onError], rescue: values[CommonParameters.rescue],
      stage: try descriptor.make(values))
    let threads = values[Own.threads] ?? CommonOptions.allThreads
    Engine.threads = threads
    let filter = StageFilter(
      step: step, seed: UInt64(bitPattern: Int64(values[Own.seed])), threads: threads,
      keepsProvenance: values[Own.provenance]
    ) {
      console.say("quarantined: \($0)".printableLines)
    } warn: {
      console.say($0.printableLines)
    }
    let counts: StageCounts
    do { counts = try filter.run(input: input) { try Output.send($0) } } catch let ended
      as Output.Ended
    {
      // The files that were gathered are gone by now.
      exit(ended.status)
    }
    console.say("\(descriptor.name): \(StageReporter.story(counts).printable)")
  }

  /// `--key value`, `--key=value`, a bare `--key` for true; one word without dashes is the input.
  private func parse() throws -> (ConfigurationNode, input: String) {
    var entries: [ConfigurationNode.Entry] = []
    var input = "-"
    var rest = arguments[...]
    while let argument = rest.popFirst() {
      guard argument.hasPrefix("--") else {
        input = argument
        continue
      }
      let body = argument.dropFirst(2)
      let key: String
      var value = "true"
      if let equals = body.firstIndex(of: "=") {
        key = String(body[..<equals])
        value = String(body[body.index(after: equals)...])
      } else {
        key = String(body)
        if let next = rest.first, !next.hasPrefix("--") { value = rest.removeFirst() }
      }
      entries.append(.init(key: key, place: Self.place, node: try node(value, for: key)))
    }
    return (ConfigurationNode(.map(entries), place: Self.place, base: FilePaths.current), input)
  }

  /// A value as it is written: a text as it stands, all else as in a file.
  private func node(_ value: String, for key: String) throws -> ConfigurationNode {
    let parameter = descriptor.writableParameters.first { $0.name == key }
    guard parameter?.typeName == String.typeName else {
      return try Override("\(key)=\(value)").value
    }
    return ConfigurationNode(
      .scalar(value, quoted: true), place: Self.place, base: FilePaths.current)
  }

  /// A word with a dot that is no stage deserves a better answer than "unexpected argument".
  static func rejectUnknownStage(_ word: String?) throws {
    guard let word, word.contains("."), !word.hasPrefix("-"), !word.contains("/") else { return }
    throw Diagnostics([
      Diagnostic(
        "no stage is named '\(word)'",
        remedy: Suggestion.remedy(for: word, among: StageCatalog.standard.names)
          ?? "'anneal stages' lists them")
    ])
  }
}
