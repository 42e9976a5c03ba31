import Records
import Split
public import Stages
import Tensors
import Write

/// Runs one stage as a filter: JSON lines in, JSON lines out.
///
/// A stage that decides record by record streams; one that needs the whole collection keeps its input
/// in a temporary file first. Records at fault stop the filter or, with
/// `--on-error quarantine`, are reported and left out.
public struct StageFilter: Sendable {
  let step: StageStep
  let seed: UInt64
  let threads: Int
  /// Keep `anneal: {id, parent, …}` in the lines written.
  let keepsProvenance: Bool
  let complain: @Sendable (StageError) -> Void
  let warn: @Sendable (String) -> Void

  /// A filter of one stage, which tells of records at fault, and of what else people should know.
  public init(
    step: StageStep, seed: UInt64, threads: Int, keepsProvenance: Bool,
    complain: @escaping @Sendable (StageError) -> Void, warn: @escaping @Sendable (String) -> Void
  ) {
    self.step = step
    self.seed = seed
    self.threads = threads
    // Its side is all that a split says of a record.
    self.keepsProvenance = keepsProvenance || step.descriptor.role == .splitting
    self.complain = complain
    self.warn = warn
  }

  /// Reads `input` (`-` is standard input) and calls `write` with lines in order.
  /// - Returns: What became of the records.
  public func run(input: String, write: ([UInt8]) throws -> Void) throws -> StageCounts {
    // The stage may ask models.
    Engine.threads = threads
    if let stage = step.stage as? any RecordStage {
      try checkFiles()
      return try stream(stage, input, write)
    }
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
    if let stage = step.stage as? any CollectionStage, !(stage is any ExportingStage) {
      try checkFiles()
      return try gather(stage, input, write)
    }
    return try collect(input, write)
  }

  /// Asks for the files that the stage reads besides its records, as a run does before it begins.
  ///
  /// A file that is missing is the fault of the command and not of each record, whatever `--on-error` says.
  private func checkFiles() throws {
    for path in try step.stage.dependencies() where path != "-" {
      guard Folders.exists(path) else { throw FileError("open", path) }
    }
  }

  private func stream(
    _ stage: any RecordStage, _ input: String, _ write: ([UInt8]) throws -> Void
  ) throws -> StageCounts {
    let context = StageContext(seed: seed, stage: step.label, threads: threads)
    var counts = StageCounts()
    try forEachSlice(of: input, chunk: 1 << 18) {
      { line, source, slice throws(StageError) in
        let record = try InputLine.record(line, at: source)
        let outcome = try decide(record) { record throws(StageError) in
          try stage.outcome(of: record, context)
        }
        slice.add(outcome, keepsProvenance)
      }
    } _: { slice in
      try write(slice.bytes)
      counts += slice.counts
      slice.faults.forEach(complain)
    }
    return counts
  }

  /// Runs a stage that looks at all records before it decides.
  private func gather(
    _ stage: some CollectionStage, _ input: String, _ write: ([UInt8]) throws -> Void
  ) throws -> StageCounts {
    var counts = StageCounts()
    let records = try gathered(input, &counts)
    let context = StageContext(
      seed: seed, stage: step.label, threads: threads, artifacts: records.artifacts)
    let plan = try stage.plan(records.collection(threads: threads), context)
    for warning in try Self.warnings(in: records.artifacts) {
      warn("warning: \(warning)")
    }
    try records.forEachSlice(threads: threads) { first, lines in
      var slice = FilteredSlice()
      for (index, line) in lines.enumerated() {
        let record = try Record(json: line)
        try add(to: &slice, at: record.source) { slice throws(StageError) in
          let outcome = try decide(record) { record throws(StageError) in
            try stage.outcome(of: record, at: first + index, plan, context)
          }
          if case .keep(let kept, _) = outcome, kept.content != record.content {
            slice.counts.changed += 1
          }
          slice.add(outcome, keepsProvenance)
        }
      }
      return slice
    } _: { slices in
      for slice in slices {
        try write(slice.bytes)
        counts += slice.counts
        slice.faults.forEach(complain)
      }
    }
    return counts
  }

  /// What a split that has left its certificate in a folder tells people.
  private static func warnings(in folder: String) throws -> [String] {
    let path = "\(folder)/\(SplitCertificate.fileName)"
    guard Folders.exists(path) else { return [] }
    return try SplitCertificate(json: JSONValue.parse(FileReader.contents(path))).warnings
  }

  /// The records of the input; what is no record is counted and told.
  private func gathered(_ input: String, _ counts: inout StageCounts) throws -> GatheredRecords {
    let records = try GatheredRecords()
    try forEachSlice(of: input, chunk: 1 << 21) {
      var writer = RawRecordWriter(as: nil)
      return { line, source, slice throws(StageError) in
        let isWritten = line.withUnsafeBufferPointer {
          writer.write($0, at: source, to: &slice.bytes)
        }
        if !isWritten { try InputLine.record(line, at: source).write(to: &slice.bytes) }
        slice.counts.kept += 1
        slice.bytes.append(UInt8(ascii: "\n"))
      }
    } _: { slice in
      try records.append(slice.bytes, count: slice.counts.kept)
      counts.incoming += slice.counts.incoming
      counts.quarantined.merge(slice.counts.quarantined, uniquingKeysWith: +)
      slice.faults.forEach(complain)
    }
    return records
  }

  /// What becomes of a record, unless 'rescue' names the reason or the fault that would end it.
  private func decide(
    _ record: Record, _ outcome: (Record) throws(StageError) -> Outcome
  ) throws(StageError) -> Outcome {
    do throws(StageError) { return step.rescuing(try outcome(record), of: record) } catch {
      guard let rescued = step.rescued(record, from: Reason(error.code)) else { throw error }
      return rescued
    }
  }

  /// Adds a line to what is made of a slice.
  private typealias LineBody =
    (ArraySlice<UInt8>, Source, inout FilteredSlice) throws(StageError) -> Void

  /// Reads the lines of the input on many threads, and calls `visit` with what a body, made for each slice of
  /// them, makes of the slices, in order.
  private func forEachSlice(
    of input: String, chunk: Int, _ makeBody: @Sendable () -> LineBody,
    _ visit: (FilteredSlice) throws -> Void
  ) throws {
    var first = 1
    try LineBatches(input, chunk: chunk).forEach { lines in
      try Interruption.check()
      let start = first
      let slices = try OrderedMap.slices(of: lines.count, threads: threads) { range in
        var slice = FilteredSlice()
        let body = makeBody()
        for index in range where !InputLine.isBlank(lines[index]) {
          slice.counts.incoming += 1
          let source = Source(file: input == "-" ? "stdin" : input, line: start + index)
          try add(to: &slice, at: source) { slice throws(StageError) in
            try body(lines[index], source, &slice)
          }
        }
        return slice
      }
      first += lines.count
      try slices.forEach(visit)
    }
  }

  /// Adds what is made of a record; its fault stops the filter, or is noted and the record left out.
  private func add(
    to slice: inout FilteredSlice, at source: Source,
    _ work: (inout FilteredSlice) throws(StageError) -> Void
  ) throws(StageError) {
    do throws(StageError) { try work(&slice) } catch {
      var error = error
      error.source = error.source ?? source
      guard step.onError == .quarantine else { throw error }
      slice.faults.append(error)
      slice.counts.quarantined[error.code, default: 0] += 1
    }
  }

  /// Runs a stage that writes files of its own, or a source, in a temporary folder.
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
