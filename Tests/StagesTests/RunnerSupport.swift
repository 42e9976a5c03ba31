import Records
import Stages
import TestSupport

/// Reads the lines of a file as texts; `#…` is a broken record, `!…` faulty, `~…` dropped, `+…` a
/// further record of the line before.
struct LineSource: SourceStage {
  let path: String

  func dependencies() throws(StageError) -> [String] { [path] }

  func readUnits(_ visit: (SourceUnit) throws -> Void) throws {
    var source = Source(file: FilePaths.name(path), line: 0)
    try LineBatches(path).forEach { lines in
      for bytes in lines {
        let isFurther = bytes.first == UInt8(ascii: "+")
        source.line += isFurther ? 0 : 1
        source.part = isFurther ? source.part + 1 : 1
        let fault = bytes.first == UInt8(ascii: "#")
        try visit(
          SourceUnit(
            source: source,
            payload: fault ? .fault(StageError("broken", "cannot be read")) : .bytes(Array(bytes))))
      }
    }
  }

  func outcome(of unit: SourceUnit, _ context: StageContext) throws(StageError) -> Outcome {
    guard case .bytes(let bytes) = unit.payload else { throw StageError("payload", "is not bytes") }
    let text = String(decoding: bytes, as: UTF8.self)
    if text.hasPrefix("!") { throw StageError("faulty", "begins with '!'", field: "text") }
    if text.hasPrefix("~") { return .drop(Reason("skipped")) }
    return .keep(
      Record(
        id: unit.source.name, source: unit.source, content: .text(text), schema: .text))
  }
}

/// A record stage that is a function.
struct EachStage: RecordStage {
  let decide: @Sendable (Record, StageContext) throws(StageError) -> Outcome

  init(_ decide: @escaping @Sendable (Record, StageContext) throws(StageError) -> Outcome) {
    self.decide = decide
  }

  func outcome(of record: Record, _ context: StageContext) throws(StageError) -> Outcome {
    try decide(record, context)
  }
}

/// A stage that leaves records as they are, made by something of a name.
struct NamedStage: RecordStage {
  let name: JSONValue?

  func identity() throws(StageError) -> JSONValue? { name }

  func outcome(of record: Record, _ context: StageContext) throws(StageError) -> Outcome {
    .keep(record)
  }
}

/// Merges each record into the first of the same text, and leaves the number of texts as a file.
struct MergeStage: CollectionStage {
  func plan(_ records: RecordCollection, _ context: StageContext) throws -> [String: String] {
    let texts = try records.map { ($0.text, $0.id) }
    let first = Dictionary(texts, uniquingKeysWith: { first, _ in first })
    try AtomicFile.write("\(first.count)\n".utf8, to: "\(context.artifacts)/merged/count.txt")
    return first
  }

  func outcome(
    of record: Record, at index: Int, _ plan: [String: String], _ context: StageContext
  ) throws(StageError) -> Outcome {
    guard let first = plan[record.text], first != record.id else { return .keep(record) }
    return .merge(into: first, Reason("same-text", ["index": .integer(index)]))
  }
}

extension Record {
  var text: String { if case .text(let text) = content { text } else { "" } }

  func with(text: String) -> Record {
    var copy = self
    copy.content = .text(text)
    return copy
  }
}

extension StageStep {
  /// A step of a plan.
  static func of(
    _ stage: any Stage, _ label: String, role: StageRole = .cleaning, version: Int = 1,
    onError: ErrorPolicy = .quarantine, rescue: [String] = [],
    parameters: [any AnyParameter] = []
  ) throws -> StageStep {
    let descriptor = StageDescriptor(
      label, "A stage.", role: role, version: version, parameters: parameters, example: label
    ) { _ in stage }
    var diagnostics = Diagnostics()
    guard
      let values = ParameterValues.read(
        parameters, from: nil, owner: label, into: &diagnostics)
    else { throw diagnostics }
    return StageStep(
      label: label, descriptor: descriptor, values: values, onError: onError, rescue: rescue,
      stage: stage)
  }
}

/// A run in a folder of its own.
struct TestRun {
  let folder: TemporaryFolder
  var path: String { "\(folder.path)/run" }

  init() throws { folder = try TemporaryFolder() }

  func step(
    _ label: String, _ stage: any Stage, role: StageRole = .cleaning, version: Int = 1,
    onError: ErrorPolicy = .quarantine, rescue: [String] = [],
    parameters: [any AnyParameter] = []
  ) throws -> StageStep {
    try .of(
      stage, label, role: role, version: version, onError: onError, rescue: rescue,
      parameters: parameters)
  }

  /// A step that reads the lines of a file.
  func source(_ lines: [String], file: String = "in.txt") throws -> StageStep {
    let path = try folder.write(lines.map { "\($0)\n" }.joined(), to: file)
    return try step("ingest", LineSource(path: path), role: .source)
  }

  @discardableResult
  func run(
    _ steps: [StageStep], seed: UInt64 = 42, threads: Int = 2, batchSize: Int = 1 << 21
  ) throws -> [StageResult] {
    var runner = StageRunner(folder: path, seed: seed, threads: threads)
    runner.batchSize = batchSize
    return try runner.run(steps)
  }

  /// Runs, publishes and returns everything that was written, by path; fingerprints cut from names.
  func everything(
    _ steps: [StageStep], seed: UInt64 = 42, threads: Int = 2, batchSize: Int = 1 << 21
  ) throws -> [String: String] {
    let results = try run(steps, seed: seed, threads: threads, batchSize: batchSize)
    _ = try RunPublisher(folder: path, results: results, threads: threads).publish()
    return try files()
  }

  func files() throws -> [String: String] {
    var files: [String: String] = [:]
    for name in try Folders.files(below: path) where !name.hasSuffix(".lock") {
      files[name] = try text(name)
    }
    return files
  }

  func text(_ name: String) throws -> String {
    String(decoding: try FileReader.contents("\(path)/\(name)"), as: UTF8.self)
  }

  /// The objects of a file of JSON lines in the run folder.
  func objects(_ name: String) throws -> [JSONObject] {
    try text(name).split(separator: "\n").compactMap { try JSONValue.parse(String($0)).object }
  }
}

/// A pipeline with every kind of stage and outcome.
enum Everything {
  /// A raw record of one kind or another.
  static func line(_ index: Int) -> String {
    switch index % 20 {
    case 3: "#broken \(index)"
    case 7: "!faulty \(index)"
    case 11: "~skipped \(index)"
    case 13: "same"
    case 17: "part one \(index)|part two \(index)"
    default: "text é \(index)"
    }
  }

  static func steps(_ run: TestRun, count: Int = 400) throws -> [StageStep] {
    let lines = (0..<count).map(line)
    return [
      try run.source(lines),
      try run.step("clean.expand", EachStage(expand)),
      try run.step("clean.loud", EachStage(loud)),
      try run.step("clean.merge", MergeStage(), role: .fitting),
      try run.step("clean.filter", EachStage(filter)),
      try run.step("split", EachStage(split), role: .splitting),
      try run.step("augment.twice", EachStage(augment), role: .augmenting),
    ]
  }

  @Sendable static func expand(
    _ record: Record, _ context: StageContext
  ) throws(StageError) -> Outcome {
    let parts = record.text.split(separator: "|")
    guard parts.count > 1 else { return .keep(record) }
    return .expand(
      parts.enumerated().map { record.child("part.\($0)", content: .text(String($1))) })
  }

  /// Ends, changes and leaves records, those that the stage before it made too.
  @Sendable static func loud(
    _ record: Record, _ context: StageContext
  ) throws(StageError) -> Outcome {
    if record.text.hasSuffix("5") { return .drop(Reason("five")) }
    if record.text.hasPrefix("part two") { return .keep(record.with(text: "PART TWO")) }
    return .keep(record)
  }

  @Sendable static func filter(
    _ record: Record, _ context: StageContext
  ) throws(StageError) -> Outcome {
    var random = context.random(for: record.id)
    switch random.below(8) {
    case 0: return .drop(Reason("unlucky", ["draw": .integer(0)]))
    case 1: return .quarantine(Reason("odd", ["text": .string(record.text)]))
    case 2: throw StageError("bad", "cannot be filtered", field: "text", remedy: "mend it")
    case 3: return .keep(record.with(text: record.text.replacing("é", with: "e\u{301}")))
    case 4: return .keep(record, note: ["why": "a note"])
    default: return .keep(record)
    }
  }

  @Sendable private static func split(
    _ record: Record, _ context: StageContext
  ) throws(StageError) -> Outcome {
    var record = record
    var random = context.random(for: record.id)
    record.side = Side.allCases[random.below(3)]
    return .keep(record)
  }

  @Sendable private static func augment(
    _ record: Record, _ context: StageContext
  ) throws(StageError) -> Outcome {
    let children = (0..<2).map { number in
      Derived(
        record.child("twice.\(number)", content: .text("\(record.text) \(number)")),
        note: ["copy": .integer(number)])
    }
    return .derive(record, children: children)
  }
}
