import Records
public import Stages
import Write

/// Runs one stage as a filter: JSON lines in, JSON lines out.
///
/// A stage that decides record by record streams; one that needs the whole collection writes its
/// input to a temporary folder first. Records at fault stop the filter or, with
/// `--on-error quarantine`, are reported and left out.
public struct StageFilter: Sendable {
  let step: StageStep
  let seed: UInt64
  let threads: Int
  /// Keep `anneal: {id, parent, …}` in the lines written.
  let keepsProvenance: Bool
  let complain: @Sendable (StageError) -> Void

  /// A filter of one stage.
  public init(
    step: StageStep, seed: UInt64, threads: Int, keepsProvenance: Bool,
    complain: @escaping @Sendable (StageError) -> Void
  ) {
    self.step = step
    self.seed = seed
    self.threads = threads
    self.keepsProvenance = keepsProvenance
    self.complain = complain
  }

  /// Reads `input` (`-` is standard input) and calls `write` with lines in order.
  /// - Returns: What became of the records.
  public func run(input: String, write: ([UInt8]) throws -> Void) throws -> StageCounts {
    if let stage = step.stage as? any RecordStage { return try stream(stage, input, write) }
    if let stage = step.stage as? WriteStage, stage.destination == nil {
      guard stage.writesLines else {
        throw Diagnostics([
          Diagnostic(
            "only JSON lines are written to standard output", path: step.label,
            remedy: "name the folder of the data set, as --path dataset")
        ])
      }
      return try stream(LineWriter(stage: stage), input, write)
    }
    return try collect(input, write)
  }

  private func stream(
    _ stage: any RecordStage, _ input: String, _ write: ([UInt8]) throws -> Void
  ) throws -> StageCounts {
    let context = StageContext(seed: seed, stage: step.label, threads: threads)
    var first = 1
    var counts = StageCounts()
    try LineBatches(input, chunk: 1 << 18).forEach { lines in
      try Interruption.check()
      let start = first
      let slices = try OrderedMap.slices(of: lines.count, threads: threads) { range in
        var slice = FilteredSlice()
        for index in range {
          let source = Source(file: input == "-" ? "stdin" : input, line: start + index)
          try filter(lines[index], source, stage, context, &slice)
        }
        return slice
      }
      first += lines.count
      for slice in slices {
        try write(slice.bytes)
        counts += slice.counts
        slice.faults.forEach(complain)
      }
    }
    return counts
  }

  private func filter(
    _ line: ArraySlice<UInt8>, _ source: Source, _ stage: any RecordStage,
    _ context: StageContext, _ slice: inout FilteredSlice
  ) throws {
    guard !InputLine.isBlank(line) else { return }
    slice.counts.incoming += 1
    do throws(StageError) {
      let record = try InputLine.record(line, at: source)
      let outcome = try stage.outcome(of: record, context)
      slice.add(step.rescuing(outcome, of: record), keepsProvenance)
    } catch {
      var error = error
      error.source = error.source ?? source
      guard step.onError == .quarantine else { throw error }
      slice.faults.append(error)
      slice.counts.quarantined[error.code, default: 0] += 1
    }
  }

  /// Runs a collection stage, or a source, in a temporary folder.
  private func collect(_ input: String, _ write: ([UInt8]) throws -> Void) throws -> StageCounts {
    let folder =
      "\(FilePaths.temporary)/anneal-filter-\(UInt64.random(in: 0 ... .max))"
    defer { try? Folders.remove(folder) }
    var steps = [step]
    if step.descriptor.role != .source { steps.insert(try InputLine.source(input), at: 0) }
    let results = try StageRunner(folder: folder, seed: seed, threads: threads).run(steps)
    guard let last = results.last else { return StageCounts() }
    if let destination = (step.stage as? any ExportingStage)?.destination {
      try RunPublisher.publishFiles(of: last, to: destination)
      return last.counts
    }
    try RecordCollection(path: last.records, count: last.counts.kept, threads: threads)
      .forEachBatch { records in
        var bytes: [UInt8] = []
        for record in records { InputLine.write(record, keepsProvenance, to: &bytes) }
        try write(bytes)
      }
    return last.counts
  }
}

/// Writes each record as a line of the schema that was asked for.
private struct LineWriter: RecordStage {
  let stage: WriteStage

  func outcome(of record: Record, _ context: StageContext) throws(StageError) -> Outcome {
    .keep(try stage.converted(record))
  }
}

/// What a filter made of some lines.
private struct FilteredSlice: Sendable {
  var bytes: [UInt8] = []
  var counts = StageCounts()
  var faults: [StageError] = []

  mutating func add(_ outcome: Outcome, _ keepsProvenance: Bool) {
    switch outcome {
    case .keep(let record, _): write([record], keepsProvenance)
    case .derive(let record, let children):
      counts.made += children.count
      write([record] + children.map(\.record), keepsProvenance)
    case .expand(let parts):
      counts.made += parts.count
      counts.expanded += 1
      write(parts, keepsProvenance)
    case .drop(let reason): counts.dropped[reason.code, default: 0] += 1
    case .merge: counts.merged += 1
    case .quarantine(let reason): counts.quarantined[reason.code, default: 0] += 1
    }
  }

  private mutating func write(_ records: [Record], _ keepsProvenance: Bool) {
    counts.kept += records.count
    for record in records { InputLine.write(record, keepsProvenance, to: &bytes) }
  }
}

/// Lines of JSON as filters read and write them.
enum InputLine {
  /// Whether a line holds nothing; filters pass over such lines.
  static func isBlank(_ line: ArraySlice<UInt8>) -> Bool {
    line.allSatisfy { $0 == 0x20 || $0 == 0x0D || $0 == 0x09 }
  }

  /// The object of a line.
  static func object(
    _ line: ArraySlice<UInt8>, at source: Source
  ) throws(StageError) -> JSONObject {
    let value: JSONValue
    do { value = try JSONValue.parse(line) } catch {
      throw StageError("invalid-json", error.description, source: source)
    }
    guard let object = value.object else {
      throw StageError(
        "invalid-record", "a line is \(value.kindName), not an object", source: source)
    }
    return object
  }

  /// The record of a line: one that Anneal wrote, or an object of any schema.
  static func record(_ line: ArraySlice<UInt8>, at source: Source) throws(StageError) -> Record {
    do {
      let object = try object(line, at: source)
      if object[Record.reservedKey] != nil { return try Record(object: object) }
      guard let schema = Schema.detect(object) else {
        throw StageError(
          "unknown-schema", "no schema has the fields \(object.keys.joined(separator: ", "))",
          source: source, remedy: "give each line a 'text', 'messages' or 'instruction'")
      }
      let body = try schema.read(object)
      return Record(
        id: "\(source.file):\(source.line)", source: source, content: body.content,
        label: body.label, schema: schema, metadata: body.metadata)
    } catch let error as SchemaError {
      throw StageError("invalid-record", error.reason, source: source, field: error.field)
    } catch let error as StageError {
      throw error
    } catch {
      throw StageError("invalid-record", "\(error)", source: source)
    }
  }

  /// Appends a record's line.
  ///
  /// Without provenance a line holds the user's own fields, unless the next filter would read them
  /// as another schema: a text beside a left-over `instruction`, say.
  static func write(_ record: Record, _ keepsProvenance: Bool, to bytes: inout [UInt8]) {
    let plain = record.schema.write(record.body)
    let form = record.schema.form(for: record.content)
    let isPlain = !keepsProvenance && Schema.detect(plain) == form
    JSONValue.object(isPlain ? plain : record.object).write(to: &bytes)
    bytes.append(UInt8(ascii: "\n"))
  }

  /// A source stage that reads JSON lines of any schema.
  static func source(_ path: String) throws -> StageStep {
    let descriptor = StageDescriptor(
      "lines", "JSON lines of any schema.", role: .source, example: "lines"
    ) { _ in LineSource(path: path) }
    var diagnostics = Diagnostics()
    guard let values = ParameterValues.read([], from: nil, owner: "lines", into: &diagnostics)
    else {
      throw diagnostics
    }
    return StageStep(
      label: "lines", descriptor: descriptor, values: values, onError: .fail,
      stage: LineSource(path: path))
  }
}

/// Reads JSON lines of any schema from a file or standard input.
private struct LineSource: SourceStage {
  let path: String

  func dependencies() throws(StageError) -> [String] { [path] }

  func readUnits(_ visit: (SourceUnit) throws -> Void) throws {
    var line = 0
    try LineBatches(path).forEach { lines in
      for bytes in lines {
        line += 1
        if InputLine.isBlank(bytes) { continue }
        let source = Source(file: path == "-" ? "stdin" : path, line: line)
        try visit(SourceUnit(source: source, payload: .bytes(Array(bytes))))
      }
    }
  }

  func outcome(of unit: SourceUnit, _ context: StageContext) throws(StageError) -> Outcome {
    guard case .bytes(let bytes) = unit.payload else {
      preconditionFailure("\(unit.source) was not read as bytes")
    }
    return .keep(try InputLine.record(bytes[...], at: unit.source))
  }
}
