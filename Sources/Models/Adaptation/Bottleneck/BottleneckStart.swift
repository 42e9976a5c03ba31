import Records
import Tensors

/// The two maps of a bottleneck as they begin, by AdapterHub's rules.
struct BottleneckStart {
  let down, up: any BottleneckMap

  /// - Parameters:
  ///   - layer: The number of the place's layer.
  ///   - shared: What all places have in common of Kronecker products.
  /// - Throws: `ModelError.invalid` where widths are no multiples of the number of rules.
  init(
    _ place: Junction, layer: Int, _ options: BottleneckOptions, _ shared: SharedProducts,
    seed: UInt64
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
    try sizes.require(width, inner)
    func map(
      _ name: String, _ inputs: Int, _ outputs: Int, _ factors: ProductFactors?
    ) -> HypercomplexMap {
      let path = "\(place.name) \(name)"
      let own = factors ?? ProductFactors(sizes, inputs, outputs, seed: seed, path)
      return HypercomplexMap(
        rule: shared.rule ?? sizes.rule(seed: seed, path), ownsRule: shared.rule == nil,
        left: own.left, right: own.right, ownsFactors: factors == nil,
        bias: sizes.hasBias ? Tensor(shape: [outputs]) : nil, width: outputs / sizes.count)
    }
    down = map("down", width, inner, shared.down)
    up = map("up", inner, width, shared.up)
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
}
