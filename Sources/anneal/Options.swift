import ArgumentParser
import Foundation
import Pipeline
import Stages

/// Options that every command takes.
struct CommonOptions: ParsableArguments {
  @Option(help: ArgumentHelp("How many threads to use; all cores by default.", valueName: "n"))
  var threads: Int?

  @Flag(name: .long, help: "Write machine-readable JSON to standard output.")
  var json = false

  @Flag(name: [.short, .long], help: "Say more.")
  var verbose = false

  @Flag(name: [.short, .long], help: "Say nothing but faults.")
  var quiet = false

  mutating func validate() throws {
    if let threads, threads < 1 { throw ValidationError("--threads must be at least 1") }
  }

  /// The threads to use.
  var threadCount: Int { threads ?? Self.allThreads }

  /// As many threads as there are cores.
  static var allThreads: Int { ProcessInfo.processInfo.activeProcessorCount }

  /// Where people are talked to.
  var console: Console { Console(level: quiet ? .quiet : verbose ? .verbose : .normal) }
}

/// A pipeline file and what the command line changes in it.
struct PipelineOptions: ParsableArguments {
  @Argument(help: "The pipeline file.", completion: .file(extensions: ["yaml", "yml"]))
  var file: String

  @Option(
    name: .customLong("set"), parsing: .unconditionalSingleValue,
    help: ArgumentHelp(
      "Set a variable, a key or a stage's parameter: train.learning-rate=3e-5, data=my.csv, "
        + "clean.length.min-words=5.", valueName: "key=value"))
  var settings: [String] = []

  @Option(help: ArgumentHelp("The seed of all randomness.", valueName: "n"))
  var seed: Int?

  @Option(help: ArgumentHelp("Read at most this many records.", valueName: "n"))
  var limit: Int?

  @Option(help: ArgumentHelp("Train at most this many steps.", valueName: "n"))
  var maxSteps: Int?

  func load() throws -> (PipelineFile, [Override]) {
    let file = try PipelineFile(path: file)
    var overrides = try settings.map { try Override($0) }
    if let seed { overrides.append(Override(key: "seed", text: "\(seed)")) }
    if let limit { overrides.append(Override(key: "ingest.limit", text: "\(limit)")) }
    if let maxSteps, file.trains {
      overrides.append(Override(key: "train.max-steps", text: "\(maxSteps)"))
    }
    return (file, overrides)
  }

  /// The checked plan, with values in the place of its own.
  func plan(with others: [Override] = []) throws -> PipelinePlan {
    let (file, overrides) = try load()
    return try Planner.plan(file, overrides: overrides + others)
  }
}
