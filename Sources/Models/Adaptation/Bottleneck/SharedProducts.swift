import Records
import Tensors

/// The factors of a map that is a sum of Kronecker products, as they begin.
struct ProductFactors: Sendable {
  /// `[n, inputs / n, rank]`, and `[n, rank, outputs / n]`, which is nil where the former are whole.
  let left: Tensor
  let right: Tensor?

  init(
    _ sizes: BottleneckOptions.Hypercomplex, _ inputs: Int, _ outputs: Int, seed: UInt64,
    _ path: String
  ) {
    let (rows, columns) = (inputs / sizes.count, outputs / sizes.count)
    let rank = sizes.isFactorized ? sizes.rank : columns
    left = Self.glorot(path + " left", [sizes.count, rows, rank], seed)
    right =
      sizes.isFactorized
      ? Self.glorot(path + " right", [sizes.count, rank, columns], seed) : nil
  }

  /// Uniform numbers by the widths of each factor (Glorot, Bengio 2010).
  private static func glorot(_ name: String, _ shape: [Int], _ seed: UInt64) -> Tensor {
    var random = CounterRandom(seed: seed, purpose: "models.adapt", record: name)
    let bound = (6 / Double(shape[1] + shape[2])).squareRoot()
    let values = (0..<shape.reduce(1, *)).map { _ in
      Float(bound * (2 * random.uniform() - 1))
    }
    return Tensor(values, shape: shape)
  }
}

/// What all maps of a model have in common of their Kronecker products.
struct SharedProducts: Sendable {
  private(set) var rule: HypercomplexRule?
  private(set) var down, up: ProductFactors?

  /// - Parameter width: The model's.
  /// - Throws: `ModelError.invalid` where widths are no multiples of the number of rules, `.unsupported` where
  ///   layers of several widths were to share factors.
  init(_ options: BottleneckOptions, width: Int, seed: UInt64) throws(ModelError) {
    guard let sizes = options.hypercomplex else { return }
    if sizes.sharesRule { rule = sizes.rule(seed: seed, "phm_rule") }
    guard sizes.sharesFactors else { return }
    guard options.reductions.isEmpty else {
      throw ModelError(
        .unsupported, file: "method",
        problem: "shared_W_phm: layers with reductions of their own share no factors")
    }
    let inner = max(1, Int(Double(width) / options.reduction))
    try sizes.require(width, inner)
    down = ProductFactors(sizes, width, inner, seed: seed, "W_down")
    up = ProductFactors(sizes, inner, width, seed: seed, "W_up")
  }

  /// What is filed, by the ends of AdapterHub's names.
  var parameters: [BottleneckParameter] {
    let factors: [BottleneckParameter] = [("W_down", down), ("W_up", up)].flatMap { name, factors in
      guard let factors else { return [BottleneckParameter]() }
      guard let right = factors.right else { return [(name, factors.left, .weight)] }
      return [("\(name)_left", factors.left, .weight), ("\(name)_right", right, .weight)]
    }
    return (rule?.parameters ?? []) + factors
  }
}

extension BottleneckOptions.Hypercomplex {
  /// Rules as they begin.
  func rule(seed: UInt64, _ name: String) -> HypercomplexRule {
    func start(_ name: String, _ shape: [Int]) -> Tensor {
      var random = CounterRandom(seed: seed, purpose: "models.adapt", record: name)
      return Tensor(
        (0..<shape.reduce(1, *)).map { _ in Float(ruleDeviation * random.normal()) }, shape: shape)
    }
    guard hasRuleFactors else { return .whole(start(name, [count, count, count])) }
    return .factors(
      left: start(name + " left", [count, count, 1]),
      right: start(name + " right", [count, 1, count]))
  }

  /// Checks that widths are multiples of the number of rules.
  func require(_ width: Int, _ inner: Int) throws(ModelError) {
    guard width % count == 0, inner % count == 0 else {
      throw ModelError(
        .invalid, file: "reduction",
        problem: "\(width) and \(inner) values are no multiples of \(count)",
        remedy: "Take a reduction that leaves a multiple of \(count).")
    }
  }
}
