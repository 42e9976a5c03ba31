import Evaluate
import Models
import Records
import Stages
import Tensors
import Tokenize

/// Everything that training needs, read and checked: model, objective, examples.
struct Preparation {
  let model: any Model
  let fresh: [String]
  let tokenizerFolder: String
  let objective: any TrainingObjective
  /// What is updated, and what is saved.
  let method: PreparedMethod
  /// What an adapter's file calls the model below it.
  let baseName: String
  /// Whether the model began with random weights, which no other folder holds.
  let isScratch: Bool
  let training: [Example]
  let validation: [Example]
  /// How parts of the training side are mixed; nil where an epoch takes every record once.
  let mixture: Mixture?
  /// What is answered of the validation side; nil where nobody watches answers.
  let validationTexts: ValidationTexts?
  /// The most tokens of a record.
  let maximumLength: Int
  let precision: PrecisionChoice
  /// What a penalty reads of an old task.
  let oldTask: [Example]
  /// Changes when anything does that the result depends on.
  let fingerprint: String

  /// - Parameter commons: What trainings share that differ in their methods alone; nil for one alone.
  init(
    _ options: TrainingOptions, _ train: RecordCollection, _ validation: RecordCollection?,
    _ context: TrainingContext, _ commons: TrialCommons?
  ) throws {
    let commons = commons ?? TrialCommons(folder: context.folder)
    let plan = options.objectivePlan
    let source = try ModelSource(options, context)
    let tokenizer = try commons.tokenizer { try ModelTokenizer.load(source.tokenizerFolder) }
    let chosen = context.trial.method(options.method)
    let loaded = try source.load(
      for: commons.task { try plan.task(train) }, tokenizer, seed: context.seed,
      dropout: options.values[TrainingOptions.Keys.dropout], base: chosen.base)
    // First, as virtual tokens take of the model's places.
    method = try chosen.prepare(
      loaded.model,
      MethodStart(seed: context.seed, fresh: loaded.fresh, tokenizer: tokenizer))
    maximumLength = options.length(of: loaded.model, otherwise: context.maximumLength)
    let objective = try plan.bind(loaded.model, tokenizer, maximumLength: maximumLength)
    model = loaded.model
    fresh = loaded.fresh
    tokenizerFolder = source.tokenizerFolder
    baseName = source.baseName
    isScratch = source.isScratch
    let sides = try commons.sides(maximumLength: maximumLength) {
      try Self.sides(objective, train, validation, options.mixture?.by, context)
    }
    training = sides.training
    mixture = try options.mixture.map {
      try Mixture($0, parts: sides.parts, seed: context.seed)
    }
    self.objective = try objective.fitted(to: training, taken: mixture?.perEpoch)
    self.validation = sides.validation
    validationTexts = try Self.texts(options, objective, validation, context)
    let penalty = options.penalty
    oldTask = try Self.oldTask(penalty, objective, context)
    guard training.counted > 0 else {
      throw TrainingError(
        "no token of \(training.count) training records would be learned",
        remedy: "look at the records with 'anneal show', at train-on and the turns' own 'train' "
          + "and 'weight', or raise max-length")
    }
    let old = try penalty?.fingerprint(oldTask) ?? []
    let examples = ([training.fingerprint, self.validation.fingerprint] + old)
      .map { String($0, radix: 16) }.joined(separator: "-")
    precision = options.precision
    let settings = JSONValue.object(options.fingerprinted).text
    let scoring = validationTexts == nil ? "" : " \(context.scoring.fingerprint)"
    let mixed = mixture.map { " \($0.fingerprint)" } ?? ""
    fingerprint = ContentHash.of(
      "4 \(context.seed) \(precision.used) \(examples) \(settings)\(scoring)\(mixed)")
  }

  /// Both sides as the model sees them.
  private static func sides(
    _ objective: any TrainingObjective, _ train: RecordCollection, _ validation: RecordCollection?,
    _ parts: MixtureParts?, _ context: TrainingContext
  ) throws -> TrialCommons.Sides {
    let read = try train.map { record in
      (try objective.example(of: record), try parts?.name(of: record, context.sources))
    }
    return TrialCommons.Sides(
      training: read.map(\.0), parts: read.compactMap(\.1),
      validation: try validation?.map { try objective.example(of: $0) } ?? [])
  }

  /// The examples of an old task that a penalty looks at.
  private static func oldTask(
    _ penalty: (any TrainingPenalty)?, _ objective: any TrainingObjective,
    _ context: TrainingContext
  ) throws -> [Example] {
    guard let penalty, !penalty.data.isEmpty else { return [] }
    guard let records = context.penaltyRecords else {
      throw TrainingError(
        "the records of the penalty's data are not given", remedy: "set penaltyRecords")
    }
    let all = try records.map { record throws -> Example in
      do throws(StageError) { return try objective.example(of: record) } catch {
        throw error.code == "unknown-label" ? Self.oldLabel(error) : error
      }
    }
    return EvenPlaces.of(all.count, most: penalty.samples).map {
      objective.drawn(all[$0], nil)
    }
  }

  /// What to do about a class of the old task that the new one lacks.
  private static func oldLabel(_ fault: StageError) -> StageError {
    var fault = fault
    fault.remedy =
      "compute the Fisher information in a run of the old task with 'epochs: 0', and name its file "
      + "as 'fisher' in place of data"
    return fault
  }

  /// What is answered after each epoch, where the choice of a model hangs on it.
  private static func texts(
    _ options: TrainingOptions, _ objective: any TrainingObjective,
    _ validation: RecordCollection?, _ context: TrainingContext
  ) throws -> ValidationTexts? {
    guard let objective = objective as? any WritingObjective, let validation else { return nil }
    let names = try options.watchedTexts.map { try TextMetrics.selector(named: $0).name }
    guard !names.isEmpty else { return nil }
    return try ValidationTexts(
      objective, validation, watched: TextMetrics(named: names), context.scoring,
      seed: context.seed)
  }

  /// What the training records come to.
  var statistics: ExampleStatistics { ExampleStatistics(training) }

  /// What is updated.
  var trainable: [NamedParameter] { method.trainable }

  /// The file of a checkpoint that holds only what is trained.
  static let trainedFile = "trained.safetensors"

  /// Puts the values of a checkpoint into this model: all of them, or those that are trained.
  /// - Throws: `ModelError` where the folder holds another model.
  func restore(from folder: String) throws(ModelError) {
    if method.keepsOnlyTrained {
      let file = try SafetensorsFile("\(folder)/\(Self.trainedFile)")
      try restore(trainable, folder) { (name) throws(ModelError) in try file.tensor(name) }
      for tensor in method.adapter?.state ?? [] { try tensor.take(from: file) }
    } else {
      let checkpoint = try Checkpoint(folder: folder)
      try restore(model.parameters, folder) { (name) throws(ModelError) in
        try checkpoint.tensor(name)
      }
    }
  }

  /// Lets the method choose by gradients what is trained, where it does so before the first step.
  func choose() {
    method.choose?(GradientSample(objective, training))
    for parameter in trainable { parameter.tensor.gradient = nil }
  }

  private func restore(
    _ parameters: [NamedParameter], _ folder: String,
    from stored: (String) throws(ModelError) -> Tensor
  ) throws(ModelError) {
    for parameter in parameters {
      let stored = try stored(parameter.name)
      guard stored.shape == parameter.tensor.shape else {
        throw ModelError(
          .mismatch, file: folder, problem: "\(parameter.name) has the shape \(stored.shape)")
      }
      parameter.tensor.assign(stored)
    }
  }
}

/// Where the model begins: a checkpoint, or an architecture with random weights.
struct ModelSource {
  private let folder: String?
  private let architecture: Component?
  private let trial: TrialShape
  let tokenizerFolder: String
  /// What others call the model: its name, or where it lies.
  let baseName: String
  var isScratch: Bool { folder == nil }

  init(_ options: TrainingOptions, _ context: TrainingContext) throws {
    let name = options.values[TrainingOptions.Keys.model]
    let isScratch = name == TrainingOptions.scratch
    architecture = options.values[TrainingOptions.Keys.architecture]
    trial = context.trial
    guard isScratch == (architecture != nil) else {
      throw TrainingError(
        isScratch
          ? "model 'scratch' needs an architecture" : "model '\(name)' has its own architecture",
        remedy: isScratch
          ? "write architecture: {gpt2: {layers: 4, width: 256, heads: 4}}"
          : "leave architecture out, or write model: scratch")
    }
    folder = isScratch ? nil : try context.models.folder(of: name, base: context.base)
    if let folder, try ModelFolders(folder).adapter != nil {
      throw TrainingError(
        "model '\(name)' is an adapter, which what is trained on it would be saved without",
        remedy: "train on the merged model: anneal export RUN --merge --out DIR")
    }
    let path = FilePaths.join(context.base ?? FilePaths.current, name)
    let isPath = folder == path || name.hasPrefix("~")
    baseName = folder.map { isPath ? $0 : name } ?? "\(context.folder)/\(ModelFolders.ownBase)"
    guard let tokenizer = context.tokenizer ?? folder else {
      throw TrainingError(
        "a model that begins with random weights has no tokenizer of its own",
        remedy: "add a stage 'tokenize: {tokenizer: {bpe: {vocabulary: 8000}}}' that trains one on "
          + "the data")
    }
    tokenizerFolder = tokenizer
  }

  func load(
    for task: ModelTask, _ tokenizer: Tokenizer, seed: UInt64, dropout: Double?,
    base: FourBitBase?
  ) throws -> LoadedModel {
    guard let folder else {
      guard base == nil else {
        throw TrainingError(
          "a model that begins with random weights has learned nothing that 4 bits would keep",
          remedy: "name a trained model, or leave base out of the method")
      }
      return try make(for: task, tokenizer, seed: seed, dropout: dropout)
    }
    if let layers = trial.layers {
      return try ModelLoader.outline(
        of: folder, layers: layers, for: task, seed: seed, dropout: dropout, base: base)
    }
    let loaded = try ModelLoader.load(
      folder, for: task, seed: seed, dropout: dropout, base: base)
    guard tokenizer.vocabularySize <= loaded.model.vocabularySize else {
      throw TrainingError(
        "the tokenizer has \(tokenizer.vocabularySize) tokens and the model takes "
          + "\(loaded.model.vocabularySize)",
        remedy: "use the model's own tokenizer: tokenize: {tokenizer: model}")
    }
    return loaded
  }

  private func make(
    for task: ModelTask, _ tokenizer: Tokenizer, seed: UInt64, dropout: Double?
  ) throws -> LoadedModel {
    guard let architecture else { preconditionFailure("neither folder nor architecture") }
    let values = architecture.values
    let roles = tokenizer.specialTokens
    let sizes = ModelSizes(
      vocabulary: max(tokenizer.vocabularySize, trial.vocabulary ?? 0),
      layers: trial.layers ?? values[ArchitectureKeys.layers],
      hidden: values[ArchitectureKeys.width], heads: values[ArchitectureKeys.heads],
      feedForward: values[ArchitectureKeys.feedForward],
      positions: values[ArchitectureKeys.context], padding: roles.padding,
      beginning: roles.beginning, end: roles.end)
    return LoadedModel(
      model: try ModelLoader.make(
        architecture.name, sizes, for: task, seed: seed, dropout: dropout))
  }
}
