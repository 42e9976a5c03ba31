import Records
import Tensors

/// The two maps of a bottleneck as they begin, by AdapterHub's rules.
struct BottleneckStart {
  let down, up: any BottleneckMap

  /// - Parameter rule: The rules of Kronecker products, where the maps are such.
  /// - Throws: `ModelError.invalid` where widths are no multiples of the number of rules.
  /// - Parameter layer: The number of the place's layer.
  init(
    _ place: Junction, layer: Int, _ options: BottleneckOptions, _ rule: Tensor?, seed: UInt64
  ) throws(ModelError) {
    let reduction = options.reductions[layer] ?? options.reduction
    let (width, inner) = (place.width, max(1, Int(Double(place.width) / reduction)))
    guard let sizes = options.hypercomplex else {
      func start(_ shape: [Int]) -> Tensor {
        Self.dense("\(place.name) \(shape)", shape, options, seed)
      }
      down = DenseMap(start([inner, width]))
      up = DenseMap(
        options.beginsSilent ? Tensor(shape: [width, inner]) : start([width, inner]))
      return
    }
    guard width % sizes.count == 0, inner % sizes.count == 0 else {
      throw ModelError(
        .invalid, file: "reduction",
        problem: "\(width) and \(inner) values are no multiples of \(sizes.count)",
        remedy: "Take a reduction that leaves a multiple of \(sizes.count).")
    }
    func map(_ name: String, _ inputs: Int, _ outputs: Int) -> HypercomplexMap {
      let (rows, columns) = (inputs / sizes.count, outputs / sizes.count)
      let path = "\(place.name) \(name)"
      let rank = sizes.isFactorized ? sizes.rank : columns
      return HypercomplexMap(
        rule: rule ?? Self.rule(sizes, seed: seed, path), ownsRule: rule == nil,
        left: Self.glorot(path + " left", [sizes.count, rows, rank], seed),
        right: sizes.isFactorized
          ? Self.glorot(path + " right", [sizes.count, rank, columns], seed) : nil,
        bias: sizes.hasBias ? Tensor(shape: [outputs]) : nil, width: columns)
    }
    down = map("down", width, inner)
    up = map("up", inner, width)
  }

  /// The rules that all maps of a model share, or those of one.
  static func rule(
    _ sizes: BottleneckOptions.Hypercomplex, seed: UInt64, _ name: String = "phm_rule"
  ) -> Tensor {
    var random = CounterRandom(seed: seed, purpose: "models.adapt", record: name)
    let shape = [sizes.count, sizes.count, sizes.count]
    return Tensor(
      (0..<shape.reduce(1, *)).map { _ in Float(sizes.ruleDeviation * random.normal()) },
      shape: shape)
  }

  private static func dense(
    _ name: String, _ shape: [Int], _ options: BottleneckOptions, _ seed: UInt64
  ) -> Tensor {
    var random = CounterRandom(seed: seed, purpose: "models.adapt", record: name)
    let bound = 1 / Double(max(shape[1], 1)).squareRoot()
    let values = (0..<shape.reduce(1, *)).map { _ in
      Float(options.beginsSilent ? bound * (2 * random.uniform() - 1) : 0.02 * random.normal())
    }
    return Tensor(values, shape: shape)
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
