import Records

/// A stage that needs the whole collection at work: reads the stage before it, writes its own folder.
struct StageWork {
  let link: StageLink
  let runner: StageRunner
  let input: StageResult
  let meter: WalkMeter
  let report: @Sendable (Int) -> Void
  /// Told how many records the stage skips, where it goes on from an earlier run.
  let goesOn: @Sendable (Int) -> Void

  func run(_ stage: some CollectionStage) throws -> StageManifest {
    let start = try WalkStart([link], after: input, runner) { report($1) }
    let walk = ChainWalk(start, threads: runner.threads, pace: runner.pace)
    // Nothing may go on in a folder that whoever called has been given back.
    defer { walk.wait() }
    if walk.skipped > 0 { goesOn(walk.skipped) }
    let context = link.context(of: runner)
    let plan = try stage.plan(
      RecordCollection(path: input.records, count: input.counts.kept, threads: runner.threads),
      context)
    try walk.run { try decide(stage, plan, context, walk) }
    try walk.checkPassed(in: StageRunner.cache(in: runner.folder))
    walk.wait()
    return try walk.writers[0].finish()
  }

  /// Decides about each record with the plan in hand.
  private func decide<Work: CollectionStage>(
    _ stage: Work, _ plan: Work.Plan, _ context: StageContext, _ walk: ChainWalk
  ) throws {
    var first = 0
    try StageLines(input.records, chunk: runner.batchSize).forEach { lines, share in
      let start = first
      let pending = walk.pending(of: lines.count)
      meter.begin(upTo: share, bytes: lines[pending].reduce(0) { $0 + $1.count })
      try walk.take(pending, size: { lines[$0].count }) { range, _ in
        var buffers = link.buffers()
        for index in range {
          try Interruption.check()
          let pending = PendingLine(lines[index], at: start + index)
          try decide(pending, at: start + index, stage, plan, context, &buffers)
        }
        meter.add(lines[range].reduce(0) { $0 + $1.count })
        return ChainSlice(buffers: [buffers])
      }
      first += lines.count
      if pending.isEmpty { try Interruption.check() }
    }
  }

  private func decide<Work: CollectionStage>(
    _ pending: PendingLine, at index: Int, _ stage: Work, _ plan: Work.Plan,
    _ context: StageContext, _ buffers: inout StageBuffers
  ) throws {
    if stage.leaves(recordAt: index, plan) { return buffers.keep(pending) }
    try link.decide(try pending.parsed(in: input.records), &buffers) { record throws(StageError) in
      try stage.outcome(of: record, at: index, plan, context)
    }
  }
}
