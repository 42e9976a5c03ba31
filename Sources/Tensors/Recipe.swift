internal import Synchronization

/// How the values of a tensor are made again from others that the backward pass keeps anyway.
///
/// The results of norms, activations, gates and attention are cheap to compute but as large as what
/// products make, so a tape lets them go after the forward pass and makes them again when it walks
/// back: the same kernel on the same values gives the same bits.
final class Recipe: Sendable {
  /// Makes some of its rows again, where they can be made one by one.
  let rows: (@Sendable (Range<Int>) -> Tensor)?
  private let make: @Sendable () -> Tensor
  private let isShared: Bool
  private let made = Mutex<Tensor?>(nil)
  private let sources: [Kept]
  private let slope: Slope?

  /// - Parameters:
  ///   - sources: What it is made from; values that nothing overwrites need not be named.
  ///   - slope: What may overwrite the values that it is made from.
  ///   - shared: Whether the first who asks makes the tensor for all others: right for what costs
  ///     time, and is asked for by neighbours on the tape alone.
  init(
    from sources: [Kept], until slope: Slope? = nil,
    rows: (@Sendable (Range<Int>) -> Tensor)? = nil, shared: Bool = false,
    _ make: @escaping @Sendable () -> Tensor
  ) {
    (self.sources, self.slope) = (sources, slope)
    (self.rows, self.make, isShared) = (rows, make, shared)
  }

  /// Whether all that it is made from is still there: not so after a walk back that took its place.
  var holds: Bool { !(slope?.isApplied ?? false) && sources.allSatisfy(\.holds) }

  /// The tensor, made again.
  func tensor() -> Tensor {
    guard isShared else { return make() }
    return made.withLock { made in
      let tensor = made ?? make()
      made = tensor
      return tensor
    }
  }
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
    if let recipe = x.recipe, recipe.holds {
      form = .recipe(recipe)
    } else {
      // Another tensor over the same values, so that the gradient slot of x is not held.
      form = .values(Tensor(storage: x.storage, shape: x.shape))
    }
  }

  /// Whether the values are kept as they are.
  var isThere: Bool {
    if case .values = form { true } else { false }
  }

  fileprivate var holds: Bool {
    if case .recipe(let recipe) = form { recipe.holds } else { true }
  }

  /// The values; made on the spot where they were not kept, so call it once and let go of it soon.
  func tensor() -> Tensor {
    switch form {
    case .values(let tensor): tensor
    case .recipe(let recipe): recipe.tensor()
    }
  }

  /// Calls `body` with the values: all at once where they are kept, else as many rows at a time as
  /// take a few megabytes, so that they pass through the cache.
  func eachRows(
    of count: Int, columns: Int, _ body: (_ first: Int, _ values: Tensor) -> Void
  ) {
    guard case .recipe(let recipe) = form, let rows = recipe.rows else { return body(0, tensor()) }
    // A multiple of the steps that products add up at once.
    let stride = max(1, (1 << 21) / max(columns, 1) / 384) * 384
    for first in Swift.stride(from: 0, to: max(count, 1), by: stride) {
      body(first, rows(first..<min(first + stride, count)))
    }
  }
}
