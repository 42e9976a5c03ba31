import Records

/// One stage at work: reads the stage before it, writes the files of its own folder.
struct StageWork {
  let step: StageStep
  let runner: StageRunner
  let folder: String
  let fingerprint: String
  let input: StageResult?
  let report: @Sendable (Int) -> Void

  private var context: StageContext {
    StageContext(
      seed: runner.seed, stage: step.label, threads: runner.threads,
      artifacts: "\(folder)/\(StageFiles.artifacts)")
  }

  func run() throws -> StageManifest {
    var output = try StageOutput(folder: folder, report: report)
    switch step.stage {
    case let stage as any SourceStage: try run(stage, &output)
    case let stage as any RecordStage:
      try eachSlice(&output) { line, _, context throws(StageError) in
        try stage.outcome(of: line, context)
      }
    case let stage as any CollectionStage: try run(stage, &output)
    default: preconditionFailure("\(step.label) is no source, record or collection stage")
    }
    let manifest = try output.commit(label: step.label, fingerprint: fingerprint)
    precondition(manifest.counts.balances, "\(step.label) lost records: \(manifest.counts)")
    return manifest
  }

  // MARK: - Sources

  private func run(_ stage: any SourceStage, _ output: inout StageOutput) throws {
    // A second source adds its records to those that are there.
    try eachSlice(&output) { record, _, _ in .keep(record) }
    var units: [SourceUnit] = []
    var size = 0
    var index = 0
    let places = try runner.shard.map { _ throws(FileError) in
      try AtomicFile("\(folder)/\(StageFiles.units)")
    }
    try stage.readUnits { unit in
      defer { index += 1 }
      guard runner.shard?.takes(index) ?? true else { return }
      try places?.write(ShardUnits.bytes(of: unit.source))
      units.append(unit)
      size += unit.payload.size
      guard units.count >= 4096 || size > runner.batchSize else { return }
      try flush(&units, of: stage, &output)
      size = 0
    }
    try flush(&units, of: stage, &output)
    try places?.commit()
  }

  private func flush(
    _ units: inout [SourceUnit], of stage: any SourceStage, _ output: inout StageOutput
  ) throws {
    let batch = units
    units.removeAll(keepingCapacity: true)
    let buffers = try OrderedMap.slices(of: batch.count, threads: runner.threads) { range in
      var buffers = StageBuffers(stage: step.label)
      for unit in batch[range] {
        try Interruption.check()
        try read(unit, stage, &buffers)
      }
      return buffers
    }
    try output.write(buffers)
  }

  private func read(
    _ unit: SourceUnit, _ stage: any SourceStage, _ buffers: inout StageBuffers
  ) throws {
    do throws(StageError) {
      if case .fault(let error) = unit.payload { throw error }
      // Two sources may read files of one name: the ids of all but the first say which it was.
      let prefix = input == nil ? "" : "\(step.label):"
      let outcome = try stage.outcome(of: unit, context).prefixingIDs(prefix)
      // What the record was before it was read is nothing; comparing with itself leaves no trace.
      let record = outcome.record ?? .unread(unit.source, prefix)
      buffers.add(outcome, of: RecordLine(new: record))
    } catch {
      guard step.onError == .quarantine else { throw error.placed(at: unit.source) }
      buffers.setAside(unit, error)
    }
  }

  // MARK: - Records and collections

  private func run(_ stage: some CollectionStage, _ output: inout StageOutput) throws {
    guard let input else { preconditionFailure("\(step.label) has no records before it") }
    let plan = try stage.plan(
      RecordCollection(path: input.records, count: input.counts.kept, threads: runner.threads),
      context)
    try eachSlice(&output) { record, index, context throws(StageError) in
      try stage.outcome(of: record, at: index, plan, context)
    }
  }

  /// Decides about every record of the stage before, a batch at a time on all threads.
  private func eachSlice(
    _ output: inout StageOutput,
    _ decide: @Sendable (Record, Int, StageContext) throws(StageError) -> Outcome
  ) throws {
    guard let input else { return }
    var first = 0
    try LineBatches(input.records, chunk: runner.batchSize).forEach { lines in
      let start = first
      let buffers = try OrderedMap.slices(of: lines.count, threads: runner.threads) { range in
        var buffers = StageBuffers(stage: step.label)
        for index in range {
          try Interruption.check()
          let line = try RecordLine(lines[index], in: input.records, at: start + index)
          try decideLine(line, start + index, decide, &buffers)
        }
        return buffers
      }
      first += lines.count
      try output.write(buffers)
    }
  }

  private func decideLine(
    _ line: RecordLine, _ index: Int,
    _ decide: (Record, Int, StageContext) throws(StageError) -> Outcome,
    _ buffers: inout StageBuffers
  ) throws {
    guard step.descriptor.role != .augmenting || line.record.isTrainingParent else {
      buffers.add(.keep(line.record), of: line)
      return
    }
    do throws(StageError) {
      let outcome = try decide(line.record, index, context)
      buffers.add(step.rescuing(outcome, of: line.record), of: line)
    } catch {
      if let outcome = step.rescued(line.record, from: Reason(error.code)) {
        buffers.add(outcome, of: line)
        return
      }
      guard step.onError == .quarantine else { throw error.placed(at: line.record.source) }
      buffers.counts.incoming += 1
      buffers.setAside(line, error)
    }
  }
}

extension Record {
  /// Augmenters see originals of the training side only; without a split every original.
  fileprivate var isTrainingParent: Bool {
    augmentedBy == nil && (side == nil || side == .train)
  }

  /// What stands for a raw record that ended before it became a record.
  fileprivate static func unread(_ source: Source, _ prefix: String) -> Record {
    Record(
      id: "\(prefix)\(source.file):\(source.line)", source: source, content: .text(""),
      schema: .text)
  }

  fileprivate func prefixingIDs(_ prefix: String) -> Record {
    var record = self
    record.id = prefix + id
    record.parent = parent.map { prefix + $0 }
    return record
  }
}

extension SourceUnit.Payload {
  /// About how many bytes it holds.
  fileprivate var size: Int {
    switch self {
    case .bytes(let bytes): bytes.count
    case .text(let text): text.utf8.count
    case .object(let object): JSONValue.object(object).size
    case .fault: 0
    }
  }
}

extension JSONValue {
  /// About how many bytes it holds.
  fileprivate var size: Int {
    switch self {
    case .null, .bool: 1
    case .number(let number): number.literal.utf8.count
    case .string(let text): text.utf8.count
    case .array(let elements): elements.reduce(0) { $0 + $1.size }
    case .object(let object):
      object.members.reduce(0) { $0 + $1.key.utf8.count + $1.value.size }
    }
  }
}

extension Outcome {
  /// The record that goes on, if one does.
  fileprivate var record: Record? {
    switch self {
    case .keep(let record, _), .derive(let record, _): record
    case .drop, .merge, .quarantine, .expand: nil
    }
  }

  /// The outcome with a prefix before every id in it.
  fileprivate func prefixingIDs(_ prefix: String) -> Outcome {
    if prefix.isEmpty { return self }
    return switch self {
    case .keep(let record, let note): .keep(record.prefixingIDs(prefix), note: note)
    case .merge(let survivor, let reason): .merge(into: prefix + survivor, reason)
    case .expand(let parts): .expand(parts.map { $0.prefixingIDs(prefix) })
    case .derive(let record, let children):
      .derive(
        record.prefixingIDs(prefix),
        children: children.map { Derived($0.record.prefixingIDs(prefix), note: $0.note) })
    case .drop, .quarantine: self
    }
  }
}

extension StageError {
  /// The fault with its place, where the stage did not know it.
  fileprivate func placed(at source: Source) -> StageError {
    var error = self
    error.source = error.source ?? source
    return error
  }
}
