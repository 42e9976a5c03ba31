internal import CKernels

/// Weights of a linear map in a form of their own, which kernels multiply by, several maps at a time.
protocol PackedWeights: AnyObject {
  /// A map as the kernels see it.
  associatedtype KernelMap

  var outputs: Int { get }

  /// The map, whose pointers hold for a call.
  func map(bias: UnsafePointer<Float>?, out: UnsafeMutablePointer<Float>) -> KernelMap

  /// Writes activation(x · weights + bias) of each map, whose rows are `width` floats apart.
  static func multiply(_ x: Tensor, _ maps: [KernelMap], _ activation: Activation, width: Int)
}

extension PackedWeights {
  /// A linear map of a product: its weights and what is added.
  typealias Map = (weights: Self, bias: Tensor?)

  /// activation(x · weights + bias) of several maps side by side: `[…, sum of outputs]`.
  static func linear(_ x: Tensor, _ maps: [Map], _ activation: Activation) -> Tensor {
    let width = maps.reduce(0) { $0 + $1.weights.outputs }
    let output = Tensor(uninitialized: x.shape.dropLast() + [width])
    reading([x] + maps.map(\.bias)) {
      var next = output.fresh
      let kernels = maps.map { weights, bias in
        defer { next += weights.outputs }
        return weights.map(bias: bias?.base, out: next)
      }
      multiply(x, kernels, activation, width: width)
    }
    return output
  }
}
