import Records
import Tensors

/// Vectors of virtual tokens: a table, or what a small network makes of one.
protocol VirtualVectors: Sendable {
  /// The number of virtual tokens.
  var count: Int { get }
  /// What training updates.
  var parameters: [NamedParameter] { get }
  /// The vectors: `[count, width]`.
  func callAsFunction(_ tape: Tape) -> Tensor
}

/// Vectors that are trained as they are.
struct VectorTable: VirtualVectors {
  let values: Tensor
  let name: String

  /// - Parameter name: What the table is called, such as in PEFT's file.
  init(_ values: Tensor, name: String = VirtualFile.name) {
    self.values = values
    self.name = name
  }

  var count: Int { values.rows }
  var parameters: [NamedParameter] { [NamedParameter(name: name, tensor: values, role: .weight)] }
  func callAsFunction(_ tape: Tape) -> Tensor { values }
}

/// Vectors that a chain of linear maps makes of trained ones.
///
/// Prefix tuning's projection (Li, Liang 2021) and the encoder of P-tuning (Liu and others 2021) are
/// such: training moves the maps, which all virtual tokens share; what they make is what is filed.
struct VectorNetwork: VirtualVectors {
  /// A linear map with its activation.
  struct Layer: Sendable {
    let weight, bias: Tensor
    let activation: Activation
    let name: String
  }

  let table: Tensor
  let layers: [Layer]
  private let prefix: String

  /// - Parameters:
  ///   - widths: The width of the table, then of each layer's result.
  ///   - activations: Of all layers but the last.
  ///   - names: Of the layers, as torch counts them.
  init(
    count: Int, widths: [Int], activation: Activation, named prefix: String, _ start: VirtualStart
  ) {
    self.prefix = prefix
    table = start.normal("embedding", [count, widths[0]])
    layers = (1..<widths.count).map { number in
      let (inputs, outputs) = (widths[number - 1], widths[number])
      let name = "\(prefix).\(2 * (number - 1))"
      return Layer(
        weight: start.uniform("\(name).weight", [outputs, inputs], inputs),
        bias: start.uniform("\(name).bias", [outputs], inputs),
        activation: number == widths.count - 1 ? .none : activation, name: name)
    }
  }

  var count: Int { table.rows }

  var parameters: [NamedParameter] {
    [NamedParameter(name: "embedding.weight", tensor: table, role: .weight)] + layerParameters
  }

  /// The parameters without the table.
  var layerParameters: [NamedParameter] {
    layers.flatMap { layer in
      [
        NamedParameter(name: "\(layer.name).weight", tensor: layer.weight, role: .weight),
        NamedParameter(name: "\(layer.name).bias", tensor: layer.bias, role: .bias),
      ]
    }
  }

  func callAsFunction(_ tape: Tape) -> Tensor { apply(tape, to: table) }

  /// What the layers make of vectors.
  func apply(_ tape: Tape, to x: Tensor) -> Tensor {
    layers.reduce(x) { x, layer in
      tape.linear(x, weight: layer.weight, bias: layer.bias, activation: layer.activation)
    }
  }
}

/// How vectors and networks begin: as torch's layers do, by a seed and their names.
struct VirtualStart: Sendable {
  let seed: UInt64

  /// Normal numbers, as an embedding begins.
  func normal(_ name: String, _ shape: [Int]) -> Tensor {
    var random = random(name)
    return Tensor((0..<shape.reduce(1, *)).map { _ in Float(random.normal()) }, shape: shape)
  }

  /// Uniform numbers within ±1/√inputs, as a linear map begins.
  func uniform(_ name: String, _ shape: [Int], _ inputs: Int) -> Tensor {
    var random = random(name)
    let bound = 1 / Double(max(inputs, 1)).squareRoot()
    let values = (0..<shape.reduce(1, *)).map { _ in
      Float(bound * (2 * random.uniform() - 1))
    }
    return Tensor(values, shape: shape)
  }

  func random(_ name: String) -> CounterRandom {
    CounterRandom(seed: seed, purpose: "models.virtual", record: name)
  }
}

/// The file of virtual tokens.
enum VirtualFile {
  /// What PEFT calls the vectors.
  static let name = "prompt_embeddings"
}
