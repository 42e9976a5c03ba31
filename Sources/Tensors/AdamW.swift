internal import CKernels
internal import Glibc

/// One parameter's step of Adam with decoupled weight decay (Loshchilov, Hutter 2019).
///
/// θ ← θ (1 - lr λ); m ← β₁ m + (1 - β₁) g; v ← β₂ v + (1 - β₂) g²;
/// θ ← θ - lr (m / (1 - β₁ᵗ)) / (√(v / (1 - β₂ᵗ)) + ε).
public struct AdamW: Sendable {
  /// The learning rate of this step.
  public var learningRate: Float
  /// The decay of the mean of gradients.
  public var beta1: Double
  /// The decay of the mean of squared gradients.
  public var beta2: Double
  /// Added to the root.
  public var epsilon: Float
  /// λ, applied to the value itself.
  public var weightDecay: Float

  /// The defaults of torch and Hugging Face's Trainer, except the rate.
  public init(
    learningRate: Float, beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Float = 1e-8,
    weightDecay: Float = 0
  ) {
    self.learningRate = learningRate
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
    self.weightDecay = weightDecay
  }

  /// What the optimizer remembers of one parameter.
  public struct Moments: Sendable {
    /// The mean of gradients.
    public let first: Tensor
    /// The mean of squared gradients.
    public let second: Tensor

    /// Zero moments for a parameter of the given shape.
    public init(shape: [Int]) {
      first = Tensor(shape: shape)
      second = Tensor(shape: shape)
    }

    /// Moments read from a checkpoint.
    public init(first: Tensor, second: Tensor) {
      self.first = first
      self.second = second
    }
  }

  /// Updates `parameter` from its gradient times `gradientFactor`; does nothing without gradient.
  ///
  /// `step` counts from 1. `gradientFactor` is what clipping asks for.
  public func update(
    _ parameter: Tensor, _ moments: Moments, step: Int, gradientFactor: Float = 1
  ) {
    precondition(step >= 1, "optimizer step \(step)")
    guard let gradient = parameter.gradient else { return }
    let settings = anneal_adamw_settings(
      learning_rate: learningRate, beta1: Float(beta1), beta2: Float(beta2),
      // Taken from the rounded 0.999, the rest would be off by 1.3e-5 of itself.
      rest1: Float(1 - beta1), rest2: Float(1 - beta2), epsilon: epsilon,
      weight_decay: weightDecay, correction1: Float(1 - pow(beta1, Double(step))),
      correction2: Float(1 - pow(beta2, Double(step))), gradient_factor: gradientFactor)
    reading(gradient) {
      parameter.storage.write { value in
        moments.first.storage.write { first in
          moments.second.storage.write { second in
            anneal_adamw(Int64(parameter.count), settings, gradient.base, value, first, second)
          }
        }
      }
    }
  }
}

/// The Euclidean length of all gradients of the given tensors together, summed in their order.
public func gradientNorm(of parameters: some Sequence<Tensor>) -> Float {
  var squares = 0.0
  for case let gradient? in parameters.lazy.map(\.gradient) {
    squares += reading(gradient) {
      anneal_sum_of_squares(Int64(gradient.count), gradient.base)
    }
  }
  return Float(squares.squareRoot())
}

/// What to multiply gradients of length `norm` by so that it is at most `maximum`, as torch does it.
public func clippingFactor(norm: Float, maximum: Float) -> Float {
  min(1, maximum / (norm + 1e-6))
}
