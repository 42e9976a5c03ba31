import Models
import Records
import Stages
public import Tensors
public import Train

/// Runs a model on token ids: JSON lines in, scores and losses out, one line for one line.
///
/// ```swift
/// let filter = try ForwardFilter(model: "runs/quickstart", precision: .fp32)
/// try filter.run(input: "-") { write($0) }
/// ```
public struct ForwardFilter: Sendable {
  private let task: any ForwardTask
  private let precision: PrecisionChoice

  /// Loads a model.
  /// - Parameters:
  ///   - name: A model's folder or name, or the folder of a run.
  ///   - adapter: The folder of an adapter on the model.
  ///   - wish: What it shall do; by the class that its `config.json` names if nil.
  /// - Throws: `ModelError` for a model that cannot be used, or is no model of the task.
  public init(
    model name: String, adapter: String? = nil, task wish: TaskName? = nil,
    precision: Precision = .auto, weights: WeightForm = .fp32
  ) throws {
    let folders = try ModelPlace(name, adapter: adapter).folders
    self.precision = PrecisionChoice(precision)
    task = try Self.task(try wish ?? TaskName(folders.configuration), folders, weights)
  }

  /// Reads `input` (`-` is standard input) and calls `write` with a line for each line.
  /// - Throws: `StageError` naming the line and field at fault; the lines before it are written.
  public func run(input: String, write: ([UInt8]) throws -> Void) throws {
    try Engine.$precision.withValue(precision.used) {
      try LineBatches.forEachLine(of: input) { bytes, source in
        var line: [UInt8] = []
        try task.result(ForwardRequest(bytes, at: source)).write(to: &line)
        try write(line)
      }
    }
  }

  private static func task(
    _ name: TaskName, _ folders: ModelFolders, _ weights: WeightForm
  ) throws(ModelError) -> any ForwardTask {
    let (folder, adapter) = (folders.base, folders.adapter)
    let configuration = try folders.configuration
    func limits(_ model: any Model) -> ForwardLimits {
      if weights != .fp32 { model.prepareForInference(weights: weights) }
      return ForwardLimits(model, configuration)
    }
    func tokens(
      _ model: any Model, shift: Int = 0, _ scores: @escaping @Sendable (Tape, TokenBatch) -> Tensor
    ) -> TokenScores {
      TokenScores(limits: limits(model), shift: shift, scores: scores)
    }
    func sequences(
      _ model: any Model, _ scores: @escaping @Sendable (Tape, TokenBatch) -> Tensor
    ) throws(ModelError) -> SequenceScores {
      SequenceScores(
        limits: limits(model), problem: try LabelProblem(configuration),
        scores: scores)
    }
    switch name {
    case .classification:
      let model = try ModelLoader.classifier(folder, adapter: adapter)
      return try sequences(model) { model.logits($0, $1) }
    case .reward:
      let model = try ModelLoader.reward(folder, adapter: adapter)
      return try sequences(model) { model.rewards($0, $1) }
    case .tokenClassification:
      let model = try ModelLoader.tokenClassifier(folder, adapter: adapter)
      return tokens(model) { model.tokenLogits($0, $1) }
    case .causal:
      let model = try ModelLoader.causal(folder, adapter: adapter)
      var task = tokens(model, shift: 1) { model.logits($0, $1) }
      task.prompted = { model.prompted($0) }
      return task
    case .masked:
      let model = try ModelLoader.masked(folder, adapter: adapter)
      return tokens(model) { model.scores($0, hidden: model.predictionStates($0, $1)) }
    case .sequenceToSequence:
      let model = try ModelLoader.sequenceToSequence(folder, adapter: adapter)
      return TargetScores(limits: limits(model), model: model)
    case .encoding:
      let model = try ModelLoader.encoder(folder, adapter: adapter)
      var task = TokenScores(
        limits: limits(model), name: "last_hidden_state", hasLoss: false
      ) { model.hiddenStates($0, $1) }
      task.prompted = { model.prompted($0) }
      return task
    }
  }
}

/// What a model is run for, as a person writes it.
public enum TaskName: String, Sendable, CaseIterable {
  case classification, reward, causal, masked, encoding
  case tokenClassification = "token-classification"
  case sequenceToSequence = "sequence-to-sequence"

  /// The task of the class that a configuration names.
  init(_ configuration: ModelConfiguration) throws(ModelError) {
    switch try configuration.task {
    case .classification?: self = .classification
    case .tokenClassification?: self = .tokenClassification
    case .reward?: self = .reward
    case .causal?: self = .causal
    case .masked?: self = .masked
    case .sequenceToSequence?: self = .sequenceToSequence
    case .encoding?: self = .encoding
    case nil:
      throw ModelError(
        .unsupported, file: configuration.file,
        problem: "its architectures name no task that is known here",
        remedy: "Name one with --task: \(Self.allCases.map(\.rawValue).joined(separator: ", ")).")
    }
  }
}
