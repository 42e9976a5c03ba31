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
      that knows nothing of how the split was made. Exit code 1 says that something leaks.
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
      Output.write(Self.text(proof))
    }
    if !proof.faults.isEmpty { throw LeakError(faults: proof.faults) }
  }

  private static func text(_ proof: SplitVerification) -> String {
    let counts = zip(Side.allCases, proof.counts).map { "\($1) \($0)" }.joined(separator: ", ")
    let near = proof.nearDuplicates.map { "; no two on different sides are \($0) alike" } ?? ""
    return "nothing leaks: \(counts)\(near)\n"
  }
}
