import ArgumentParser
import Pipeline
import Records

/// `anneal split --verify CERTIFICATE DATA…`.
struct SplitVerifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "split",
    abstract: "Prove a split from its certificate and its records: nothing leaks between sides.",
    discussion: """
      Example: anneal split --verify runs/quickstart/split.certificate.json runs/quickstart/data

      Reads the records again and looks for shared texts, groups, parents and near duplicates by code \
      that knows nothing of how the split was made; in a split by time also that every record is of its \
      side's time, and that given ids are on their sides. A certificate that was edited is refused. \
      Exit code 1 says that something leaks, or is not as certified.
      """)

  @Option(help: "The certificate: split.certificate.json of a run.", completion: .file())
  var verify: String

  @Argument(help: "The files of the sides, or their folder, or the run.", completion: .file())
  var data: [String]

  @Flag(help: "Later stages may have dropped some of the certified records.")
  var partial = false

  @OptionGroup var common: CommonOptions

  /// Whether arguments that begin with `split` ask for this and not for the stage.
  static func isMeant(_ arguments: [String]) -> Bool {
    arguments.first == "split"
      && arguments.contains { $0 == "--verify" || $0.hasPrefix("--verify=") }
  }

  func run() throws {
    let proof = try SplitVerification(
      certificate: verify, data: data, isComplete: !partial,
      threads: common.threads ?? CommonOptions.allThreads)
    if common.json {
      Output.write(
        JSONValue.object([
          "leaks": .bool(!proof.faults.isEmpty),
          "faults": .array(proof.faults.map { .string($0) }),
        ]).prettyText)
    } else if proof.faults.isEmpty {
      Output.write(text(proof))
    }
    if !proof.faults.isEmpty { throw LeakError(faults: proof.faults, remedy: proof.remedy) }
  }

  private func text(_ proof: SplitVerification) -> String {
    let counts = zip(Side.allCases, proof.counts).map { "\($1) \($0)" }.joined(separator: ", ")
    let near = proof.nearDuplicates.map { "; no two on different sides are \($0) alike" } ?? ""
    let begins = [
      proof.validationBegins.map { "; validation begins \($0)" },
      proof.testBegins.map { "; test begins \($0)" },
    ].compactMap(\.self).joined()
    return "nothing leaks: \(partial ? "of what is left of " : "")\(counts)\(near)\(begins)\n"
  }
}
