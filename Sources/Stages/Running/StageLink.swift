import Records

/// A stage of a run and the folder that it writes.
struct StageLink: Sendable {
  let step: StageStep
  let fingerprint: String
  /// Hashes of the files that the stage reads, by their paths.
  let files: JSONObject
  /// Where its files are until they are whole.
  let folder: String
  /// Where they are then.
  let target: String
  /// The folder of the stage before it; nil where there are no records before it.
  let upstream: String?
  /// The stage's place in the plan, from 1.
  let number: Int

  /// What the stage makes of no records.
  func buffers(passesOn: Bool = false) -> StageBuffers {
    StageBuffers(stage: step.label, isFirst: upstream == nil, passesOn: passesOn)
  }

  func context(of runner: StageRunner) -> StageContext {
    StageContext(
      seed: runner.seed, stage: step.label, threads: runner.threads,
      artifacts: "\(folder)/\(StageFiles.artifacts)")
  }

  /// Notes what the stage makes of a record, or puts it aside where the stage finds a fault.
  func decide(
    _ line: RecordLine, _ buffers: inout StageBuffers,
    _ outcome: (Record) throws(StageError) -> Outcome
  ) throws(StageError) {
    guard step.descriptor.role != .augmenting || line.record.isTrainingParent else {
      return buffers.add(.keep(line.record), of: line)
    }
    do throws(StageError) {
      let outcome = try outcome(line.record)
      buffers.add(step.rescuing(outcome, of: line.record), of: line)
    } catch {
      if let outcome = step.rescued(line.record, from: Reason(error.code)) {
        return buffers.add(outcome, of: line)
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
}

extension StageError {
  /// The fault with its place, where the stage did not know it.
  func placed(at source: Source) -> StageError {
    var error = self
    error.source = error.source ?? source
    return error
  }
}
