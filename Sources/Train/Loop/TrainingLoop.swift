import Evaluate
import Models
import Stages
import Tensors

/// Takes optimizer steps until the schedule or early stopping ends them.
///
/// Everything it does follows from its inputs and its state, so a run that goes on from a checkpoint
/// ends with the same bytes as one that never stopped.
struct TrainingLoop {
  let model: any Model
  /// What a method has added to it, which may take part in losses and steps.
  let adapter: (any ModelAdapter)?
  let objective: any TrainingObjective
  /// What no step changes, computed once an example; nil where the whole model runs in each step.
  let trunk: ConstantTrunk?
  let training: [Example]
  let validation: [Example]
  /// What is answered of the validation side; nil where nobody watches answers.
  let validationTexts: ValidationTexts?
  let settings: LoopSettings
  let store: CheckpointStore
  /// Writes `trainer_state.json`, so that a run under way can be looked at.
  let publishState: (TrainingLoop) throws -> Void
  let observe: (TrainingEvent) -> Void
  /// Where curves go as they come; nil where nobody wants them.
  let events: EventFile?
  var optimizer: Optimizer
  /// What is evaluated and saved in place of the parameters; nil where they are themselves.
  let average: WeightAverage?
  /// What holds weights near their start; nil where nothing does.
  let penalty: WeightAnchor?
  /// When parameters begin to train; nil where all do from the first step.
  let unfreezing: UnfreezingSchedule?
  var state: TrainingState
  var selection: Selection?
  /// How long it took, in earlier processes too.
  var times: TrainingTimes
  /// The step whose weights the newest checkpoint holds; nil before the first.
  private(set) var savedStep: Int?
  /// How often `trainer_state.json` is written within an epoch.
  private(set) var pace = PublicationPace()
  /// What the penalty was in the last step, before its update.
  private(set) var latestPenalty: Double?
  /// The last evaluation of this process.
  private(set) var latest: (step: Int, scores: [(name: String, value: Double)])?

  /// Runs to the end.
  /// - Throws: `Interrupted` after saving where the user asked to stop; `TrainingError` for a loss
  ///   that is not a number, or has gone astray.
  mutating func run() throws {
    while state.step < settings.totalSteps || !isEvaluated, !state.isStopped {
      try runEpoch(upTo: settings.totalSteps)
      try evaluate()
      try save()
    }
  }

  /// Takes the first steps of the run as `run` takes them, up to one, and scores the validation side there.
  ///
  /// Nothing is noted of that score: whoever goes on from the checkpoint ends where `run` ends.
  mutating func run(upTo step: Int) throws -> [(name: String, value: Double)] {
    let last = min(step, settings.totalSteps)
    while state.step < last, !state.isStopped {
      try runEpoch(upTo: last)
      let isRunDone = state.step == settings.totalSteps
      if state.stepInEpoch == 0 || isRunDone { try evaluate() }
      try save()
    }
    if let known = latest, known.step == state.step { return known.scores }
    return try average?.standingIn { try scores() } ?? scores()
  }

  /// Whether the model of this step was looked at: a run may have ended between its last step and that.
  private var isEvaluated: Bool {
    validation.isEmpty || selection == nil || state.history.lastEvaluation == state.step
  }

  private mutating func runEpoch(upTo last: Int) throws {
    let order = settings.epochs.order(ofEpoch: state.epoch)
    let begun = state.step
    while state.stepInEpoch < order.steps.count, state.step < last {
      let report = try step(order.steps[state.stepInEpoch])
      times.add(report.seconds, epoch: state.epoch)
      if settings.isSaveStep(state.step), state.stepInEpoch < order.steps.count { try save() }
      try stopIfAsked()
    }
    // Answers are asked for and judged elsewhere, which may fail: the epoch is not lost with them.
    if validationTexts != nil, state.step > begun { try save() }
    if state.stepInEpoch == order.steps.count {
      state.epoch += 1
      state.stepInEpoch = 0
    }
  }

  /// One optimizer step over micro-batches, whose losses share one divisor.
  mutating func step(_ batches: [[Int]]) throws -> (seconds: Double, loss: Float) {
    let start = ContinuousClock.now
    unfreeze()
    let randomness = Tape.Randomness(seed: settings.seed, step: state.step)
    let examples = batches.map { batch in
      batch.map { objective.drawn(training[$0], randomness) }
    }
    let weight = examples.joined().reduce(0) { $0 + objective.weight(of: $1) }
    let divisor = weight > 0 ? weight : 1
    var loss: Float = 0
    for (number, batch) in examples.enumerated() {
      let tape = Tape(
        training: randomness, checkpointsLayers: settings.activationCheckpointing,
        embeddingNoise: settings.embeddingNoise)
      let part =
        try trunk?.loss(tape, batches[number], batch, divisor: divisor)
        ?? objective.loss(tape, batch, divisor: divisor)
      loss += part.mean.item
      // Once a step, whatever its micro-batches.
      let penalty = number == 0 ? adapter?.penalty(tape) : nil
      tape.backward(from: penalty.map { tape.add(part.mean, $0) } ?? part.mean)
    }
    try requireNumber(loss, "loss")
    latestPenalty = penalty?.pull()
    try latestPenalty.map { try requireNumber(Float($0), "penalty") }
    let (rate, norm) = try update()
    let tokens = examples.joined().reduce(0) { $0 + $1.tokens.count }
    let diverged = state.advance(tokens: tokens, loss: loss)
    let seconds = (ContinuousClock.now - start) / .seconds(1)
    try report(loss, rate, norm, tokensPerSecond: Double(tokens) / seconds)
    if let diverged, settings.stopsOnDivergence { throw divergence(diverged) }
    return (seconds, loss)
  }

  /// Lets those parameters train whose time has come.
  private mutating func unfreeze() {
    guard let unfreezing else { return }
    for group in unfreezing.groups(beginningBehind: state.step) {
      for parameter in group.parameters { parameter.tensor.requiresGradient = true }
      observe(.unfrozen(step: state.step, group: group))
    }
    optimizer.prepare(for: state.step + 1)
  }

  /// Changes the parameters by their gradients: the learning rate, and the gradients' norm.
  private mutating func update() throws -> (rate: Double, norm: Float) {
    let number = state.step + 1
    let peak = selection?.plateau?.rate ?? settings.learningRate
    let rate = optimizer.rate(
      step: number, scheduled: peak * settings.schedule.factor(step: state.step))
    let norm = optimizer.update(step: number, learningRate: rate) { factor in
      adapter?.didStep(
        AdapterStep(number: number, total: settings.totalSteps, gradientFactor: factor))
    }
    try requireNumber(norm, "gradient norm")
    average?.note(step: number)
    return (rate, norm)
  }

  private func requireNumber(_ value: Float, _ name: String) throws(TrainingError) {
    guard !value.isFinite else { return }
    throw TrainingError(
      "the \(name) of step \(state.step + 1) is \(value)",
      remedy: "lower learning-rate or max-grad-norm")
  }

  private func divergence(_ mean: Double) -> TrainingError {
    func short(_ value: Double) -> String { "\((value * 1000).rounded() / 1000)" }
    let (lowest, block) = (state.watch.lowest, DivergenceWatch.block)
    return TrainingError(
      "the loss has diverged: its mean over the last \(block) steps up to \(state.step) is "
        + "\(short(mean)), after \(short(lowest)) at best",
      remedy: "lower learning-rate or max-grad-norm, or raise warmup-steps; "
        + "stop-on-divergence: false goes on all the same")
  }

  private mutating func report(
    _ loss: Float, _ rate: Double, _ norm: Float, tokensPerSecond: Double
  ) throws {
    let epoch = settings.epochs.steps.epochs(state.step)
    if state.step % settings.loggingSteps == 0 || state.step == settings.totalSteps {
      state.history.log(
        step: state.step, epoch: epoch, learningRate: rate, gradientNorm: norm,
        penalty: latestPenalty)
      try state.history.entries.last.map { try events?.add($0) }
      try publishNowAndThen()
    }
    observe(
      .stepped(
        StepReport(
          step: state.step, totalSteps: settings.totalSteps, epoch: epoch, loss: loss,
          learningRate: rate, gradientNorm: norm, tokensPerSecond: tokensPerSecond)))
  }

  /// Those who look on see new losses long before the next checkpoint; the longer the history is that
  /// is written each time, the less often.
  private mutating func publishNowAndThen() throws {
    let start = ContinuousClock.now
    guard pace.isDue(at: start) else { return }
    try publishState(self)
    pace.note(from: start)
  }

  /// Scores the validation side and notes whether the model is the best so far.
  private mutating func evaluate() throws {
    guard !validation.isEmpty, var selection else { return }
    let values = try average?.standingIn { try scores() } ?? scores()
    latest = (state.step, values)
    let epoch = settings.epochs.steps.epochs(state.step)
    state.history.log(step: state.step, epoch: epoch, evaluation: values)
    try state.history.entries.last.map { try events?.add($0) }
    selection.note(values, step: state.step)
    self.selection = selection
    observe(
      .evaluated(
        step: state.step, epoch: epoch, values: values,
        isBest: selection.bestStep == state.step))
    if selection.shouldStop, state.step < settings.totalSteps {
      state.isStopped = true
      observe(.stoppedEarly(step: state.step))
    }
  }

  /// What the metrics of the validation side find.
  private func scores() throws -> [(name: String, value: Double)] {
    let predictions =
      try trunk?.predictions()
      ?? Predictor.predictions(objective, validation, batchSize: settings.evaluationBatchSize)
    let evaluation = Evaluation(
      of: objective.outcomes(predictions), metrics: settings.validationMetrics)
    return try settings.validationMetrics.compactMap { metric in
      evaluation[metric.name].map { (name: metric.name, value: $0) }
    } + (validationTexts?.scores() ?? [])
  }

  /// Writes a checkpoint; behind an evaluation only what has come since the one of the same step.
  private mutating func save() throws {
    if savedStep == state.step {
      try store.note(state, selection, times)
    } else {
      try store.save(state, selection, model, optimizer, average, times)
      savedStep = state.step
    }
    try publishState(self)
    observe(.saved(step: state.step, folder: store.path(state.step)))
  }

  private mutating func stopIfAsked() throws {
    guard Interruption.isRequested else { return }
    try save()
    try Interruption.check()
  }
}

/// The numbers of a loop that stay the same over a run.
struct LoopSettings {
  let seed: UInt64
  /// What each epoch trains on.
  let epochs: EpochPlan
  let totalSteps: Int
  let learningRate: Double
  let schedule: LearningRateSchedule
  let loggingSteps: Int
  let saveSteps: Int?
  let activationCheckpointing: Bool
  /// NEFTune's alpha; 0 for no noise.
  let embeddingNoise: Float
  let stopsOnDivergence: Bool
  let validationMetrics: [MetricDescriptor]

  /// Evaluation keeps no gradients, so it takes larger batches.
  var evaluationBatchSize: Int { max(epochs.batchSize, 32) }

  /// Whether a checkpoint is due within an epoch.
  func isSaveStep(_ step: Int) -> Bool { saveSteps.map { step % $0 == 0 } ?? false }
}
