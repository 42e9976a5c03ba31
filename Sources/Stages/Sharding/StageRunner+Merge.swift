import Records

extension StageRunner {
  /// Puts together what the runs of all shards have made, as a run of all records would have made
  /// it: `run` then reuses it and goes on with the stages behind.
  ///
  /// - Parameters:
  ///   - steps: the stages of the plan; the `shardable` ones of them are put together.
  ///   - shards: the run folders of all shards, in any order.
  /// - Throws: `Diagnostics` where a shard is missing or is one of another plan or other data.
  public func merge(_ steps: [StageStep], shards: [String]) throws {
    let steps = Array(steps.prefix(steps.shardable))
    let cache = Self.cache(in: folder)
    let lock = try FolderLock(cache)
    defer { withExtendedLifetime(lock) {} }
    try Self.removeLeftovers(in: cache)
    let parts = try Shard.all(of: shards.count).map { shard in
      try results(of: shard, steps, in: shards)
    }
    let units = try parts.map { try ShardUnits.read($0[0].folder) }
    var previous: StageResult?
    for (index, step) in steps.enumerated() {
      let link = try link(
        step, number: index + 1, after: previous.map { ($0.folder, $0.fingerprint) })
      if let result = Self.result(in: link.target), result.fingerprint == link.fingerprint,
        result.upstreamHash == previous?.contentHash
      {
        previous = result
        continue
      }
      try Folders.make("\(link.folder)/\(StageFiles.artifacts)")
      let merge = ShardMerge(
        parts: parts.map { $0[index] }, units: units, isFirst: previous == nil)
      var output = try StageOutput(folder: link.folder, after: link.upstream) { _ in }
      try merge.write(to: &output, label: step.label)
      var manifest = try output.finish(label: step.label, fingerprint: link.fingerprint)
      try manifest.write(to: link.folder, after: previous?.contentHash)
      try Folders.publish(link.folder, as: link.target)
      previous = StageResult(manifest, folder: link.target, cached: false, seconds: 0)
    }
  }

  /// What a shard made of the stages, in whichever of the folders it is.
  private func results(
    of shard: Shard, _ steps: [StageStep], in folders: [String]
  ) throws -> [StageResult] {
    var upstream = ""
    var names: [String] = []
    var prints: [String] = []
    for (index, step) in steps.enumerated() {
      upstream = try step.fingerprint(after: upstream, seed: seed, shard: shard)
      prints.append(upstream)
      names.append(Self.name(step.label, number: index + 1, upstream))
    }
    for folder in folders {
      let found = names.compactMap { Self.result(in: "\(Self.cache(in: folder))/\($0)") }
      if found.map(\.fingerprint) == prints { return found }
    }
    throw Diagnostics([
      Diagnostic(
        "none of the folders holds shard \(shard) of this plan and these data",
        remedy: "run it with --shard \(shard), then put all \(shard.count) together")
    ])
  }
}
