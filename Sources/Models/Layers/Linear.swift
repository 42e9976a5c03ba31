import Synchronization
public import Tensors

/// A linear map of a model: x · W + b, or x · W.
///
/// `Model.linears` lists a model's maps by name, so that who adapts a model or holds its weights in
/// fewer bits finds them without knowing the architecture.
public final class Linear: Sendable {
  /// The name in the checkpoint, such as `bert.encoder.layer.0.attention.self.query`.
  public let name: String
  /// W, stored as `layout` says; held in 4-bit numbers where the model was loaded so.
  public let weight: Tensor
  /// b: `[outputs]`; nil where the map adds nothing.
  public let bias: Tensor?
  /// How the checkpoint stores W.
  public let layout: WeightLayout
  private let adapted = Mutex<(any LinearAdaptation)?>(nil)

  /// A map from `inputs` to `outputs` values.
  init(
    _ scope: ParameterScope, _ inputs: Int, _ outputs: Int, deviation: Double,
    hasBias: Bool = true, layout: WeightLayout = .outputByInput
  ) {
    let shape = layout == .outputByInput ? [outputs, inputs] : [inputs, outputs]
    name = scope.path
    weight = scope.mapWeight(shape, .normal(deviation), layout)
    bias = hasBias ? scope.bias(outputs) : nil
    self.layout = layout
    scope.register(self)
  }

  /// A map over a weight that is a model's output, which is not among `Model.linears`.
  init(output name: String, weight: Tensor, bias: Tensor?) {
    self.name = name
    self.weight = weight
    self.bias = bias
    layout = .outputByInput
  }

  /// activation(x · W + b).
  func callAsFunction(_ tape: Tape, _ x: Tensor, _ activation: Activation = .none) -> Tensor {
    if let adaptation { return adaptation.apply(tape, x, self, activation) }
    return tape.linear(x, weight: weight, bias: bias, activation: activation, layout: layout)
  }
}

extension Linear {
  /// What a method has put in the place of the plain map, if any.
  public internal(set) var adaptation: (any LinearAdaptation)? {
    get { adapted.withLock { $0 } }
    set { adapted.withLock { $0 = newValue } }
  }

  /// The width of x.
  public var inputs: Int { weight.shape[layout == .outputByInput ? 1 : 0] }
  /// The width of the result.
  public var outputs: Int { weight.shape[layout == .outputByInput ? 0 : 1] }
}
