internal import CKernels

/// The weights of a linear map as integers from -127 to 127, each output's with one scale.
///
/// Inputs are rounded likewise, row by row, when a product comes. Safe to share: the memory is written
/// before the initialiser returns, and never after.
final class ByteWeights: @unchecked Sendable {
  private let inputs, outputs: Int
  private let layout: WeightLayout
  private let packed: UnsafeMutablePointer<Int8>
  private let scales: Tensor

  /// Rounds a weight matrix.
  init(_ weight: Tensor, _ layout: WeightLayout) {
    precondition(weight.shape.count == 2, "a weight of shape \(weight.shape)")
    let isTurned = layout == .outputByInput
    (inputs, outputs) = (weight.shape[isTurned ? 1 : 0], weight.shape[isTurned ? 0 : 1])
    self.layout = layout
    scales = Tensor(uninitialized: [outputs])
    let size = Int(anneal_bytes_size(Int64(outputs), Int64(inputs)))
    guard let memory = anneal_allocate(Int64(max(size, 1))) else {
      preconditionFailure("no memory for \(size) bytes of weights")
    }
    packed = memory.bindMemory(to: Int8.self, capacity: size)
    reading(weight) {
      let matrix = anneal_matrix(
        base: weight.base, row: isTurned ? 1 : Int64(outputs), column: isTurned ? Int64(inputs) : 1)
      anneal_bytes_pack(Int64(outputs), Int64(inputs), matrix, packed, scales.fresh)
    }
  }

  deinit { anneal_release(packed, 0) }

  /// Whether these are the weights of a matrix read so.
  func serve(_ shape: [Int], _ layout: WeightLayout) -> Bool {
    self.layout == layout
      && shape == (layout == .outputByInput ? [outputs, inputs] : [inputs, outputs])
  }

  /// activation(x · weights + bias).
  func linear(_ x: Tensor, _ bias: Tensor?, _ activation: Activation) -> Tensor {
    precondition(
      x.columns == inputs && bias.map { $0.count == outputs } ?? true,
      "linear of \(x.shape) by [\(inputs), \(outputs)], a bias of \(bias?.shape ?? [])")
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

extension Tensor {
  /// Makes inference tapes multiply by this weight in 8 bits, until its values change.
  ///
  /// The values stay as they are, for whoever reads or trains them. Where they are a file's, the
  /// memory that reading them took is given back.
  public func holdBytes(_ layout: WeightLayout) {
    storage.byteForm = ByteWeights(self, layout)
    storage.forgetPages()
  }

  /// Makes inference tapes multiply by the values themselves again.
  public func dropBytes() { storage.byteForm = nil }

  /// Whether inference tapes multiply by this weight in 8 bits.
  public var holdsBytes: Bool { storage.byteForm != nil }

  /// The 8-bit form for a product of this tensor, read so.
  func bytes(_ layout: WeightLayout) -> ByteWeights? {
    guard let form = storage.byteForm, form.serve(shape, layout) else { return nil }
    return form
  }
}
