import Records

/// Consecutive stages that decide record by record, in one walk: a record goes from stage to stage in
/// memory, and each stage still writes its own folder.
///
/// Where a stage finds a fault that ends the run, the stages before it go on to the end, so that the
/// next run begins with the one at fault. A wish to stop ends the walk, and the next run goes on with it.
struct StageChain {
  /// A source or a record stage, and record stages behind it.
  let links: [StageLink]
  let runner: StageRunner
  let input: StageResult?
  let meter: WalkMeter
  /// Told how many records each stage has seen.
  let report: @Sendable (StageLink, Int) -> Void
  /// Told how many records of the input the walk skips, where it goes on from an earlier run.
  let goesOn: @Sendable (Int) -> Void

  /// What the stages have written, and their part of the time.
  struct Result {
    var finished: [(link: StageLink, manifest: StageManifest, share: Double)]
    /// What ended the stage behind those that are finished.
    var fault: (any Error)?
  }

  func run() throws -> Result {
    let walk = ChainWalk(
      try WalkStart(links, after: input, runner, report: report), threads: runner.threads,
      pace: runner.pace)
    // Nothing may go on in a folder that whoever called has been given back.
    defer { walk.wait() }
    if walk.skipped > 0 { goesOn(walk.skipped) }
    try walk.run {
      if let input { try readLines(of: input, walk) }
      if let source = links.first?.step.stage as? any SourceStage { try readUnits(source, walk) }
    }
    try walk.checkPassed(in: StageRunner.cache(in: runner.folder))
    walk.wait()
    let writers = walk.writers.prefix(walk.active)
    let manifests = try OrderedMap.map(Array(writers), threads: runner.threads) { try $1.finish() }
    let total = max(walk.seconds.reduce(0, +), .leastNonzeroMagnitude)
    let finished = zip(zip(links, manifests), walk.seconds).map {
      (link: $0.0, manifest: $0.1, share: $1 / total)
    }
    return Result(finished: finished, fault: walk.fault)
  }

  // MARK: - Reading

  /// Records of the stage before: those that a second source adds to, or that are decided about.
  private func readLines(of input: StageResult, _ walk: ChainWalk) throws {
    let isDeriving = links.first?.step.descriptor.role == .augmenting
    var first = 0
    try StageLines(input.records, chunk: runner.batchSize).forEach { lines, share in
      let start = first
      let pending = walk.pending(of: lines.count)
      meter.begin(upTo: share, bytes: lines[pending].reduce(0) { $0 + $1.count })
      try walk.take(pending, size: { lines[$0].count }) { range, active in
        var slice = ChainSlice()
        try run(upTo: active, &slice) { link, context, buffers in
          let stage = link.step.stage as? any RecordStage
          for index in range {
            let line = PendingLine(lines[index], at: start + index)
            try decide(line, link, stage, context, &buffers)
            // Deriving may be a model's work: such stages walk alone, and a slice takes minutes.
            if isDeriving { meter.add(lines[index].count) }
          }
        }
        if !isDeriving { meter.add(lines[range].reduce(0) { $0 + $1.count }) }
        return slice
      }
      first += lines.count
      if pending.isEmpty { try Interruption.check() }
    }
  }

  private func readUnits(_ source: any SourceStage, _ walk: ChainWalk) throws {
    var batch = UnitBatch()
    var index = 0
    var places = try runner.shard.flatMap { _ throws(FileError) in
      try links.first.map { link throws(FileError) in try ShardPlaces(link.folder) }
    }
    func flush() throws {
      try take(batch, upTo: source.meter?.share, of: source, walk)
      batch = UnitBatch()
    }
    let clock = ContinuousClock()
    let start = clock.now
    let before = walk.waited
    try source.readUnits { unit in
      defer { index += 1 }
      guard runner.shard?.takes(index) ?? true else { return }
      try places?.add(unit.source)
      batch.append(unit)
      if batch.units.count >= 1024 || batch.size > runner.batchSize { try flush() }
    }
    try flush()
    walk.addReading(clock.now - start - (walk.waited - before))
    try places?.commit()
  }

  /// Raw records that are handed over together.
  private struct UnitBatch {
    private(set) var units: [SourceUnit] = []
    /// About how many bytes each holds.
    private(set) var sizes: [Int] = []
    private(set) var size = 0

    mutating func append(_ unit: SourceUnit) {
      units.append(unit)
      sizes.append(unit.payload.size)
      size += sizes[sizes.count - 1]
    }
  }

  /// Hands raw records over, behind which `share` of the input is done; nil where that is unknown.
  private func take(
    _ batch: UnitBatch, upTo share: Double?, of source: any SourceStage, _ walk: ChainWalk
  ) throws {
    let units = batch.units
    let pending = walk.pending(of: units.count)
    meter.begin(upTo: share, bytes: pending.count)
    try walk.take(pending, size: { batch.sizes[$0] }) { range, active in
      var slice = ChainSlice()
      try run(upTo: active, &slice) { link, context, buffers in
        var writer = input == nil ? source.makeUnitWriter() : nil
        for unit in units[range] {
          try Interruption.check()
          if writer != nil, buffers.read({ writer?.write(unit, to: &$0) ?? false }) { continue }
          try read(unit, source, link, context, &buffers)
        }
      }
      meter.add(range.count)
      return slice
    }
    if pending.isEmpty { try Interruption.check() }
  }

  // MARK: - Stages

  /// Runs the first stage by `begin` and those behind it on what it passes on.
  private func run(
    upTo active: Int, _ slice: inout ChainSlice,
    _ begin: (StageLink, StageContext, inout StageBuffers) throws -> Void
  ) throws {
    let clock = ContinuousClock()
    for index in 0..<active {
      let link = links[index]
      let context = link.context(of: runner)
      let start = clock.now
      var buffers = link.buffers(passesOn: index + 1 < active)
      do {
        if index == 0 {
          try begin(link, context, &buffers)
        } else {
          let stage = link.step.stage as? any RecordStage
          for line in slice.buffers[index - 1].takeOver() {
            try decide(line, link, stage, context, &buffers)
          }
        }
      } catch let fault as StageError {
        slice.fault = fault
        return
      }
      slice.buffers.append(buffers)
      slice.seconds.append((clock.now - start) / .seconds(1))
    }
  }

  /// Notes what a stage makes of a record; a source behind another one lets go on what there is.
  private func decide(
    _ line: PendingLine, _ link: StageLink, _ stage: (any RecordStage)?, _ context: StageContext,
    _ buffers: inout StageBuffers
  ) throws {
    try Interruption.check()
    guard let stage, !line.isLeft(by: stage) else { return buffers.keep(line) }
    // Cleaners see every record; of all others `link.decide` knows whether they do.
    if link.step.descriptor.role == .cleaning, let change = stage.textChange,
      buffers.edit(line, change)
    {
      return
    }
    let line = try line.parsed(in: input?.records ?? link.folder)
    try link.decide(line, &buffers) { record throws(StageError) in
      try stage.outcome(of: record, context)
    }
  }

  private func read(
    _ unit: SourceUnit, _ stage: any SourceStage, _ link: StageLink, _ context: StageContext,
    _ buffers: inout StageBuffers
  ) throws(StageError) {
    do throws(StageError) {
      if case .fault(let error) = unit.payload { throw error }
      // Two sources may read files of one name: the ids of all but the first say which it was.
      let prefix = input == nil ? "" : "\(link.step.label):"
      let outcome = try stage.outcome(of: unit, context).prefixingIDs(prefix)
      // What the record was before it was read is nothing; comparing with itself leaves no trace.
      let record = outcome.record ?? .unread(unit.source, prefix)
      buffers.add(outcome, of: RecordLine(new: record))
    } catch {
      guard link.step.onError == .quarantine else { throw error.placed(at: unit.source) }
      buffers.setAside(unit, error)
    }
  }
}

extension Record {
  /// What stands for a raw record that ended before it became a record.
  fileprivate static func unread(_ source: Source, _ prefix: String) -> Record {
    Record(
      id: "\(prefix)\(source.name)", source: source, content: .text(""), schema: .text)
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
        children: children.map {
          Derived($0.record.prefixingIDs(prefix), note: $0.note, refusal: $0.refusal)
        })
    case .drop, .quarantine: self
    }
  }
}
