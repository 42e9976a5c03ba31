import Records

/// A stage that needs the whole collection at work: reads the stage before it, writes its own folder.
struct StageWork {
  let link: StageLink
  let runner: StageRunner
  let input: StageResult
  let meter: WalkMeter
  let report: @Sendable (Int) -> Void

  func run(_ stage: some CollectionStage) throws -> StageManifest {
    let writer = try StageWriter(link, report: report)
    let context = link.context(of: runner)
    let plan = try stage.plan(
      RecordCollection(path: input.records, count: input.counts.kept, threads: runner.threads),
      context)
    var first = 0
    try StageLines(input.records, chunk: runner.batchSize).forEachWithShare { lines, share in
      let start = first
      meter.begin(upTo: share, bytes: lines.reduce(0) { $0 + $1.count })
      let buffers = try OrderedMap.slices(of: lines.count, threads: runner.threads) { range in
        var buffers = link.buffers()
        for index in range {
          try Interruption.check()
          let pending = PendingLine(lines[index], at: start + index)
          if stage.leaves(recordAt: start + index, plan) {
            buffers.keep(pending)
            continue
          }
          let line = try pending.parsed(in: input.records)
          try link.decide(line, &buffers) { record throws(StageError) in
            try stage.outcome(of: record, at: start + index, plan, context)
          }
        }
        meter.add(lines[range].reduce(0) { $0 + $1.count })
        return buffers
      }
      first += lines.count
      try writer.write(buffers)
    }
    return try writer.finish()
  }
}
