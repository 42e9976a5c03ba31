/// Something that happened during training, for whoever shows progress.
public enum TrainingEvent: Sendable {
  /// Training begins, or goes on from a checkpoint.
  case started(TrainingPlan)
  /// A group of parameters begins to train behind this many steps.
  case unfrozen(step: Int, group: UnfreezingGroup)
  /// An optimizer step is done.
  case stepped(StepReport)
  /// The validation side was scored; `isBest` where no earlier step was better.
  case evaluated(step: Int, epoch: Double, values: [(name: String, value: Double)], isBest: Bool)
  /// A checkpoint is on the disk.
  case saved(step: Int, folder: String)
  /// Early stopping ended the run.
  case stoppedEarly(step: Int)
}

/// What a training is about to do.
public struct TrainingPlan: Sendable {
  /// Optimizer steps in all.
  public let totalSteps: Int
  /// Steps that an earlier run has done.
  public let doneSteps: Int
  /// Training and validation records.
  public let trainingRecords, validationRecords: Int
  /// The records that an epoch takes: all of the training side, or those of a mixture.
  public let epochRecords: Int
  /// What the training records come to.
  public let data: ExampleStatistics
  /// How many rows they are packed into; nil where they are not.
  public let packedRows: Int?
  /// The length limit.
  public let maximumLength: Int
  /// All parameters of the model, and those that are updated.
  public let parameters, trainableParameters: Int
  /// Parameters that the checkpoint lacked and that began fresh.
  public let freshParameters: [String]
  /// What a person should know before training begins.
  public let notes: [String]
  /// What products multiply, and why.
  public let precision: PrecisionChoice
  /// What its steps and looks cost.
  public let effort: TrainingEffort
}

/// One optimizer step.
public struct StepReport: Sendable {
  /// Counted from 1.
  public let step: Int
  /// Optimizer steps in all.
  public let totalSteps: Int
  /// Passes over the training side, with the part of the one under way.
  public let epoch: Double
  /// The mean loss of the step's counted targets, in nats.
  public let loss: Float
  /// The learning rate used.
  public let learningRate: Double
  /// The norm of all gradients before clipping.
  public let gradientNorm: Float
  /// Tokens a second in this step; for eyes only, never written to a run's files.
  public let tokensPerSecond: Double
}
