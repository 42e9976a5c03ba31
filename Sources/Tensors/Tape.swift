internal import CKernels

/// Records operations so that gradients can be computed by walking them backwards.
///
/// Operations are methods of the tape. One tape serves one forward pass and one `backward`:
/// ```swift
/// let tape = Tape(training: .init(seed: 42, step: 7))
/// let loss = tape.crossEntropy(model(tape, batch), targets: labels).mean
/// tape.backward(from: loss)      // parameter.gradient is now there, or was added to
/// ```
/// An operation none of whose inputs requires a gradient is not recorded, so the walk ends below
/// the lowest trainable tensor.
public final class Tape {
  /// Where dropout masks come from: they depend on these numbers, the operation and the rows' keys.
  ///
  /// Micro-batches of one accumulated step share `step`; their sequences' keys tell them apart.
  public struct Randomness: Sendable, Hashable {
    /// The run's seed.
    public var seed: UInt64
    /// The optimizer step.
    public var step: Int

    /// Masks of one step of one run.
    public init(seed: UInt64, step: Int) {
      self.seed = seed
      self.step = step
    }
  }

  /// Whether operations are recorded.
  public let isRecording: Bool
  /// Where dropout comes from; nil turns dropout off.
  public let randomness: Randomness?
  /// What products multiply, both ways: `Engine.precision` where the tape was made.
  let precision: anneal_precision
  /// Whether `layer` keeps only what goes into a layer.
  public let checkpointsLayers: Bool
  /// The noise on the vectors of tokens, as NEFTune's alpha; 0 for none.
  public let embeddingNoise: Float
  /// The keys of the rows that a model's layers work on now, for dropouts within adapted layers.
  ///
  /// Bodies of models set them; where a layer works on rows of two layouts, both are there.
  package var rowKeys: [RowKeys] = []
  private var nodes: [Node] = []
  /// How many operations chance has had a part in so far.
  var dropouts: UInt64 = 0

  private struct Node {
    let slot: GradientSlot
    let backward: (Tensor) -> Void
  }

  /// A tape that records and, where `randomness` is given, drops out.
  /// - Parameter checkpointsLayers: Whether the layers of models keep only what goes into them, and
  ///   are computed again by the backward pass: less memory for more time.
  /// - Parameter embeddingNoise: NEFTune's alpha, where `randomness` is given; 0 for no noise.
  public init(
    training randomness: Randomness? = nil, checkpointsLayers: Bool = false,
    embeddingNoise: Float = 0
  ) {
    _ = Engine.isPrepared
    precision = Engine.kernelPrecision
    isRecording = true
    self.randomness = randomness
    self.checkpointsLayers = checkpointsLayers
    self.embeddingNoise = embeddingNoise
  }

  private init(inference: Void) {
    _ = Engine.isPrepared
    precision = Engine.kernelPrecision
    isRecording = false
    randomness = nil
    checkpointsLayers = false
    embeddingNoise = 0
  }

  /// A tape for part of another one's operations, whose dropouts it goes on counting.
  init(within other: Tape, dropouts: UInt64) {
    precision = other.precision
    isRecording = true
    randomness = other.randomness
    checkpointsLayers = false
    embeddingNoise = 0
    rowKeys = other.rowKeys
    self.dropouts = dropouts
  }

  /// A tape that records nothing and drops nothing out.
  public static func inference() -> Tape { Tape(inference: ()) }

  /// Registers an operation of your own: `backward` gets the output's gradient and adds the inputs'.
  ///
  /// Returns `output`. `backward` is called once, and not at all where no input requires a gradient;
  /// use `Tensor.accumulate(gradient:)` in it for each input.
  @discardableResult
  public func record(
    _ output: Tensor, inputs: [Tensor], backward: @escaping (_ gradient: Tensor) -> Void
  ) -> Tensor {
    guard isRecording, inputs.contains(where: { $0.requiresGradient }) else { return output }
    output.requiresGradient = true
    for input in inputs { input.slot.use() }
    append(output.slot, backward)
    return output
  }

  /// Registers what is to be done with the gradient of a slot.
  func append(_ slot: GradientSlot, _ backward: @escaping (Tensor) -> Void) {
    slot.isResult = true
    nodes.append(Node(slot: slot, backward: backward))
  }

  /// Walks back from `loss` (a single value, times `scale`), leaving gradients on the leaves.
  ///
  /// Frees recorded intermediate results as soon as it has used them. `scale` serves accumulation over micro-batches.
  public func backward(from loss: Tensor, scale: Float = 1) {
    precondition(loss.count == 1, "backward from a tensor of shape \(loss.shape)")
    backward(from: loss, gradient: Tensor(repeating: scale, shape: loss.shape))
  }

  /// Walks back from `output` with the given gradient of it.
  public func backward(from output: Tensor, gradient: Tensor) {
    precondition(isRecording, "backward on an inference tape")
    TensorMemory.shared.noteKept()
    output.accumulate(gradient: gradient)
    walkBack()
  }

  /// Walks back from a slot whose gradient is at hand.
  func backward(from slot: GradientSlot, adopting gradient: Tensor) {
    slot.add(gradient)
    walkBack()
  }

  private func walkBack() {
    while let node = nodes.popLast() {
      guard let gradient = node.slot.take() else { continue }
      node.backward(gradient)
      gradient.letGo()
    }
  }

  /// The key of the next dropout of this tape; nil when nothing is dropped.
  func dropoutSeed(_ probability: Float) -> UInt64? {
    guard probability > 0 else { return nil }
    precondition(probability < 1, "a dropout probability of \(probability)")
    return nextSeed()
  }

  /// The key of the next operation that chance has a part in; nil where it has none.
  func nextSeed() -> UInt64? {
    guard let randomness else { return nil }
    dropouts += 1
    let step = RowKeys.combine(randomness.seed, UInt64(bitPattern: Int64(randomness.step)))
    return RowKeys.combine(step, dropouts)
  }
}

/// A dropout of an operation: how much, and what tells its rows apart.
public struct Dropout: Sendable {
  /// The share of elements set to zero; the others are divided by what is left.
  public var probability: Float
  /// One key per row.
  public var keys: RowKeys

  /// Dropout with a probability over rows with the given keys.
  public init(_ probability: Float, keys: RowKeys) {
    self.probability = probability
    self.keys = keys
  }
}

/// A dropout as the kernels take it.
struct ResolvedDropout {
  let kernel: anneal_dropout
  let keys: [UInt64]

  static let none = ResolvedDropout(kernel: anneal_dropout(seed: 0, probability: 0), keys: [])
}

extension Tape {
  /// The dropout of a tensor of so many rows by the keys of the rows at work; nil if none drops.
  package func dropout(_ probability: Float, rows: Int) -> Dropout? {
    guard randomness != nil, probability > 0 else { return nil }
    guard let keys = rowKeys.last(where: { $0.values.count == rows }) else {
      preconditionFailure(
        "no keys for \(rows) rows among \(rowKeys.map(\.values.count)) that the model has set")
    }
    return Dropout(probability, keys: keys)
  }

  /// The dropout to apply now, checked against the number of rows.
  func resolve(_ dropout: Dropout?, rows: Int) -> ResolvedDropout {
    guard let dropout, let seed = dropoutSeed(dropout.probability) else { return .none }
    precondition(
      dropout.keys.values.count >= rows,
      "\(dropout.keys.values.count) dropout keys for \(rows) rows")
    let kernel = anneal_dropout(seed: seed, probability: dropout.probability)
    return ResolvedDropout(kernel: kernel, keys: dropout.keys.values)
  }
}

extension Tensor {
  /// Adds `gradient` to this tensor's gradient; does nothing where none is required.
  public func accumulate(gradient: Tensor) {
    slot.accumulate(gradient)
  }
}
