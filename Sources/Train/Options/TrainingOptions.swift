public import Stages

/// Everything that `train:` of a pipeline file says, decoded once.
public struct TrainingOptions: Sendable {
  /// The values as read, for lock files and fingerprints.
  public let values: ParameterValues

  /// Reads options from checked values of `parameters`.
  public init(_ values: ParameterValues) { self.values = values }

  /// What `train:` takes, in the order shown to users.
  public static let parameters: [any AnyParameter] = [
    Keys.model, Keys.architecture, Keys.objective, Keys.method, Keys.epochs, Keys.maxSteps,
    Keys.batchSize, Keys.accumulation, Keys.packing, Keys.mixture, Keys.maxLength, Keys.optimizer,
    Keys.learningRate, Keys.weightDecay,
    Keys.schedule, Keys.warmupRatio, Keys.warmupSteps, Keys.maxGradNorm, Keys.beta1, Keys.beta2,
    Keys.epsilon, Keys.dropout, Keys.embeddingNoise, Keys.averaging, Keys.penalty,
    Keys.precision,
    Keys.activationCheckpointing, Keys.bestMetric, Keys.earlyStopping, Keys.stopOnDivergence,
    Keys.loggingSteps, Keys.saveSteps, Keys.keepCheckpoints, Keys.reportTo,
  ]

  /// The parameters; names that other trainers use for them are aliases.
  public enum Keys {
    /// The model to start from.
    public static let model = Parameter<String>(
      required: "model",
      aliases: ["model_name_or_path", "base_model", "model-name-or-path", "base-model"],
      "A model's name or folder, or 'scratch' to begin with random weights.")
    /// The shape of a model that begins with random weights.
    public static let architecture = Parameter<Component?>(
      "architecture", choices: trainingArchitectures,
      "The shape of a model that begins with random weights.")
    /// What is minimised.
    public static let objective = Parameter<Component>(
      "objective", choices: trainingObjectives, default: "classification",
      aliases: ["task", "stage"],
      "What is minimised.")
    /// What is updated.
    public static let method = Parameter<Component>(
      "method", choices: trainingMethods, default: "full",
      aliases: ["finetuning_type", "fine_tune_type", "adapter"], "What is updated.")
    /// Passes over the training side.
    public static let epochs = Parameter(
      "epochs", default: 3.0, aliases: ["num_train_epochs", "num_epochs"],
      "Passes over the training side.", check: Check.atLeast(0))
    /// The most optimizer steps.
    public static let maxSteps = Parameter<Int?>(
      "max-steps", default: nil, aliases: ["iters", "train_steps"],
      "Stop after this many optimizer steps.", check: Check.optionalAtLeast(0))
    /// Records a step, on one machine.
    public static let batchSize = Parameter(
      "batch-size", default: 32,
      aliases: ["per_device_train_batch_size", "micro_batch_size", "train_batch_size"],
      "Records in a batch.", check: Check.atLeast(1))
    /// Batches whose gradients are summed before a step.
    public static let accumulation = Parameter(
      "gradient-accumulation-steps", default: 1, aliases: ["grad_accumulation_steps"],
      "Batches whose gradients are summed before each step.", check: Check.atLeast(1))
    /// Whether rows of a batch are filled with several records.
    public static let packing = Parameter(
      "packing", default: false, aliases: ["sample_packing", "packed", "neat_packing"],
      "Fill each of a batch's rows with records up to max-length tokens; none sees another.")
    /// How much of each source an epoch takes.
    public static let mixture = Parameter<MixtureOptions?>(
      "mixture", default: nil, aliases: ["mix"],
      "How much of each source an epoch takes: {weights: {NAME: 3, OTHER: 1}} or {temperature: 2}; "
        + "every record once by default.")
    /// The most tokens of a record.
    public static let maxLength = Parameter<Int?>(
      "max-length", default: nil,
      aliases: ["cutoff_len", "sequence_len", "max_seq_length", "max_seq_len"],
      "Cut records to this many tokens; the tokenize stage's limit by default.",
      check: Check.optionalAtLeast(1))
    /// What takes the steps.
    public static let optimizer = Parameter<Component>(
      "optimizer", choices: trainingOptimizers, default: "adamw",
      aliases: ["optim", "optimizer_type"], "What takes the steps.")
    /// The peak learning rate.
    public static let learningRate = Parameter(
      "learning-rate", default: 5e-5, aliases: ["lr"], "The learning rate at its peak.",
      check: Check.atLeast(0))
    /// Weight decay; biases and norms are left out.
    public static let weightDecay = Parameter(
      "weight-decay", default: 0.0, aliases: ["wd"],
      "Weight decay, decoupled but for sgd; biases and norms are left out.",
      check: Check.atLeast(0))
    /// The learning rate after the warm-up.
    public static let schedule = Parameter<Component>(
      "schedule", choices: trainingSchedules, default: "linear",
      aliases: ["lr_scheduler_type", "lr_scheduler"],
      "How the learning rate goes on after the warm-up.")
    /// The share of steps in which the learning rate rises.
    public static let warmupRatio = Parameter(
      "warmup-ratio", default: 0.0, "The share of all steps in which the learning rate rises.",
      check: Check.within(0...1))
    /// The steps in which the learning rate rises.
    public static let warmupSteps = Parameter<Int?>(
      "warmup-steps", default: nil,
      "The steps in which the learning rate rises; overrides the ratio.",
      check: Check.optionalAtLeast(0))
    /// Gradients with a larger norm are scaled down to it; 0 turns it off.
    public static let maxGradNorm = Parameter(
      "max-grad-norm", default: 1.0, aliases: ["clip_grad_norm", "gradient_clipping", "max_norm"],
      "Scale gradients down to this norm; 0 turns it off.", check: Check.atLeast(0))
    /// AdamW's decay of the mean.
    public static let beta1 = Parameter(
      "beta1", default: 0.9, aliases: ["adam_beta1"], "AdamW's decay of the first moment.",
      check: Check.within(0...1))
    /// AdamW's decay of the variance.
    public static let beta2 = Parameter(
      "beta2", default: 0.999, aliases: ["adam_beta2"], "AdamW's decay of the second moment.",
      check: Check.within(0...1))
    /// AdamW's term for stability.
    public static let epsilon = Parameter(
      "epsilon", default: 1e-8, aliases: ["adam_epsilon", "eps"], "AdamW's term for stability.",
      check: Check.atLeast(0))
    /// Dropout everywhere, in place of the model's own.
    public static let dropout = Parameter<Double?>(
      "dropout", default: nil, "Dropout everywhere; the model's own by default.",
      check: { $0.map { !(0..<1).contains($0) } == true ? "must be from 0 to below 1" : nil })
    /// NEFTune's alpha.
    public static let embeddingNoise = Parameter(
      "neftune-noise-alpha", default: 0.0, aliases: ["neftune_alpha", "noisy_embedding_alpha"],
      "Noise on the vectors of words while training, up to this over the root of tokens times width.",
      check: Check.atLeast(0))
    /// The average of weights that is evaluated and saved.
    public static let averaging = Parameter<WeightAveraging?>(
      "ema", default: nil, aliases: ["ema_decay"],
      "Evaluate and save a moving average of the weights in their place; off by default.")
    /// What holds weights near those that training began with.
    public static let penalty = Parameter<Component?>(
      "penalty", choices: trainingPenalties,
      "What holds weights near those that training began with; nothing by default.")
    /// The numbers that matrix products compute with.
    public static let precision = Parameter(
      "precision", default: Precision.auto, "The numbers that matrix products compute with.")
    /// Whether layers keep only what goes into them for the backward pass.
    public static let activationCheckpointing = Parameter(
      "activation-checkpointing", default: false,
      aliases: ["gradient-checkpointing", "gradient_checkpointing"],
      "Compute each layer again in the backward pass: less memory for more time, the same result.")
    /// The metric by which the best model is kept.
    public static let bestMetric = Parameter<String?>(
      "best-metric", default: nil, aliases: ["metric_for_best_model", "validation_metric"],
      "Keep the model with the best value of this metric on the validation side; its loss by default."
    )
    /// When to stop before the last epoch.
    public static let earlyStopping = Parameter<EarlyStopping?>(
      "early-stopping", default: nil,
      aliases: ["early_stop", "early_stopping_patience", "early_stopping_steps"],
      "Stop when a metric of the validation side has not improved for some evaluations.")
    /// Whether a loss that has gone astray ends the run.
    public static let stopOnDivergence = Parameter(
      "stop-on-divergence", default: true,
      "Stop with advice when the loss doubles and half of what was learned is lost for 50 steps.")
    /// Steps between two lines of the log.
    public static let loggingSteps = Parameter(
      "logging-steps", default: 10, aliases: ["steps_per_report", "log_every_n_steps"],
      "Steps between two points of the loss curve.", check: Check.atLeast(1))
    /// Steps between two checkpoints.
    public static let saveSteps = Parameter<Int?>(
      "save-steps", default: nil, aliases: ["save_every", "steps_per_checkpoint"],
      "Steps between two checkpoints; one after each epoch by default.",
      check: Check.optionalAtLeast(1))
    /// How many checkpoints stay.
    public static let keepCheckpoints = Parameter(
      "keep-checkpoints", default: 1, aliases: ["save_total_limit"],
      "How many of the newest checkpoints stay on disk.", check: Check.atLeast(1))
    /// The programs that curves are written for.
    static let reportTo = Parameter(
      "report-to", default: [ReportTarget.tensorboard], aliases: ["report_to"],
      "Programs that curves are written for: tensorboard reads the run's folder; or none.")
  }
}
