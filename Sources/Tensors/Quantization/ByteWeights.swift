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

  /// activation(x · weights + bias).
  func linear(_ x: Tensor, _ bias: Tensor?, _ activation: Activation) -> Tensor {
    let output = Tensor(uninitialized: x.shape.dropLast() + [outputs])
    let weights = anneal_bytes(
      n: Int64(outputs), k: Int64(inputs), packed: packed, scales: scales.base)
    reading(x, bias) {
      anneal_bytes_linear(
        Int64(x.rows), x.base, weights, bias?.base, activation.kernel, output.fresh)
    }
    return output
  }
}
