import Evaluate
public import Stages
import Tensors

/// Finds the method of a training by successive halving over candidates.
///
/// Each candidate trains as a run with it would, up to the end of a rung; those that go on do so from their
/// checkpoints. What they have in common is read and encoded once, and what a frozen trunk says of a record is
/// computed once for all that train above it. Candidates, their order and their seeds are fixed, so that a search without a limit on
/// time chooses the same on every start; with one, how far it comes hangs on the machine. A search that
/// was killed keeps the trials that are done, and goes on within one from its last checkpoint.
public struct MethodSearch {
  private let options: TrainingOptions
  private let train, validation: RecordCollection
  private let context: TrainingContext
  private let folder: String
  private let fingerprint: String
  private let limits: SearchLimits
  /// What trials share; nil where each computes all by itself.
  private let commons: TrialCommons?
  /// The candidates.
  public let plan: SearchPlan

  /// Prepares the model by every candidate and leaves out those that limits forbid.
  ///
  /// - Parameters:
  ///   - folder: Where trials train; it is removed where it is of another search.
  ///   - fingerprint: Changes when anything does that trials depend on.
  ///   - isSharing: Whether trials share what they have in common, which saves time and changes no result.
  /// - Throws: `TrainingError` where there is nothing to choose by or among; as `SearchPlan`.
  public init(
    options: TrainingOptions, train: RecordCollection, validation: RecordCollection?,
    _ context: TrainingContext, folder: String, fingerprint: String, isSharing: Bool = true
  ) throws {
    guard let validation else {
      throw TrainingError(
        "method 'auto' chooses by the validation side, which is empty",
        remedy: "give validation a share in split, or name a method")
    }
    (self.options, self.train, self.validation) = (options, train, validation)
    (self.context, self.folder, self.fingerprint) = (context, folder, fingerprint)
    limits = SearchLimits(options)
    let commons = TrialCommons(folder: folder)
    plan = try SearchPlan(options, train: train, context, commons)
    self.commons = isSharing ? commons : nil
    guard !plan.tried.isEmpty else {
      let reasons = plan.entries.map { "\($0.candidate.name) \($0.fault ?? "")" }
      throw TrainingError(
        "no candidate of method 'auto' is within its limits: \(reasons.joined(separator: "; "))",
        remedy: "raise its limits")
    }
  }

  /// Runs what is missing of the search.
  ///
  /// - Parameters:
  ///   - peak: Tells the most bytes the process held since the last call; nil where it cannot.
  ///   - say: Told how it goes on, in lines.
  /// - Throws: `Interrupted`; `TrainingError` where no candidate could be trained; as `TrainingSession`.
  public func run(peak: () -> Int?, say: (String) -> Void) throws -> SearchResult {
    var state = try SearchState(folder: folder, fingerprint: fingerprint)
    let halving = SuccessiveHalving(candidates: plan.tried.count, eta: limits.eta)
    let (metric, totalSteps) = try measure()
    shortRung(halving, totalSteps).map(say)
    var order = plan.tried
    var isOutOfTime = false
    for rung in halving.counts.indices where !isOutOfTime {
      var trials: [SearchTrial] = []
      for entry in order {
        let name = entry.candidate.name
        if let done = state.trial(name, rung: rung) {
          trials.append(done)
          continue
        }
        isOutOfTime = isOver(state)
        if isOutOfTime { break }
        let trial = try self.trial(entry.candidate, rung, halving, peak)
        try state.note(trial)
        trials.append(trial)
        say(Self.line(trial, of: halving.counts.count))
      }
      order = try survivors(
        of: order, trials, count: isOutOfTime ? 1 : halving.survivors(of: rung), metric)
    }
    // Its weights are of a part of the run; the run itself begins anew.
    try Folders.remove("\(folder)/\(order[0].candidate.name)")
    return SearchResult(
      plan: plan, state: state, halving: halving, metric: metric, winner: order[0].candidate,
      options: options, isOutOfTime: isOutOfTime)
  }

  /// Says where the first rung ends before the learning rate has risen; nil where it does not.
  private func shortRung(_ halving: SuccessiveHalving, _ totalSteps: Int) -> String? {
    guard !halving.counts.isEmpty else { return nil }
    let warmup = options.schedule(totalSteps: totalSteps).warmupSteps
    let steps = halving.steps(of: 0, total: totalSteps)
    guard steps < warmup else { return nil }
    return
      "note: the first trials end behind \(steps) steps, within the warm-up of \(warmup): shorten "
      + "it, train longer, or name fewer methods"
  }

  /// Whether the time is up; a search that knows nothing yet goes on all the same.
  private func isOver(_ state: SearchState) -> Bool {
    guard let seconds = limits.seconds, state.trials.contains(where: { $0.score != nil }) else {
      return false
    }
    return state.trials.reduce(0) { $0 + $1.wall } >= seconds
  }

  /// The best of a rung, the best first; where none of those tried has a score, those not tried as they came.
  private func survivors(
    of order: [SearchPlan.Entry], _ trials: [SearchTrial], count: Int, _ metric: WatchedMetric
  ) throws -> [SearchPlan.Entry] {
    // Where the time is up: behind trials that failed, the best of the rung before are left.
    let untried = order.dropFirst(trials.count)
    let ranking = SuccessiveHalving.ranking(
      trials.map { ($0.score, $0.loss) }, isGreaterBetter: metric.direction == .greater)
    let scored = ranking.filter { trials[$0].score != nil }
    guard !scored.isEmpty || !untried.isEmpty else {
      let faults = trials.map { "\($0.name): \($0.fault ?? "its \(metric.name) is no number")" }
      throw TrainingError(
        "no candidate of method 'auto' could be trained (\(faults.joined(separator: "; ")))",
        remedy: "lower learning-rate, or raise the limit that they passed")
    }
    let kept =
      scored.isEmpty ? Array(untried.prefix(count)) : scored.prefix(count).map { order[$0] }
    for entry in order where !kept.contains(where: { $0.candidate.name == entry.candidate.name }) {
      try Folders.remove("\(folder)/\(entry.candidate.name)")
    }
    return kept
  }

  private static func line(_ trial: SearchTrial, of rungs: Int) -> String {
    let score = trial.fault ?? trial.score.map { "scores \(SearchResult.short($0))" } ?? "no score"
    return "search  rung \(trial.rung + 1) of \(rungs)  \(trial.name): \(score) after "
      + "\(trial.steps) steps"
  }
}

// MARK: - Trials

extension MethodSearch {
  /// A session of a candidate in a folder of its own.
  private func session(_ candidate: MethodCandidate) throws -> TrainingSession {
    var context = context
    context.folder = "\(folder)/\(candidate.name)"
    var own = candidate.options(options)
    // Neither patience nor curves for other programs are of use in a trial.
    own = TrainingOptions(
      own.values.setting(TrainingOptions.Keys.earlyStopping, to: nil)
        .setting(TrainingOptions.Keys.reportTo, to: []))
    return try TrainingSession(
      options: own, train: train, validation: validation, context, sharing: commons)
  }

  /// The metric that candidates are ordered by, and the steps of a run.
  private func measure() throws -> (metric: WatchedMetric, totalSteps: Int) {
    let session = try session(plan.tried[0].candidate)
    guard let metric = try session.watched() else {
      preconditionFailure("a search without a validation side")
    }
    return (metric, try session.totalSteps())
  }

  /// Trains a candidate up to the end of a rung.
  private func trial(
    _ candidate: MethodCandidate, _ rung: Int, _ halving: SuccessiveHalving, _ peak: () -> Int?
  ) throws -> SearchTrial {
    let start = ContinuousClock.now
    Engine.releaseMemory()
    _ = peak()
    let session = try session(candidate)
    let steps = halving.steps(of: rung, total: try session.totalSteps())
    var (score, loss, fault): (Double?, Double?, String?) = (nil, nil, nil)
    var seconds = 0.0
    do {
      let result = try session.score(behind: steps)
      seconds = result.seconds
      let name = try session.watched()?.name
      /// A number of the validation side.
      func value(_ name: String?) -> Double? {
        result.scores.first { $0.name == name && $0.value.isFinite }?.value
      }
      (score, loss) = (value(name), value("loss"))
    } catch let error as TrainingError {
      fault = error.problem
    }
    let held = peak()
    if let held, let memory = limits.memory, held > memory {
      fault = "held \(held / 1_000_000) MB, above \(memory / 1_000_000) MB"
      score = nil
    }
    return SearchTrial(
      name: candidate.name, rung: rung, steps: steps, score: score, loss: loss, fault: fault,
      seconds: seconds,
      wall: (ContinuousClock.now - start) / .seconds(1), peak: held)
  }
}

/// The limits of a search.
struct SearchLimits {
  /// Seconds of the search.
  let seconds: Double?
  /// Bytes of a training.
  let memory: Int?
  let eta: Int

  init(_ options: TrainingOptions) {
    let values = options.values[TrainingOptions.Keys.method].values
    seconds = values[SearchKeys.time]?.seconds
    memory = values[SearchKeys.memory]?.bytes
    eta = values[SearchKeys.eta]
  }
}
