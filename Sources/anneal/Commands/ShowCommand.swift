import ArgumentParser
import Pipeline
import Records
import Stages

/// `anneal show FILE|RUN --stage S -n 5`.
struct ShowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "See records before and after a stage.",
    discussion: "Example: anneal show pipelines/quickstart.yaml --stage clean.html -n 5")

  @Argument(help: "A pipeline file, or the folder of a run.", completion: .file())
  var target: String

  @Option(help: ArgumentHelp("The stage; the last one by default.", valueName: "name"))
  var stage: String?

  @Option(name: .customShort("n"), help: ArgumentHelp("How many records.", valueName: "n"))
  var count = 5

  @Option(
    name: .customLong("set"), parsing: .unconditionalSingleValue,
    help: ArgumentHelp("Set a variable or key of the file.", valueName: "key=value"))
  var settings: [String] = []

  @Option(help: ArgumentHelp("Read at most this many records of a file's data.", valueName: "n"))
  var limit = 1000

  @OptionGroup var common: CommonOptions

  func run() throws {
    let sample = try SampleSource(
      target: target, stage: stage, count: count, threads: common.threadCount
    ).sample(settings: settings, limit: limit)
    guard !common.json else {
      let pairs = sample.pairs.map { pair -> JSONValue in
        [
          "before": pair.before.map { .object($0.object) } ?? .null,
          "after": pair.after.map { .object($0.object) } ?? .null,
        ]
      }
      Output.write(JSONValue.array(pairs).prettyText)
      return
    }
    Output.write("\(sample.stage)\n")
    for pair in sample.pairs { Output.write(Self.text(pair).printableLines) }
  }

  private static func text(_ pair: Sample.Pair) -> String {
    let id = (pair.after ?? pair.before)?.id ?? ""
    var text = "\n\(id)"
    switch (pair.before, pair.after) {
    case (let before?, nil): text += "  (ended here)\n" + fields("-", before)
    case (nil, let after?): text += "\n" + fields("+", after)
    case (let before?, let after?) where before.content != after.content:
      text += "\n" + fields("-", before) + fields("+", after)
    case (_, let after?): text += "  (unchanged)\n" + fields(" ", after)
    case (nil, nil): break
    }
    return text
  }

  private static func fields(_ mark: String, _ record: Record) -> String {
    var lines = record.fields().map { "  \(mark) \($0.path): \($0.text)" }
    var notes: [String] = []
    if let label = record.label { notes.append("label \(label.name)") }
    if let side = record.side { notes.append("side \(side.rawValue)") }
    if !notes.isEmpty { lines.append("  \(mark) \(notes.joined(separator: ", "))") }
    return lines.joined(separator: "\n") + "\n"
  }
}
