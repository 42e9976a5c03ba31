public import Records
public import Stages

/// Chooses or learns the run's tokenizer, leaves it in `tokenizer/`, and counts what it makes of records.
///
/// Records go on unchanged: models are fed by the training step, which cuts texts to the same length.
/// `tokenizer/statistics.json` tells tokens, cut records, unknown tokens and fertility (tokens a word) for
/// each side; a record that is cut or has unknown tokens says so in the ledger.
public struct TokenizeStage: CollectionStage, ModelTokenizerStage {
  /// Where the tokenizer comes from.
  public let tokenizer: TokenizerChoice
  /// The most tokens of a record, special ones included; nil for no bound.
  public let maximumLength: Int?
  private let selector: Selector
  private let modelFolder: String?

  /// A stage with its options.
  public init(
    tokenizer: TokenizerChoice, maximumLength: Int? = nil, selector: Selector = .all
  ) {
    self.init(
      tokenizer: tokenizer, maximumLength: maximumLength, selector: selector, modelFolder: nil)
  }

  private init(
    tokenizer: TokenizerChoice, maximumLength: Int?, selector: Selector, modelFolder: String?
  ) {
    self.tokenizer = tokenizer
    self.maximumLength = maximumLength
    self.selector = selector
    self.modelFolder = modelFolder
  }

  /// The stage with the folder of the model that is trained, for `tokenizer: model`.
  public func resolving(model folder: String) -> TokenizeStage {
    TokenizeStage(
      tokenizer: tokenizer, maximumLength: maximumLength, selector: selector, modelFolder: folder)
  }

  /// The tokenizer's file, or the folder that holds it; nil where it is learned.
  private func location() throws(StageError) -> String? {
    switch tokenizer {
    case .learned: return nil
    case .path(let path): return path.resolved
    case .model:
      guard let modelFolder else {
        throw StageError(
          "no-model", "'tokenizer: model' needs a model to take the tokenizer from",
          remedy:
            "name one under 'train: model:', or give a path, 'bpe', 'wordpiece' or 'unigram' here")
      }
      return modelFolder
    }
  }

  /// The files of a tokenizer that is not learned.
  public func dependencies() throws(StageError) -> [String] {
    guard let location = try location() else { return [] }
    let files = Tokenizer.files(at: location)
    guard Folders.exists(location), !files.isEmpty else {
      throw StageError(
        "no-tokenizer", "\(location) holds no tokenizer",
        remedy: "give a tokenizer.json or another file of a tokenizer, a folder that holds one, "
          + "'model', 'bpe', 'wordpiece' or 'unigram'")
    }
    return files
  }

  /// What each record comes to.
  public struct Plan: Sendable {
    fileprivate let tallies: [RecordTally]
  }

  /// Loads or learns the tokenizer, saves it and counts the tokens of every record.
  public func plan(_ records: RecordCollection, _ context: StageContext) throws -> Plan {
    let tokenizer = try makeTokenizer(records, context)
    let measure = RecordMeasure(
      tokenizer: tokenizer, maximumLength: maximumLength, selector: selector)
    let tallies = try records.map { ($0.side, measure.tally($0)) }
    if !context.artifacts.isEmpty {
      try tokenizer.save(to: "\(context.artifacts)/tokenizer")
      let statistics = TokenStatistics(tallies, vocabularySize: tokenizer.vocabularySize)
      try AtomicFile.write(
        statistics.json.prettyText.utf8, to: "\(context.artifacts)/tokenizer/statistics.json")
    }
    return Plan(tallies: tallies.map(\.1))
  }

  private func makeTokenizer(
    _ records: RecordCollection, _ context: StageContext
  ) throws -> Tokenizer {
    if let location = try location() { return try Tokenizer.load(location) }
    guard case .learned(let component) = tokenizer else {
      preconditionFailure("a tokenizer without a location is learned")
    }
    var trainer = try TokenizerTrainer(LearnedVocabulary.options(component))
    try records.training.forEachBatch { batch in
      trainer.count(
        batch.flatMap { $0.fields(selector).map(\.text) }, threads: context.threads)
    }
    return try trainer.train(threads: context.threads)
  }

  /// Keeps every record and notes what the tokenizer cuts or does not know.
  public func outcome(
    of record: Record, at index: Int, _ plan: Plan, _ context: StageContext
  ) throws(StageError) -> Outcome {
    .keep(record, note: plan.tallies[index].note)
  }
}

extension TokenizeStage {
  static let source = Parameter(
    "tokenizer", default: TokenizerChoice.model,
    "The trained model's own tokenizer, a path, or a vocabulary to learn from the training side.")
  static let length = Parameter(
    "max-length", default: Int?.none, aliases: ["max-seq-length", "cutoff-len", "sequence-len"],
    "The most tokens of a record, special ones included; unbounded where none is written.",
    check: Check.optionalAtLeast(1))
  static let field = Parameter(
    "field", default: Selector.all, aliases: ["fields"], "The texts that are tokenized.")

  /// What the stage is called, does and takes.
  public static let descriptor = StageDescriptor(
    "tokenize", "Choose or learn the tokenizer, and count tokens, cut records and unknown tokens.",
    role: .fitting, parameters: [source, length, field],
    memory:
      "28 bytes a record; learning a vocabulary 40 bytes a distinct word and 20 for each of its bytes",
    example: "tokenize: {tokenizer: {bpe: {vocabulary: 8000}}, max-length: 256}"
  ) { values throws(Diagnostic) in
    TokenizeStage(
      tokenizer: values[source], maximumLength: values[length], selector: values[field])
  }
}
