internal import CKernels

/// One parameter's step of Adafactor (Shazeer, Stern 2018), as transformers takes it.
///
/// Of the mean of squared gradients of a matrix only the means of rows and of columns are kept, whose
/// product stands for it; tensors of more dimensions are matrices one after the other. The update is
/// scaled down where its root mean square is above `clipThreshold`.
package struct Adafactor: Sendable {
  /// The learning rate of this step.
  package var learningRate: Float
  /// The decay of the means of squares at this step.
  package var decay: Double
  /// Added to squared gradients.
  package var epsilon: Float
  /// The root mean square of updates before the learning rate, at most.
  package var clipThreshold: Float
  /// The decay of the mean of updates; nil for none.
  package var beta1: Double?
  /// λ, applied to the value itself.
  package var weightDecay: Float

  /// A step.
  package init(
    learningRate: Float, decay: Double, epsilon: Float = 1e-30, clipThreshold: Float = 1,
    beta1: Double? = nil, weightDecay: Float = 0
  ) {
    self.learningRate = learningRate
    self.decay = decay
    self.epsilon = epsilon
    self.clipThreshold = clipThreshold
    self.beta1 = beta1
    self.weightDecay = weightDecay
  }

  /// What it remembers of one parameter.
  package enum Squares {
    /// The mean of squared gradients, of a vector or a single value.
    case whole(Tensor)
    /// Its means over columns, and over rows.
    case factored(rows: Tensor, columns: Tensor)
  }

  /// The shapes of the means over columns and over rows; nil for a shape that is kept whole.
  package static func meanShapes(_ shape: [Int]) -> (rows: [Int], columns: [Int])? {
    guard shape.count >= 2 else { return nil }
    return (Array(shape.dropLast()), shape.dropLast(2) + [shape[shape.count - 1]])
  }

  /// Updates `parameter` from its gradient times `gradientFactor`; does nothing without gradient.
  /// - Parameter mean: The mean of updates, where there is one: `beta1`.
  package func update(
    _ parameter: Tensor, _ squares: Squares, mean: Tensor? = nil, gradientFactor: Float = 1
  ) {
    guard let gradient = parameter.gradient, parameter.count > 0 else { return }
    let shape = Self.matrices(parameter.shape)
    let factors = self.factors(shape, gradient, squares, gradientFactor)
    let scale = self.scale(shape, gradient, factors, gradientFactor)
    let settings = anneal_adafactor_settings(
      learning_rate: learningRate, weight_decay: weightDecay, scale: scale,
      beta1: Float(beta1 ?? 0),
      rest1: Float(1 - (beta1 ?? 0)), gradient_factor: gradientFactor)
    reading(gradient, factors.rows, factors.columns) {
      parameter.storage.write { value in
        func step(_ mean: UnsafeMutablePointer<Float>?) {
          anneal_adafactor(
            shape, settings, factors.rows.base, factors.columns.base, gradient.base, value, mean)
        }
        if let mean { mean.storage.write { step($0) } } else { step(nil) }
      }
    }
  }

  /// A shape as matrices; a vector is a matrix of one row.
  private static func matrices(_ shape: [Int]) -> anneal_matrices {
    let size = shape.suffix(2)
    return anneal_matrices(
      count: Int64(shape.dropLast(2).reduce(1, *)),
      rows: Int64(size.count == 2 ? size[size.startIndex] : 1), columns: Int64(size.last ?? 1))
  }

  /// Takes the gradient into the means of squares, and makes the two factors of the update of them.
  private func factors(
    _ shape: anneal_matrices, _ gradient: Tensor, _ squares: Squares, _ gradientFactor: Float
  ) -> (rows: Tensor, columns: Tensor) {
    let (count, rows, columns) = (Int(shape.count), Int(shape.rows), Int(shape.columns))
    let means = Tensor(uninitialized: [count * columns])
    reading(gradient) {
      anneal_mean_squares_of_columns(shape, gradientFactor, epsilon, gradient.base, means.fresh)
    }
    switch squares {
    case .whole(let mean):
      take(means, into: mean)
      return (Tensor(repeating: 1, shape: [1]), Self.roots(mean.values))
    case .factored(let rowMean, let columnMean):
      take(means, into: columnMean)
      let rowMeans = Tensor(uninitialized: [count * rows])
      reading(gradient) {
        anneal_mean_squares_of_rows(
          shape, gradientFactor, epsilon, gradient.base, rowMeans.fresh)
      }
      take(rowMeans, into: rowMean)
      return (
        Self.roots(Self.shares(rowMean.values, of: rows)), Self.roots(columnMean.values)
      )
    }
  }

  /// mean ← decay mean + (1 - decay) new.
  private func take(_ new: Tensor, into mean: Tensor) {
    reading(new) {
      mean.storage.write {
        // What a decay near 1 leaves would be lost in its rounding.
        anneal_combine(
          Int64(mean.count), Float(decay), UnsafePointer($0), Float(1 - decay), new.base, $0)
      }
    }
  }

  /// One over the root of each value.
  private static func roots(_ values: [Float]) -> Tensor {
    Tensor(values.map { 1 / $0.squareRoot() })
  }

  /// Values over the mean of their matrix, which has so many of them.
  private static func shares(_ values: [Float], of rows: Int) -> [Float] {
    var shares = values
    for start in stride(from: 0, to: values.count, by: max(rows, 1)) {
      let matrix = values[start..<start + rows]
      let mean = Float(matrix.reduce(0.0) { $0 + Double($1) } / Double(rows))
      for place in matrix.indices { shares[place] /= mean }
    }
    return shares
  }

  /// What the threshold leaves of an update.
  private func scale(
    _ shape: anneal_matrices, _ gradient: Tensor, _ factors: (rows: Tensor, columns: Tensor),
    _ gradientFactor: Float
  ) -> Float {
    var totals = [Double](repeating: 0, count: Int(shape.count * shape.rows))
    let sum = reading(gradient, factors.rows, factors.columns) {
      anneal_squares_of_scaled(
        shape, gradientFactor, factors.rows.base, factors.columns.base, gradient.base, &totals)
    }
    let root = Float((sum / Double(gradient.count)).squareRoot())
    return 1 / max(1, root / clipThreshold)
  }
}

extension Tensor {
  /// The root of the mean of squared values; 0 for no values.
  package var rootMeanSquare: Float {
    let sum = reading(self) { anneal_sum_of_squares(Int64(count), base) }
    return Float((sum / Double(max(count, 1))).squareRoot())
  }

  /// value ← value + share (other - value), in the two forms of torch's `lerp`: from the nearer end.
  package func approach(_ other: Tensor, by share: Double) {
    precondition(other.shape == shape, "shape \(shape) approaching shape \(other.shape)")
    // Not (1 - share) value + share other: rounded shares do not add up to 1, and values would drift.
    let difference = Tensor(uninitialized: shape)
    reading(self, other) {
      anneal_combine(Int64(count), 1, other.base, -1, base, difference.fresh)
    }
    reading(other, difference) {
      storage.write {
        let (start, part) =
          share < 0.5 ? (UnsafePointer($0), share) : (other.base, share - 1)
        anneal_combine(Int64(count), 1, start, Float(part), difference.base, $0)
      }
    }
  }
}
