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
  let training: [Example]
  let validation: [Example]
  /// What is answered of the validation side; nil where nobody watches answers.
  let validationTexts: ValidationTexts?
  let settings: LoopSettings
  let store: CheckpointStore
  /// Writes `trainer_state.json`, so that a run under way can be looked at.
  let publishState: (TrainingLoop) throws -> Void
  let observe: (TrainingEvent) -> Void
  var optimizer: Optimizer
  var state: TrainingState
  var selection: Selection?
  /// Seconds of each epoch taken in this process, evaluation and saving left out.
  private(set) var epochSeconds: [Double] = []
  /// When `trainer_state.json` was last written.
  private(set) var published = ContinuousClock.now

  /// Runs to the end.
  /// - Throws: `Interrupted` after saving where the user asked to stop; `TrainingError` for a loss
  ///   that is not a number.
  mutating func run() throws {
    while state.step < settings.totalSteps || !isEvaluated, !state.isStopped {
      try runEpoch()
      try evaluate()
      try save()
    }
  }

  /// Whether the model of this step was looked at: a run may have ended between its last step and that.
  private var isEvaluated: Bool {
    validation.isEmpty || selection == nil || state.history.lastEvaluation == state.step
  }

  /// The batches of the epoch under way.
  private var order: BatchOrder {
    if let packing = settings.packing {
      return BatchOrder(
        packing, batchSize: settings.batchSize, accumulation: settings.accumulation,
        seed: settings.seed, epoch: state.epoch)
    }
    return BatchOrder(
      lengths: training.map(\.tokens.count), batchSize: settings.batchSize,
      accumulation: settings.accumulation, seed: settings.seed, epoch: state.epoch)
  }

  private mutating func runEpoch() throws {
    let order = order
    var seconds = 0.0
    while state.stepInEpoch < order.steps.count, state.step < settings.totalSteps {
      let report = try step(order.steps[state.stepInEpoch])
      seconds += report.seconds
      if settings.isSaveStep(state.step), state.stepInEpoch < order.steps.count { try save() }
      try stopIfAsked()
    }
    // Answers are asked for and judged elsewhere, which may fail: the epoch is not lost with them.
    if validationTexts != nil, seconds > 0 { try save() }
    if state.stepInEpoch == order.steps.count {
      state.epoch += 1
      state.stepInEpoch = 0
    }
    // None where a run goes on behind the last step of an epoch.
    if seconds > 0 { epochSeconds.append(seconds) }
  }

  /// One optimizer step over micro-batches, whose losses share one divisor.
  private mutating func step(_ batches: [[Int]]) throws -> (seconds: Double, loss: Float) {
    let start = ContinuousClock.now
    let examples = batches.map { batch in batch.map { training[$0] } }
    let divisor = Float(max(1, examples.reduce(0) { $0 + $1.counted }))
    let randomness = Tape.Randomness(seed: settings.seed, step: state.step)
    var loss: Float = 0
    for (number, batch) in examples.enumerated() {
      let tape = Tape(
        training: randomness, checkpointsLayers: settings.activationCheckpointing)
      let part = objective.loss(tape, batch, divisor: divisor)
      loss += part.mean.item
      // Once a step, whatever its micro-batches.
      let penalty = number == 0 ? adapter?.penalty(tape) : nil
      tape.backward(from: penalty.map { tape.add(part.mean, $0) } ?? part.mean)
    }
    guard loss.isFinite else {
      throw TrainingError(
        "the loss of step \(state.step + 1) is \(loss)",
        remedy: "lower learning-rate or max-grad-norm")
    }
    let peak = selection?.plateau?.rate ?? settings.learningRate
    let rate = peak * settings.schedule.factor(step: state.step)
    let norm = optimizer.update(step: state.step + 1, learningRate: rate) { factor in
      adapter?.didStep(
        AdapterStep(
          number: state.step + 1, total: settings.totalSteps, gradientFactor: factor))
    }
    let tokens = examples.joined().reduce(0) { $0 + $1.tokens.count }
    state.advance(tokens: tokens, loss: loss)
    let seconds = (ContinuousClock.now - start) / .seconds(1)
    try report(loss, rate, norm, tokensPerSecond: Double(tokens) / seconds)
    return (seconds, loss)
  }

  private mutating func report(
    _ loss: Float, _ rate: Double, _ norm: Float, tokensPerSecond: Double
  ) throws {
    let epoch = settings.epochs(state.step)
    if state.step % settings.loggingSteps == 0 || state.step == settings.totalSteps {
      state.history.log(
        step: state.step, epoch: epoch, learningRate: rate, gradientNorm: norm)
      try publishNowAndThen()
    }
    observe(
      .stepped(
        StepReport(
          step: state.step, totalSteps: settings.totalSteps, epoch: epoch, loss: loss,
          learningRate: rate, gradientNorm: norm, tokensPerSecond: tokensPerSecond)))
  }

  /// Those who look on see new losses within seconds, however far the next checkpoint is.
  private mutating func publishNowAndThen() throws {
    guard ContinuousClock.now - published > .seconds(2) else { return }
    try publishState(self)
    published = ContinuousClock.now
  }

  /// Scores the validation side and notes whether the model is the best so far.
  private mutating func evaluate() throws {
    guard !validation.isEmpty, var selection else { return }
    let predictions = Predictor.predictions(
      objective, validation, batchSize: settings.evaluationBatchSize)
    let evaluation = Evaluation(
      of: objective.outcomes(predictions), metrics: settings.validationMetrics)
    let values =
      try settings.validationMetrics.compactMap { metric in
        evaluation[metric.name].map { (name: metric.name, value: $0) }
      } + (validationTexts?.scores() ?? [])
    let epoch = settings.epochs(state.step)
    state.history.log(step: state.step, epoch: epoch, evaluation: values)
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

  private func save() throws {
    try store.save(state, selection, model, optimizer)
    try publishState(self)
    observe(.saved(step: state.step, folder: store.path(state.step)))
  }

  private func stopIfAsked() throws {
    guard Interruption.isRequested else { return }
    try save()
    try Interruption.check()
  }
}

/// The numbers of a loop that stay the same over a run.
struct LoopSettings {
  let seed: UInt64
  let batchSize: Int
  let accumulation: Int
  /// How records are put together; nil where each stands alone.
  let packing: Packing?
  let stepsPerEpoch: Int
  let totalSteps: Int
  let learningRate: Double
  let schedule: LearningRateSchedule
  let loggingSteps: Int
  let saveSteps: Int?
  let activationCheckpointing: Bool
  let validationMetrics: [MetricDescriptor]

  /// Evaluation keeps no gradients, so it takes larger batches.
  var evaluationBatchSize: Int { max(batchSize, 32) }

  /// Steps as passes over the training side.
  func epochs(_ step: Int) -> Double { Double(step) / Double(max(1, stepsPerEpoch)) }

  /// Whether a checkpoint is due within an epoch.
  func isSaveStep(_ step: Int) -> Bool { saveSteps.map { step % $0 == 0 } ?? false }
}
