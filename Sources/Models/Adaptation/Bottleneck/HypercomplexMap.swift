import Tensors

/// A linear map whose weight is a sum of Kronecker products (Compacter: Mahabadi and others 2021).
///
///     W = Σ rule_i ⊗ (left_i · right_i)      y = x · W + b
///
/// The rules `[n, n, n]` may be shared by all maps of a model; each map has n narrow factors, or n whole
/// matrices in the place of `left`.
struct HypercomplexMap: BottleneckMap {
  /// `[n, n, n]`.
  let rule: HypercomplexRule
  /// `[n, inputs / n, rank]` and `[n, rank, outputs / n]`; the latter are ones on the diagonal where the
  /// former are whole.
  let left, right: Tensor
  let bias: Tensor?
  private let ownsRule, ownsFactors, isFactorized: Bool

  /// - Parameters:
  ///   - ownsRule: Whether the rule is this map's alone.
  ///   - ownsFactors: Whether the factors are.
  ///   - right: The narrow factors; nil where `left` is whole.
  ///   - width: The number of outputs of a factor.
  init(
    rule: HypercomplexRule, ownsRule: Bool, left: Tensor, right: Tensor?, ownsFactors: Bool = true,
    bias: Tensor?, width: Int
  ) {
    let count = left.shape[0]
    self.rule = rule
    self.ownsRule = ownsRule
    self.ownsFactors = ownsFactors
    self.left = left
    self.bias = bias
    isFactorized = right != nil
    self.right =
      right
      ?? Tensor(
        (0..<count * width * width).map { $0 % (width * width) % (width + 1) == 0 ? 1 : 0 },
        shape: [count, width, width])
  }

  var parameters: [BottleneckParameter] {
    let factors: [BottleneckParameter] =
      isFactorized
      ? [("W_left", left, .weight), ("W_right", right, .weight)] : [("W", left, .weight)]
    return (ownsFactors ? factors : []) + (bias.map { [("b", $0, .bias)] } ?? [])
      + (ownsRule ? rule.parameters : [])
  }

  func callAsFunction(_ tape: Tape, _ x: Tensor, _ activation: Activation) -> Tensor {
    tape.linear(
      x, weight: tape.kronecker(rule(tape), left, right), bias: bias, activation: activation,
      layout: .inputByOutput)
  }
}

extension Tape {
  /// Σ rule_i ⊗ (left_i · right_i): `[inputs, outputs]`.
  func kronecker(_ rule: Tensor, _ left: Tensor, _ right: Tensor) -> Tensor {
    let sum = KroneckerSum(rule, left, right)
    return record(sum.value, inputs: [rule, left, right]) { gradient in
      let slopes = sum.slopes(gradient)
      for (tensor, slope) in zip([rule, left, right], slopes) where tensor.requiresGradient {
        tensor.accumulate(gradient: Tensor(slope, shape: tensor.shape))
      }
    }
  }
}

/// The sizes and values of a sum of Kronecker products.
private struct KroneckerSum {
  private let count, inputs, outputs, rank: Int
  private let rule, left, right: [Float]

  init(_ rule: Tensor, _ left: Tensor, _ right: Tensor) {
    count = rule.shape[0]
    (inputs, rank, outputs) = (left.shape[1], left.shape[2], right.shape[2])
    precondition(
      rule.shape == [count, count, count] && left.shape[0] == count
        && right.shape == [count, rank, outputs],
      "Kronecker products of \(rule.shape), \(left.shape) and \(right.shape)")
    (self.rule, self.left, self.right) = (rule.values, left.values, right.values)
  }

  /// left_i · right_i at a place.
  private func product(_ i: Int, _ row: Int, _ column: Int) -> Float {
    (0..<rank).reduce(0) { sum, k in
      sum + left[(i * inputs + row) * rank + k] * right[(i * rank + k) * outputs + column]
    }
  }

  /// Calls `body` with every place of the sum and what it is made of.
  private func eachPlace(
    _ body: (_ i: Int, _ rule: Int, _ row: Int, _ column: Int, _ place: Int) -> Void
  ) {
    for i in 0..<count {
      for a in 0..<count {
        for b in 0..<count {
          for row in 0..<inputs {
            let start = (a * inputs + row) * count * outputs + b * outputs
            for column in 0..<outputs {
              body(i, (i * count + a) * count + b, row, column, start + column)
            }
          }
        }
      }
    }
  }

  /// The products, one after the other.
  private var products: [Float] {
    (0..<count).flatMap { i in
      (0..<inputs).flatMap { row in (0..<outputs).map { product(i, row, $0) } }
    }
  }

  var value: Tensor {
    let products = products
    var values = [Float](repeating: 0, count: count * inputs * count * outputs)
    eachPlace { i, rule, row, column, place in
      values[place] += self.rule[rule] * products[(i * inputs + row) * outputs + column]
    }
    return Tensor(values, shape: [count * inputs, count * outputs])
  }

  /// The gradients of rule, left and right.
  func slopes(_ gradient: Tensor) -> [[Float]] {
    let (slope, products) = (gradient.values, products)
    var rules = [Float](repeating: 0, count: rule.count)
    var inner = [Float](repeating: 0, count: products.count)
    eachPlace { i, rule, row, column, place in
      let product = (i * inputs + row) * outputs + column
      rules[rule] += slope[place] * products[product]
      inner[product] += slope[place] * self.rule[rule]
    }
    var lefts = [Float](repeating: 0, count: left.count)
    var rights = [Float](repeating: 0, count: right.count)
    for i in 0..<count {
      for row in 0..<inputs {
        for column in 0..<outputs {
          let own = inner[(i * inputs + row) * outputs + column]
          for k in 0..<rank {
            let (l, r) = ((i * inputs + row) * rank + k, (i * rank + k) * outputs + column)
            lefts[l] += own * right[r]
            rights[r] += own * left[l]
          }
        }
      }
    }
    return [rules, lefts, rights]
  }
}
