import Records
import Tensors

/// What AdapterHub's files say of an invertible adapter.
struct InvertibleOptions: Sendable {
  let reduction: Double
  let activation: Activation
  let otherActivation: BottleneckActivation?

  /// Options as the `config` of an AdapterHub folder says them; nil where there is no such adapter.
  /// - Throws: `ModelError.unsupported` for `glow`, with which AdapterHub itself computes nothing.
  init?(_ fields: JSONObject, _ config: AdapterConfiguration) throws(ModelError) {
    guard let kind = fields["inv_adapter"]?.string else { return nil }
    guard kind == "nice" else {
      throw ModelError(
        .unsupported, file: config.file,
        problem: "has an inv_adapter '\(kind)' that is not computed here",
        remedy: kind == "glow"
          ? "AdapterHub's glow joins texts the wrong way and computes nothing: train it with nice."
          : "Only nice is.")
    }
    reduction = fields["inv_adapter_reduction_factor"]?.double ?? 2
    guard BottleneckOptions.possibleReductions ~= reduction else {
      throw config.fault("has the inv_adapter_reduction_factor \(reduction)")
    }
    let name = fields["non_linearity"]?.string ?? "relu"
    otherActivation = BottleneckActivation(rawValue: name.lowercased())
    activation = otherActivation == nil ? try Activation(named: name, file: config.file) : .none
  }
}

/// An invertible map of the embeddings' vectors (MAD-X: Pfeiffer and others 2020; NICE: Dinh, Krueger,
/// Bengio 2015).
///
///     y₁ = x₁ + F(x₂)        y₂ = x₂ + G(y₁)
///
/// x₁ and x₂ are the halves of a vector; F and G are small networks.
final class InvertibleMap: Sendable {
  private let first, second: CouplingNetwork
  private let split, width: Int

  init(width: Int, _ options: InvertibleOptions) {
    self.width = width
    split = width / 2
    first = CouplingNetwork(width - split, split, options)
    second = CouplingNetwork(split, width - split, options)
  }

  /// What is filed, by the ends of AdapterHub's names.
  var parameters: [BottleneckParameter] {
    [("F", first), ("G", second)].flatMap { name, network in
      network.parameters.map { ("\(name).\($0.ending)", $0.tensor, $0.role) }
    }
  }

  func callAsFunction(_ tape: Tape, _ x: Tensor) -> Tensor {
    let (left, right) = (
      tape.copy(Columns(x, 0..<split)), tape.copy(Columns(x, split..<width))
    )
    let y = tape.add(left, first(tape, right))
    return tape.joinColumns([y, tape.add(right, second(tape, y))])
  }
}

/// One of the two networks of an invertible map.
private struct CouplingNetwork: Sendable {
  private let down, up: DenseMap
  private let options: InvertibleOptions

  init(_ inputs: Int, _ outputs: Int, _ options: InvertibleOptions) {
    let inner = max(1, Int(Double(inputs) / options.reduction))
    down = DenseMap(Tensor(shape: [inner, inputs]))
    up = DenseMap(Tensor(shape: [outputs, inner]))
    self.options = options
  }

  var parameters: [BottleneckParameter] {
    [("0", down), ("2", up)].flatMap { place, map in
      map.parameters.map { ("\(place).\($0.ending)", $0.tensor, $0.role) }
    }
  }

  func callAsFunction(_ tape: Tape, _ x: Tensor) -> Tensor {
    let inner =
      options.otherActivation.map { $0(tape, down(tape, x, .none)) }
      ?? down(tape, x, options.activation)
    return up(tape, inner, .none)
  }
}
