internal import CKernels

/// The weights of a linear map as integers from -127 to 127, each output's with one scale.
///
/// Inputs are rounded likewise, row by row, when a product comes. Safe to share: the memory is written
/// before the initialiser returns, and never after.
final class ByteWeights: @unchecked Sendable {
  private let inputs, outputs: Int
  private let packed: UnsafeMutablePointer<Int8>
  private let scales: Tensor

  /// Rounds a weight matrix.
  init(_ weight: Tensor, _ layout: WeightLayout) {
    (inputs, outputs) = layout.sizes(weight.shape)
    scales = Tensor(uninitialized: [outputs])
    let size = Int(anneal_bytes_size(Int64(outputs), Int64(inputs)))
    guard let memory = anneal_allocate(Int64(max(size, 1))) else {
      preconditionFailure("no memory for \(size) bytes of weights")
    }
    packed = memory.bindMemory(to: Int8.self, capacity: size)
    reading(weight) {
      anneal_bytes_pack(
        Int64(outputs), Int64(inputs), layout.matrix(weight), packed, scales.fresh)
    }
  }

  deinit { anneal_release(packed, 0) }

  /// A linear map of a product: its weights and what is added.
  typealias Map = (weights: ByteWeights, bias: Tensor?)

  /// activation(x · weights + bias) of several maps side by side: `[…, sum of outputs]`.
  static func linear(_ x: Tensor, _ maps: [Map], _ activation: Activation) -> Tensor {
    let width = maps.reduce(0) { $0 + $1.weights.outputs }
    let output = Tensor(uninitialized: x.shape.dropLast() + [width])
    var next = output.fresh
    let kernels = maps.map { weights, bias in
      defer { next += weights.outputs }
      return anneal_byte_map(w: weights.kernel, bias: bias?.base, out: next)
    }
    reading([x] + maps.map(\.bias)) {
      anneal_bytes_linear(
        Int64(x.rows), x.base, Int64(kernels.count), kernels, activation.kernel, Int64(width))
    }
    return output
  }

  private var kernel: anneal_bytes {
    anneal_bytes(n: Int64(outputs), k: Int64(inputs), packed: packed, scales: scales.base)
  }
}
