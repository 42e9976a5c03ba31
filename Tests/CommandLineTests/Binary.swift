import Foundation
import Records
import Stages
import TestSupport
import Testing

/// The built `anneal` binary, run as a user would run it.
enum Binary {
  /// Whether the small encoder is where ./quickstart puts it.
  static let hasEncoder = Folders.exists(
    "\(FilePaths.home)/.cache/anneal/models/all-MiniLM-L6-v2/config.json")

  /// What a command left behind.
  struct Result {
    let status: Int32
    let output: String
    let errors: String
  }

  /// The binary stands beside the bundle of tests.
  static let path: String = {
    let bundle = CommandLine.arguments.first { $0.hasSuffix(".xctest") } ?? CommandLine.arguments[0]
    return FilePaths.join(FilePaths.folder(FilePaths.join(FilePaths.current, bundle)), "anneal")
  }()

  /// Starts a command with its streams in files, so that no pipe can fill up.
  static func start(
    _ arguments: [String], in folder: TemporaryFolder, input: String = "",
    environment: [String: String] = [:]
  ) throws -> (process: Process, name: String) {
    let name = "\(folder.path)/stream-\(UInt64.random(in: 0 ... .max))"
    try AtomicFile.write(input.utf8, to: "\(name).in")
    try AtomicFile.write([], to: "\(name).out")
    try AtomicFile.write([], to: "\(name).err")
    let process = Process()
    process.executableURL = URL(filePath: path)
    process.arguments = arguments
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    process.standardInput = FileHandle(forReadingAtPath: "\(name).in")
    process.standardOutput = FileHandle(forWritingAtPath: "\(name).out")
    process.standardError = FileHandle(forWritingAtPath: "\(name).err")
    try process.run()
    return (process, name)
  }

  /// Starts a command and kills it after a share of the time that it takes; false where it ended before,
  /// five times.
  ///
  /// The load of a machine changes: a command that ended before its moment says what it takes now, and is
  /// begun anew without what it wrote.
  static func stop(
    _ arguments: [String], writing out: String, at share: Double, of seconds: inout Double,
    in folder: TemporaryFolder
  ) throws -> Bool {
    let clock = ContinuousClock()
    for _ in 0..<5 {
      try Folders.remove(out)
      let began = clock.now
      let (process, _) = try start(arguments, in: folder)
      while process.isRunning, clock.now - began < .seconds(seconds * share) {
        Thread.sleep(forTimeInterval: 0.002)
      }
      if process.isRunning { kill(process.processIdentifier, SIGKILL) }
      process.waitUntilExit()
      if process.terminationReason == .uncaughtSignal { return true }
      seconds = (clock.now - began) / .seconds(1)
    }
    return false
  }

  /// Runs a command to its end.
  static func run(
    _ arguments: [String], in folder: TemporaryFolder, input: String = "",
    environment: [String: String] = [:]
  ) throws -> Result {
    let (process, name) = try start(
      arguments, in: folder, input: input, environment: environment)
    process.waitUntilExit()
    return Result(
      status: process.terminationStatus,
      output: String(decoding: try FileReader.contents("\(name).out"), as: UTF8.self),
      errors: String(decoding: try FileReader.contents("\(name).err"), as: UTF8.self))
  }

  /// Runs a command that must succeed.
  @discardableResult
  static func succeed(
    _ arguments: [String], in folder: TemporaryFolder, input: String = "",
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws -> Result {
    let result = try run(arguments, in: folder, input: input)
    #expect(result.status == 0, "\(arguments): \(result.errors)", sourceLocation: sourceLocation)
    return result
  }
}

/// A small pipeline of every kind of stage, with data and a model that trains in a second.
enum TinyRun {
  static let pipeline = """
    name: tiny
    seed: 7
    variables: {data: data.jsonl}
    stages:
      - ingest: {path: "${data}", on-error: quarantine}
      - clean.html
      - clean.unicode: {form: NFKC}
      - clean.whitespace
      - clean.length: {min-words: 2}
      - clean.duplicates: {method: exact}
      - augment.synonyms: {rate: 0.3, copies: 1}
      - tokenize: {tokenizer: {bpe: {vocabulary: 400}}, max-length: 32}
      - split: {train: 0.7, validation: 0.15, test: 0.15, stratify: label}
    train:
      model: scratch
      architecture: {bert: {layers: 1, width: 32, heads: 2, feed-forward: 64, context: 32}}
      objective: classification
      epochs: 4
      batch-size: 8
      learning-rate: 1e-3
      save-steps: 5
      keep-checkpoints: 2
      best-metric: f1.macro
    evaluate: [accuracy, f1, auc, confusion]
    """

  /// Sentences about two topics, with duplicates, markup and a broken line among them.
  static func lines(_ count: Int) -> String {
    let topics = [
      "weather": ["rain", "cold wind", "bright sun", "heavy snow", "thick fog", "distant thunder"],
      "food": ["fresh bread", "old cheese", "green apple", "hot soup", "sweet cake", "salty fish"],
    ]
    var random = CounterRandom(seed: 1, purpose: "tiny data")
    var lines: [String] = []
    for index in 0..<count {
      let topic = index % 2 == 0 ? "weather" : "food"
      let words = topics[topic] ?? []
      let first = words[random.below(words.count)]
      let second = words[random.below(words.count)]
      let text = "The \(first) and the \(second) &amp; nothing else on day \(random.below(40))."
      let object: JSONObject = ["text": .string(text), "label": .string(topic)]
      lines.append(JSONValue.object(object).text)
    }
    lines.insert("{\"text\": \"broken", at: count / 2)
    return lines.joined(separator: "\n") + "\n"
  }

  /// Writes the pipeline and its data into a folder.
  static func write(to folder: TemporaryFolder, records: Int = 160) throws -> String {
    try folder.write(lines(records), to: "data.jsonl")
    return try folder.write(pipeline, to: "tiny.yaml")
  }

  /// The hashes of all that a run promises to be the same: data, model, predictions, metrics.
  static func hashes(_ run: String) throws -> [String: String] {
    var hashes: [String: String] = [:]
    for folder in ["data", "model", "tokenizer"] {
      for name in try Folders.files(below: "\(run)/\(folder)") {
        hashes["\(folder)/\(name)"] = try ContentHash.ofFile("\(run)/\(folder)/\(name)")
      }
    }
    for name in [
      "predictions.jsonl", "metrics.json", "split.certificate.json", "ledger.jsonl", "stages.json",
      "quarantine.jsonl", "trainer_state.json",
    ] {
      hashes[name] = try ContentHash.ofFile("\(run)/\(name)")
    }
    return hashes
  }
}
