/// How the values of a tensor are made again from others that the backward pass keeps anyway.
///
/// The results of norms, activations and gates are cheap to compute but as large as what products
/// make, so a tape lets them go after the forward pass and makes them again when it walks back: the
/// same kernel on the same values gives the same bits.
final class Recipe: Sendable {
  /// Makes the tensor again.
  let tensor: @Sendable () -> Tensor

  init(_ tensor: @escaping @Sendable () -> Tensor) { self.tensor = tensor }
}

/// Values of a tensor for the backward pass: kept, or made again.
struct Kept: Sendable {
  private enum Form {
    case values(Tensor)
    case recipe(Recipe)
  }
  private let form: Form

  /// What stands for `x` in the backward pass: its recipe where it has one.
  init(_ x: Tensor) {
    // Another tensor over the same values, so that the gradient slot of x is not held.
    form = x.recipe.map { .recipe($0) } ?? .values(Tensor(storage: x.storage, shape: x.shape))
  }

  /// The values; made on the spot where they were not kept, so call it once and let go of it soon.
  func tensor() -> Tensor {
    switch form {
    case .values(let tensor): tensor
    case .recipe(let recipe): recipe.tensor()
    }
  }
}
