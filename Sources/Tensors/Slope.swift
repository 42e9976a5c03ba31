internal import CKernels
internal import Synchronization

/// The slope of an activation at its argument, by which the operation that has the gradient of the
/// result may multiply it block by block, as they come from the product.
///
/// The product then takes the memory of the argument, which no one needs after its slope: so neither
/// the gradient of the result nor a pass over it is needed.
final class Slope: Sendable {
  private let activation: Activation
  /// What the activation is applied to; afterwards the gradient of that.
  let argument: Tensor
  private let applied = Atomic<Bool>(false)

  init(_ activation: Activation, at argument: Tensor) {
    (self.activation, self.argument) = (activation, argument)
  }

  /// Whether the argument has given way to its gradient.
  var isApplied: Bool { applied.load(ordering: .acquiring) }

  /// argument = (gradient · weight) activation'(argument), for a gradient of `[rows, columns]` and a
  /// weight read as `[columns, argument's columns]`; false where it is to be done one by one.
  func apply(
    _ precision: anneal_precision, to gradient: Tensor, columns: Int, _ weight: anneal_matrix
  ) -> Bool {
    let done = argument.storage.write { memory in
      anneal_linear_slope(
        precision, Int64(argument.rows), Int64(argument.columns), Int64(columns), gradient.base,
        weight, activation.kernel, memory)
    }
    if done { applied.store(true, ordering: .releasing) }
    return done
  }
}
