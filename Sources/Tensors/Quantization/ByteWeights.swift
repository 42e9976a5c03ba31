internal import CKernels

/// The weights of a linear map as integers from -127 to 127, each output's with one scale.
///
/// Inputs are rounded likewise, row by row, when a product comes. Safe to share: the memory is written
/// before the initialiser returns, and never after.
final class ByteWeights: PackedWeights, @unchecked Sendable {
  let outputs: Int
  private let inputs: Int
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

  func map(bias: UnsafePointer<Float>?, out: UnsafeMutablePointer<Float>) -> anneal_byte_map {
    anneal_byte_map(w: kernel, bias: bias, out: out)
  }

  static func multiply(
    _ x: Tensor, _ maps: [anneal_byte_map], _ activation: Activation, width: Int
  ) {
    anneal_bytes_linear(
      Int64(x.rows), x.base, Int64(maps.count), maps, activation.kernel, Int64(width))
  }

  private var kernel: anneal_bytes {
    anneal_bytes(n: Int64(outputs), k: Int64(inputs), packed: packed, scales: scales.base)
  }
}
