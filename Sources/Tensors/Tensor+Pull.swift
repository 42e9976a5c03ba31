internal import CKernels

/// What holds weights near where they began: sums of squares, and the pull back to a start.
extension Tensor {
  /// value ← value + factor · other².
  package func add(squaresOf other: Tensor, factor: Float) {
    precondition(other.shape == shape, "adding squares of \(other.shape) to shape \(shape)")
    reading(other) {
      storage.write { anneal_multiply(Int64(count), factor, other.base, other.base, $0, true) }
    }
  }

  /// value ← value + factor · other.
  package func add(_ other: Tensor, factor: Float) {
    precondition(other.shape == shape, "adding shape \(other.shape) to shape \(shape)")
    reading(other) { storage.write { anneal_scale(Int64(count), factor, other.base, $0, true) } }
  }

  /// The values times a factor, in memory of their own.
  package func scaled(by factor: Float) -> Tensor {
    let result = Tensor(uninitialized: shape)
    reading(self) { anneal_scale(Int64(count), factor, base, result.fresh, false) }
    return result
  }

  /// The sum of all values.
  package var sum: Double { reading(self) { anneal_sum(Int64(count), base) } }

  /// Adds strength · weights · (value - start) to the gradient, where one is wanted.
  ///
  /// - Parameter weights: One a value; 1 where there are none.
  /// - Returns: Σ weights · (value - start)².
  package func pull(towards start: Tensor, weights: Tensor?, strength: Float) -> Double {
    precondition(start.shape == shape, "pulling shape \(shape) towards shape \(start.shape)")
    let size = Int64(count)
    let difference = Tensor(uninitialized: shape)
    reading(self, start) { anneal_combine(size, 1, base, -1, start.base, difference.fresh) }
    guard let weights else {
      slot.add { anneal_scale(size, strength, difference.base, $0, $1) }
      return anneal_sum_of_squares(size, difference.base)
    }
    precondition(weights.shape == shape, "weights of shape \(weights.shape) for \(shape)")
    let (pull, squares) = (Tensor(uninitialized: shape), Tensor(uninitialized: shape))
    reading(weights) {
      anneal_multiply(size, 1, weights.base, difference.base, pull.fresh, false)
    }
    anneal_multiply(size, 1, pull.base, difference.base, squares.fresh, false)
    slot.add { anneal_scale(size, strength, pull.base, $0, $1) }
    return anneal_sum(size, squares.base)
  }
}
