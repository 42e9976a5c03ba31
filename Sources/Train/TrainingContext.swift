public import Models
public import Stages

/// What a training may know of the run it is part of.
public struct TrainingContext: Sendable {
  /// The seed of the run.
  public var seed: UInt64
  /// The folder of the run: `model/`, `checkpoints/` and `trainer_state.json` are written there.
  public var folder: String
  /// The folder of the tokenizer; nil for the one that comes with the model.
  public var tokenizer: String?
  /// The length records are cut to where the options name none; nil for the model's own limit.
  public var maximumLength: Int?
  /// Finds models by name.
  public var models: ModelLocator
  /// The folder that relative paths of models resolve against; nil for the current one.
  public var base: String?
  /// What the sources of the records are called, for mixtures of them.
  public var sources = SourceNames()
  /// How texts that the model writes are scored, where training watches that.
  public var scoring = TextScoring()
  /// The records of the old task that a penalty reads; nil where it reads none.
  public var penaltyRecords: RecordCollection?
  /// How the model differs from the one asked for, where its steps are only measured.
  var trial = TrialShape()

  /// What a training may know of its run.
  public init(
    seed: UInt64, folder: String, tokenizer: String? = nil, maximumLength: Int? = nil,
    models: ModelLocator = ModelLocator(), base: String? = nil
  ) {
    self.seed = seed
    self.folder = folder
    self.tokenizer = tokenizer
    self.maximumLength = maximumLength
    self.models = models
    self.base = base
  }
}
