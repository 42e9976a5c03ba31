import Evaluate
import Models
import Records
public import Stages
import Tensors

/// A training: prepared when it is made, run once.
///
/// ```swift
/// let session = try TrainingSession(options: options, train: train, validation: validation, context)
/// let result = try session.run { event in … }
/// let predictions = try Predictor(model: result.modelFolder, options: options).predict(test)
/// ```
/// A run that was killed goes on from its newest checkpoint in the same folder and ends with the same
/// bytes as one that was not. Memory: the model, twice what is trained again for AdamW (once for Lion
/// and SGD with momentum, next to nothing for Adafactor and plain SGD), once more with an average of
/// weights, gradients, and 8 bytes a token of both sides; nothing else grows with the records but a
/// constant trunk's vectors, up to 64 MiB a side. A penalty holds what is trained once more, `ewc` twice.
public struct TrainingSession {
  /// What is written below a run's folder for programs that draw curves.
  package static let curves = ["trainer_log.jsonl", "tensorboard"]
  /// What a penalty of old tasks leaves in a run's folder for later runs.
  package static let fisher = EWCPenalty.file
  let options: TrainingOptions
  let context: TrainingContext
  let preparation: Preparation
  let epochs: EpochPlan
  /// What it shares with other trainings; nil where it stands alone.
  let commons: TrialCommons?

  /// Reads and checks everything: finds the model, reads records, encodes them.
  /// - Throws: `StageError` for a record, `ModelError`, `TokenizerError`, `MetricError` or
  ///   `TrainingError` for what it was asked to do.
  public init(
    options: TrainingOptions, train: RecordCollection, validation: RecordCollection?,
    _ context: TrainingContext
  ) throws {
    try self.init(options: options, train: train, validation: validation, context, sharing: nil)
  }

  /// - Parameter commons: What other trainings on the same sides have read and computed, and what they will
  ///   find of this one.
  init(
    options: TrainingOptions, train: RecordCollection, validation: RecordCollection?,
    _ context: TrainingContext, sharing commons: TrialCommons?
  ) throws {
    self.options = options
    self.context = context
    self.commons = commons
    preparation = try Preparation(options, train, validation, context, commons)
    epochs = EpochPlan(options, preparation, seed: context.seed)
    try preparation.method.adapter?.begin(steps: settings().totalSteps)
  }

  /// Reads records that are not trained on, so that what is wrong with one is told before training.
  /// - Throws: `StageError` for a record that cannot be evaluated, such as one of an unknown class.
  public func check(_ records: RecordCollection) throws {
    let objective = preparation.objective
    try records.forEachBatch({ _ = try objective.example(of: $0) }, { _ in })
  }

  /// Trains to the end, or goes on where an earlier run stopped, and saves the best model.
  /// - Throws: `Interrupted` where the user asked to stop (the state is saved), `FileError` for a
  ///   full disk, `TrainingError` for a loss that is not a number.
  public func run(_ observe: @escaping (TrainingEvent) -> Void = { _ in }) throws -> TrainingResult
  {
    try Engine.$precision.withValue(preparation.precision.used) { try train(observe) }
  }

  private func train(_ observe: @escaping (TrainingEvent) -> Void) throws -> TrainingResult {
    for parameter in preparation.trainable { parameter.tensor.requiresGradient = true }
    try saveBase()
    var removed = false
    var loop = try loop(observe, removed: &removed)
    loop.unfreezing?.freeze(at: loop.state.step)
    observe(.started(plan(loop, removed: removed)))
    try loop.run()
    try takeBest(loop)
    try saveModel()
    try publishState(loop)
    try loop.events?.sync()
    return TrainingResult(
      loop, preparation.statistics, folder: "\(context.folder)/\(savedName)")
  }

  /// The optimizer steps of the whole run.
  func totalSteps() throws -> Int { try settings().totalSteps }

  /// The metric that chooses models; nil without a validation side.
  func watched() throws -> WatchedMetric? { try selection()?.best }

  /// Takes the first steps of the run, from the checkpoint that is there, and scores the validation side.
  ///
  /// - Returns: the scores, and the seconds that all steps so far took.
  /// - Throws: as `run`.
  func score(
    behind step: Int
  ) throws -> (scores: [(name: String, value: Double)], seconds: Double) {
    try Engine.$precision.withValue(preparation.precision.used) {
      for parameter in preparation.trainable { parameter.tensor.requiresGradient = true }
      var removed = false
      var loop = try loop({ _ in }, removed: &removed)
      loop.unfreezing?.freeze(at: loop.state.step)
      let scores = try loop.run(upTo: step)
      return (scores, loop.times.stepSeconds)
    }
  }

  /// Gives the model the weights that are published: those of the best step, or their average then.
  private func takeBest(_ loop: TrainingLoop) throws {
    if let best = loop.selection?.bestStep, best != loop.state.step {
      let folder = loop.store.path(best)
      try preparation.restore(from: folder)
      try loop.average?.restore(from: folder)
    }
    // Without a step there is nothing to average, and the average is the beginning itself.
    loop.average?.exchange()
  }

  /// The loop that takes the steps, from the checkpoint that is there.
  func loop(
    _ observe: @escaping (TrainingEvent) -> Void, removed: inout Bool
  ) throws -> TrainingLoop {
    var selection = try selection()
    let store = CheckpointStore(
      folder: "\(context.folder)/checkpoints", fingerprint: preparation.fingerprint,
      keeps: options.values[TrainingOptions.Keys.keepCheckpoints],
      savesModel: !preparation.method.keepsOnlyTrained,
      adapterState: preparation.method.adapter?.state ?? [])
    let values = options.values
    let settings = try settings()
    let unfreezing = preparation.method.unfreezing.map {
      UnfreezingSchedule($0, stepsPerEpoch: settings.epochs.steps.perEpoch)
    }
    var optimizer = Optimizer(
      preparation.trainable, options.updateRule,
      weightDecay: values[TrainingOptions.Keys.weightDecay],
      maximumNorm: values[TrainingOptions.Keys.maxGradNorm], rates: preparation.method.rates,
      begins: unfreezing?.begins ?? [:])
    // Before a checkpoint is taken up: the weights are still those of the start.
    let penalty = try anchor()
    let saved = try store.newest(&selection, removed: &removed)
    var times = TrainingTimes()
    if let saved {
      let folder = store.path(saved.step)
      times = TrainingTimes(checkpoint: folder)
      try preparation.restore(from: folder)
      try optimizer.restore(
        SafetensorsFile("\(folder)/optimizer.safetensors"), behind: saved.step)
    } else {
      preparation.choose()
    }
    let events = try eventFile(saved)
    let average = values[TrainingOptions.Keys.averaging].map {
      WeightAverage(preparation.trainable, decay: $0.decay)
    }
    if let saved { try average?.restore(from: store.path(saved.step)) }
    return TrainingLoop(
      model: preparation.model, adapter: preparation.method.adapter,
      objective: preparation.objective, trunk: trunk(settings), training: preparation.training,
      validation: preparation.validation, validationTexts: preparation.validationTexts,
      settings: settings, store: store,
      publishState: publishState, observe: observe, events: events, optimizer: optimizer,
      average: average, penalty: penalty, unfreezing: unfreezing,
      state: saved ?? TrainingState(),
      selection: selection, times: times, savedStep: saved?.step)
  }

  /// What no step changes; nil where there is no such thing, or noise on the words' vectors changes
  /// what it says in every step.
  private func trunk(_ settings: LoopSettings) -> ConstantTrunk? {
    guard let cut = preparation.method.constantBelow, settings.embeddingNoise == 0,
      let objective = preparation.objective as? any FeatureObjective
    else { return nil }
    let vectors =
      commons?.vectors(below: cut, maximumLength: preparation.maximumLength) { memory, folder in
        emptyVectors(below: cut, settings, memory: { memory }, folder: folder)
      }
      ?? emptyVectors(
        below: cut, settings, memory: { MemoryAllowance(64 << 20) }, folder: context.folder)
    return ConstantTrunk(
      objective, below: cut, vectors, training: preparation.training,
      validation: preparation.validation)
  }

  /// What a trunk says of both sides, none of it computed yet.
  private func emptyVectors(
    below cut: ClassifierCut, _ settings: LoopSettings, memory: () -> MemoryAllowance,
    folder: String
  ) -> TrunkVectors {
    let (training, validation) = (preparation.training, preparation.validation)
    // The first epoch's own where each record stands alone, so that its steps compute what they read.
    let order = BatchOrder(
      lengths: training.map(\.tokens.count),
      batchSize: options.values[TrainingOptions.Keys.batchSize],
      accumulation: options.values[TrainingOptions.Keys.accumulation], seed: context.seed, epoch: 0)
    let sorted = BatchOrder.sortedBatches(
      lengths: validation.map(\.tokens.count), batchSize: settings.evaluationBatchSize)
    return TrunkVectors(
      below: cut, training: (training, Array(order.steps.joined())),
      validation: (validation, sorted), memory: memory, folder: folder)
  }

  private func settings() throws -> LoopSettings {
    let values = options.values
    let totalSteps = epochs.steps.total
    return LoopSettings(
      seed: context.seed, epochs: epochs, totalSteps: totalSteps,
      learningRate: values[TrainingOptions.Keys.learningRate],
      schedule: options.schedule(totalSteps: totalSteps),
      loggingSteps: values[TrainingOptions.Keys.loggingSteps],
      saveSteps: values[TrainingOptions.Keys.saveSteps],
      activationCheckpointing: values[TrainingOptions.Keys.activationCheckpointing],
      embeddingNoise: Float(values[TrainingOptions.Keys.embeddingNoise]),
      stopsOnDivergence: values[TrainingOptions.Keys.stopOnDivergence],
      validationMetrics: try validationMetrics())
  }

  private func plan(_ loop: TrainingLoop, removed: Bool) -> TrainingPlan {
    func count(_ parameters: [NamedParameter]) -> Int {
      parameters.reduce(0) { $0 + $1.tensor.count }
    }
    return TrainingPlan(
      totalSteps: loop.settings.totalSteps, doneSteps: loop.state.step,
      trainingRecords: preparation.training.count,
      validationRecords: preparation.validation.count, epochRecords: epochs.records,
      data: preparation.statistics, packedRows: epochs.packedRows,
      maximumLength: preparation.maximumLength, parameters: count(preparation.model.parameters),
      trainableParameters: count(preparation.trainable), freshParameters: preparation.fresh,
      notes: preparation.objective.notes + (preparation.mixture.map { ["\($0)"] } ?? [])
        + (loop.unfreezing?.notes(totalSteps: loop.settings.totalSteps) ?? [])
        + (loop.penalty.map { [$0.note] } ?? [])
        + (loop.trunk?.notes ?? [])
        + (removed ? ["checkpoints of another training lay here and are removed"] : []),
      precision: preparation.precision, effort: TrainingEffort(loop))
  }

  private func publishState(_ loop: TrainingLoop) throws {
    let state = TrainerState(
      options: options, state: loop.state, selection: loop.selection,
      totalSteps: loop.settings.totalSteps, steps: epochs.steps, mixture: preparation.mixture)
    try state.write(to: "\(context.folder)/trainer_state.json")
    try TrainerLog(history: loop.state.history, totalSteps: loop.settings.totalSteps)
      .write(to: "\(context.folder)/\(Self.curves[0])")
  }

  /// Where curves go as they come; those of another training are removed.
  /// - Parameter saved: What the run goes on from; nil where it begins.
  private func eventFile(_ saved: TrainingState?) throws(FileError) -> EventFile? {
    let folder = "\(context.folder)/\(Self.curves[1])"
    if saved == nil { try Folders.remove(folder) }
    guard options.values[TrainingOptions.Keys.reportTo].contains(.tensorboard) else { return nil }
    return try EventFile(folder: folder, history: saved?.history.entries ?? [])
  }

  /// What holds weights near those of now, which are those of the start.
  private func anchor() throws -> WeightAnchor? {
    guard let penalty = options.penalty,
      let name = options.values[TrainingOptions.Keys.penalty]?.name
    else { return nil }
    let fresh = Set(preparation.fresh)
    return try WeightAnchor(
      penalty, named: name,
      PenaltyStart(
        weights: preparation.trainable.filter { !fresh.contains($0.name) },
        trainable: preparation.trainable, objective: preparation.objective,
        examples: preparation.oldTask, seed: context.seed, folder: context.folder,
        fingerprint: preparation.fingerprint))
  }

  /// The folder that is published: of the whole model, or of what was added to it.
  private var savedName: String { preparation.method.adapter == nil ? "model" : "adapter" }

  /// Publishes `model/` or `adapter/` in one step.
  private func saveModel() throws {
    let temporary = "\(context.folder)/.\(savedName)-partial"
    try Folders.remove(temporary)
    let (model, tokenizer) = (preparation.model, preparation.tokenizerFolder)
    if let adapter = preparation.method.adapter {
      try AdapterFolder.save(adapter, of: model, base: preparation.baseName, to: temporary)
      try ModelFiles.copyTokenizer(from: tokenizer, to: temporary)
    } else {
      try ModelLoader.save(model, to: temporary, tokenizer: tokenizer)
    }
    try Folders.publish(temporary, as: "\(context.folder)/\(savedName)")
  }

  /// Saves the random model below an adapter, which has no other folder.
  ///
  /// Every time, as what lies there may be of a run with other options.
  private func saveBase() throws {
    let folder = "\(context.folder)/\(ModelFolders.ownBase)"
    guard preparation.isScratch, preparation.method.adapter != nil else { return }
    let temporary = "\(context.folder)/.base-partial"
    try Folders.remove(temporary)
    try ModelLoader.save(
      preparation.model, to: temporary, tokenizer: preparation.tokenizerFolder)
    try Folders.publish(temporary, as: folder)
  }
}

// MARK: - Metrics

extension TrainingSession {
  /// What the metrics of the validation side decide; nil without one.
  private func selection() throws -> Selection? {
    let stopping = options.values[TrainingOptions.Keys.earlyStopping]
    guard !preparation.validation.isEmpty else {
      try requireValidation(for: stopping.map { _ in TrainingOptions.Keys.earlyStopping.name })
      try requireValidation(for: options.plateau.map { _ in "reduce-on-plateau" })
      return nil
    }
    let classes = preparation.objective.classCount
    return Selection(
      best: try options.watched(options.bestName, classes: classes),
      stopping: try stopping.map { ($0.metric ?? options.bestName, $0.patience) }
        .map { (metric: try options.watched($0, classes: classes), patience: $1) },
      plateau: try plateau(classes: classes))
  }

  /// Refuses an option that waits for what an empty side cannot tell.
  private func requireValidation(for name: String?) throws(TrainingError) {
    guard let name else { return }
    throw TrainingError(
      "\(name) needs records on the validation side",
      remedy: "give validation a share in split, or leave \(name) out")
  }

  private func plateau(classes: Int?) throws -> RatePlateau? {
    guard let values = options.plateau, let name = options.plateauName else { return nil }
    let metric = try options.watched(name, classes: classes)
    return RatePlateau(
      metric: metric.name, isGreaterBetter: metric.direction == .greater, values,
      rate: options.values[TrainingOptions.Keys.learningRate])
  }

  private func validationMetrics() throws -> [MetricDescriptor] {
    let classes = preparation.objective.classCount
    let chosen = try options.watchedNames.filter { TextMetrics.expand($0) == nil }
      .map { (name) throws(MetricError) in try options.watched(name, classes: classes).name }
    return try MetricCatalog.standard.metrics(
      named: preparation.objective.validationMetrics + chosen,
      providing: TrainingOptions.provides(options.values), classes: classes)
  }
}
