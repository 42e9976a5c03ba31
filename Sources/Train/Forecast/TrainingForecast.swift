import Models
public import Stages
import Tensors

/// What a training will take, foretold by a few of its steps on a sample of its records.
public struct TrainingForecast: Sendable {
  /// How many records the sides will have, and what of the sample is not as it will be.
  public struct Scale: Sendable {
    /// The records of the sides.
    public var training, validation, test: Int
    /// The tokens of a vocabulary that will be learned from more than the sample; nil where there is none.
    public var vocabulary: Int?
    /// Bytes of memory that measuring may take; larger models are not tried.
    public var room: Int

    /// The arithmetic of a measured step at most, of which larger ones are told: a second or less on a
    /// machine of today.
    public var operations = 2e11

    /// A run of so many records.
    public init(training: Int, validation: Int, test: Int, vocabulary: Int? = nil, room: Int) {
      (self.training, self.validation, self.test) = (training, validation, test)
      (self.vocabulary, self.room) = (vocabulary, room)
    }
  }

  /// Bytes of memory at the peak, by what they are of.
  public struct Memory: Sendable {
    /// Weights that training holds itself, those that methods add included.
    public let weights: Int
    /// What the optimizer remembers.
    public let optimizer: Int
    /// An average of weights, and those that a penalty compares with.
    public let copies: Int
    /// Gradients, and what a step keeps for the way back.
    public let step: Int
    /// The program, its tokenizer and records, and weights that are read from files.
    public let program: Int

    /// All of it.
    public var total: Int { weights + optimizer + copies + step + program }
  }

  /// Seconds of a part of the run.
  public struct Part: Sendable {
    /// What takes them.
    public let name: String
    /// By the clock, as busy as the machine was while this was foretold.
    public let seconds: Double
    /// Of all processors together.
    public let processorSeconds: Double
  }

  /// Memory at the peak.
  public let memory: Memory
  /// Optimizer steps of the run.
  public let steps: Int
  /// A mean step.
  public let step: Part
  /// What the run does from the first step to its scores.
  public let parts: [Part]
  /// Values of the model, and those that are trained.
  public let parameters, trained: Int
  /// The layers that were tried, where the model has more.
  public let triedLayers: [Int]

  /// Seconds by the clock.
  public var seconds: Double { parts.reduce(0) { $0 + $1.seconds } }
  /// Seconds of all processors together.
  public var processorSeconds: Double { parts.reduce(0) { $0 + $1.processorSeconds } }
}

extension TrainingForecast {
  /// Measures some steps of a training, and tells what all of it will take.
  ///
  /// A model of up to 200 million values is tried whole, with its own weights; of a larger one short ones of
  /// its shape, as ``LayerMix`` has them. It takes seconds, and leaves what it writes in the context's folder.
  /// - Parameters:
  ///   - sample: Records as the training side will have them.
  ///   - peak: Tells the most bytes that the process held since it was asked last; nil where it cannot.
  /// - Throws: what preparing a training throws; `TrainingError` for a model that is too large to be tried.
  public init(
    _ options: TrainingOptions, sample: RecordCollection, _ scale: Scale,
    _ context: TrainingContext,
    peak: () -> Int?
  ) throws {
    guard !options.searchesMethod else {
      throw TrainingError("what a search takes is not foretold", remedy: "name a method")
    }
    let size = try ModelExtent(options, context, vocabulary: scale.vocabulary)
    let mix = try size.mix(room: scale.room)
    let trials = try Trials(mix, options, sample, scale, context, peak)
    let (tallest, costs) = (trials.tallest, trials.costs)
    (parameters, trained) = trials.counts
    triedLayers = mix.depths
    let more = Double(max(0, scale.training + scale.validation - 2 * sample.count))
    memory = Memory(
      costs,
      program: tallest.program.bytes(reading: costs.files) + more * tallest.bytesPerRecord)
    steps = tallest.steps.total
    step = Part("a step", costs.step)
    parts =
      RunParts(
        options, scale, tallest, costs, answers: context.scoring.writing.validationRecords
      ).parts
  }

  /// The models that were tried.
  private struct Trials {
    let tallest: Trial
    private let first: Trial
    private let others: [(trial: Trial, count: Int, keeps: Bool)]

    init(
      _ mix: LayerMix, _ options: TrainingOptions, _ sample: RecordCollection, _ scale: Scale,
      _ context: TrainingContext, _ peak: () -> Int?
    ) throws {
      // The tallest first: what the others take of the same tokens differs by their layers alone.
      let shapes = mix.shapes.sorted { ($0.layers ?? 0) > ($1.layers ?? 0) }
      var trials: [TrialShape: Trial] = [:]
      for shape in shapes {
        let most = trials[shapes[0]]?.mostTokens
        do {
          trials[shape] = try Trial(options, sample, scale, context, shape, most: most, peak)
        } catch  where shape.isShortened && (error is TrainingError || error is ModelError) {
          throw TrainingError(
            "a model of this size is tried with one and two layers, which the method does not fit",
            remedy: "this is no fault of the file; a method that names no layers is foretold")
        }
      }
      guard let first = trials[mix.first], let tallest = trials[shapes[0]] else {
        preconditionFailure("no model to try")
      }
      (self.first, self.tallest) = (first, tallest)
      others = mix.others.compactMap { other in
        trials[other.shape].map { ($0, other.count, other.keeps) }
      }
    }

    /// What the whole model costs.
    var costs: TrialCosts {
      .extended(first.costs, by: others.map { ($0.trial.costs, $0.count, $0.keeps) })
    }

    /// Its values, and those that are trained.
    var counts: (parameters: Int, trained: Int) {
      (count(\.counts.parameters), count(\.counts.trained))
    }

    private func count(_ field: KeyPath<Trial, Int>) -> Int {
      others.reduce(first[keyPath: field]) {
        $0 + $1.count * ($1.trial[keyPath: field] - first[keyPath: field])
      }
    }
  }

  /// What the process holds besides tensors.
  struct Program {
    /// While weights are read, and once they have been changed.
    private let first, later: Double
    /// What a program of this kind holds where the system does not tell.
    private static let usual = 80e6

    /// - Parameters:
    ///   - first: The most bytes of the process until the weights had been changed once, nil if unknown.
    ///   - later: The same from then on.
    ///   - tensors: The most bytes of tensors.
    init(first: Int?, later: Int?, tensors: Double) {
      self.first = first.map { Double($0) - tensors } ?? Self.usual
      self.later = later.map { Double($0) - tensors } ?? Self.usual
    }

    /// The most of it: at the start, or in scoring, when files of the saved model are read besides.
    func bytes(reading files: Double) -> Double { max(0, first, later + files) }
  }

  /// What was measured, and what stays of the training that it was measured on.
  struct Trial {
    let costs: TrialCosts
    let counts: (parameters: Int, trained: Int)
    let steps: EpochSteps
    let hasConstantTrunk: Bool
    let bytesPerRecord: Double
    let mostTokens: Int
    let program: Program

    init(
      _ options: TrainingOptions, _ sample: RecordCollection, _ scale: Scale,
      _ context: TrainingContext, _ shape: TrialShape, most: Int?, _ peak: () -> Int?
    ) throws {
      var context = context
      context.trial = shape
      Engine.releaseMemory()
      _ = peak()
      if context.penaltyRecords == nil { context.penaltyRecords = sample }
      let trial = try StepTrial(options, sample: sample, scale, context, most: most)
      var first: Int?
      costs = try trial.run { first = peak() }
      program = Program(first: first, later: peak(), tensors: costs.tried)
      counts = trial.counts
      steps = trial.steps
      hasConstantTrunk = trial.hasConstantTrunk
      bytesPerRecord = trial.bytesPerRecord
      mostTokens = trial.mostTokens
      try Folders.remove(context.folder)
    }
  }
}

extension TrainingForecast.Memory {
  fileprivate init(_ costs: TrialCosts, program: Double) {
    weights = Int(costs.weights)
    optimizer = Int(costs.optimizer)
    copies = Int(max(0, costs.held - costs.weights - costs.optimizer))
    step = Int(max(0, costs.mostAbove))
    self.program = Int(program)
  }
}

extension TrainingForecast.Part {
  init(_ name: String, _ seconds: TrialCosts.Seconds) {
    self.init(name: name, seconds: seconds.wall, processorSeconds: seconds.processor)
  }
}
