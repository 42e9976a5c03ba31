import Models
public import Stages
import Tensors
import Tokenize

/// The candidates of a search on a model, and which of them limits leave out before anything is trained.
public struct SearchPlan: Sendable {
  /// A candidate and what it comes to.
  public struct Entry: Sendable {
    /// The candidate.
    public let candidate: MethodCandidate
    /// Values that are trained.
    public let trained: Int
    /// Bytes of weights, gradients and what the optimizer remembers.
    public let bytes: Int
    /// Why it is left out; nil where it is tried.
    public let fault: String?
  }

  /// The candidates in their order.
  public let entries: [Entry]
  /// Parameters of the model without what a method adds.
  public let parameters: Int

  /// The candidates that are tried.
  var tried: [Entry] { entries.filter { $0.fault == nil } }

  /// Prepares the model by each candidate and counts.
  ///
  /// - Parameter train: The training side; nil where there is none yet, and heads are counted of two
  ///   classes.
  /// - Throws: what says why there is no model or no tokenizer.
  public init(
    _ options: TrainingOptions, train: RecordCollection?, _ context: TrainingContext
  ) throws {
    try self.init(options, train: train, context, TrialCommons(folder: context.folder))
  }

  /// - Parameter commons: Where the tokenizer and the task are kept for the trials.
  init(
    _ options: TrainingOptions, train: RecordCollection?, _ context: TrainingContext,
    _ commons: TrialCommons
  ) throws {
    let values = options.values[TrainingOptions.Keys.method].values
    let names = values[SearchKeys.methods]
    let source = try ModelSource(options, context)
    let tokenizer = try commons.tokenizer { try ModelTokenizer.load(source.tokenizerFolder) }
    let loaded = try source.load(
      for: commons.task { try Self.task(options, train) }, tokenizer, seed: context.seed,
      dropout: nil, base: nil)
    let parameters = loaded.model.parameters.reduce(0) { $0 + $1.tensor.count }
    let start = MethodStart(seed: context.seed, fresh: loaded.fresh, tokenizer: tokenizer)
    let most = values[SearchKeys.parameters].map { $0.most(of: parameters) }
    let memory = values[SearchKeys.memory]?.bytes
    let candidates = MethodCandidate.all(of: loaded.model).filter {
      names?.contains($0.method.name) ?? true
    }
    self.parameters = parameters
    entries = candidates.map { candidate in
      // All are prepared on one model, none of which changes its weights by that.
      defer { loaded.model.removeAdaptations() }
      do {
        let prepared = try MethodDescriptor.method(candidate.method).prepare(loaded.model, start)
        let trained = prepared.trainable.reduce(0) { $0 + $1.tensor.count }
        let bytes = 4 * (parameters + Self.values(of: prepared, options))
        return Entry(
          candidate: candidate, trained: trained, bytes: bytes,
          fault: Self.fault(trained, most, bytes, memory))
      } catch {
        return Entry(candidate: candidate, trained: 0, bytes: 0, fault: Self.reason(error))
      }
    }
  }

  /// The candidates in lines, with what they come to or why they are left out.
  public var lines: [String] {
    entries.map { entry in
      let name = entry.candidate.name
      let blanks = MethodCandidate.longestName + 1 - name.count
      let start = "  \(name)" + String(repeating: " ", count: max(1, blanks))
      if let fault = entry.fault { return "\(start)left out: \(fault)" }
      let share = Double(entry.trained) / Double(max(1, parameters))
      return start
        + "trains \(entry.trained.grouped) parameters (\((share * 1e5).rounded() / 1e3) %), holds "
        + "\(max(1, entry.bytes / 1_000_000)) MB without activations"
    }
  }

  private static func task(
    _ options: TrainingOptions, _ train: RecordCollection?
  ) throws -> ModelTask {
    let plan = options.objectivePlan
    if let train { return try plan.task(train) }
    let isOfClasses =
      options.values[TrainingOptions.Keys.objective].name
      == ClassificationObjective.descriptor.component.name
    return isOfClasses
      ? .classification(labels: ["a", "b"])
      : try plan.task(RecordCollection(path: "", count: 0, threads: 1))
  }

  /// Values that training holds besides the model's: what a method has added, gradients, the optimizer's
  /// memory, an average.
  private static func values(of prepared: PreparedMethod, _ options: TrainingOptions) -> Int {
    let rule = options.updateRule
    let averages = options.values[TrainingOptions.Keys.averaging] == nil ? 0 : 1
    return prepared.trainable.reduce(0) { sum, parameter in
      let memory = rule.memory(of: parameter.tensor.shape)
        .reduce(0) { $0 + $1.shape.reduce(1, *) }
      let own = prepared.adapter == nil ? 0 : parameter.tensor.count
      return sum + own + parameter.tensor.count * (1 + averages) + memory
    }
  }

  private static func fault(_ trained: Int, _ most: Int?, _ bytes: Int, _ memory: Int?) -> String? {
    if let most, trained > most {
      return "trains \(trained.grouped) parameters, above \(most.grouped)"
    }
    if let memory, bytes > memory {
      return "holds \(bytes / 1_000_000) MB without activations, above \(memory / 1_000_000) MB"
    }
    return nil
  }

  private static func reason(_ error: any Error) -> String {
    switch error {
    case let error as TrainingError: error.problem
    case let error as ModelError: error.problem
    default: "\(error)"
    }
  }
}
