import Records
import Tensors

/// LoHa: W + α/r · (A₁·B₁) ∘ (A₂·B₂) (Hyeon-Woo and others 2022).
struct HadamardProducts: FoldedMethod {
  private let options: LowRankOptions

  init(_ config: AdapterConfiguration) throws(ModelError) {
    options = try LowRankOptions(lycoris: config)
  }

  func change(of map: Linear) throws(ModelError) -> FoldedChange {
    let (rank, scale) = (try options.rank(of: map.name), try options.scale(map.name))
    let parts = ["hada_w1", "hada_w2"].flatMap { name in
      [
        FoldedPart("\(name)_a", [map.outputs, rank]), FoldedPart("\(name)_b", [rank, map.inputs]),
      ]
    }
    return FoldedChange(parts: parts) { plain in
      let (tape, all) = (Tape.inference(), parts.map(\.tensor))
      let change = tape.multiply(tape.product(all[0], all[1]), tape.product(all[2], all[3]))
      return tape.add(plain, change, factor: scale)
    }
  }
}

/// LoKr: W + α/r · (C ⊗ D), each a matrix or a product of two (Yeh and others 2023).
struct KroneckerProducts: FoldedMethod {
  private let options: LowRankOptions
  private let splitsBoth: Bool
  private let factor: Int

  init(_ config: AdapterConfiguration) throws(ModelError) {
    options = try LowRankOptions(lycoris: config)
    splitsBoth = config.flag("decompose_both")
    factor = try config.integer("decompose_factor", default: -1)
  }

  func change(of map: Linear) throws(ModelError) -> FoldedChange {
    let (rank, scale) = (try options.rank(of: map.name), try options.scale(map.name))
    let outputs = Self.factors(of: map.outputs, near: factor)
    let inputs = Self.factors(of: map.inputs, near: factor)
    let first = Self.parts(
      "lokr_w1", outputs.0, inputs.0, rank,
      isSplit: splitsBoth && 2 * rank < max(outputs.0, inputs.0))
    let second = Self.parts(
      "lokr_w2", outputs.1, inputs.1, rank, isSplit: 2 * rank < max(outputs.1, inputs.1))
    return FoldedChange(parts: first + second) { plain in
      let tape = Tape.inference()
      func matrix(_ parts: [FoldedPart]) -> Tensor {
        parts.count == 1 ? parts[0].tensor : tape.product(parts[0].tensor, parts[1].tensor)
      }
      return tape.add(plain, Self.product(matrix(first), matrix(second)), factor: scale)
    }
  }

  /// A factor of the product: as it is, or as two of a rank.
  private static func parts(
    _ name: String, _ rows: Int, _ columns: Int, _ rank: Int, isSplit: Bool
  ) -> [FoldedPart] {
    isSplit
      ? [FoldedPart("\(name)_a", [rows, rank]), FoldedPart("\(name)_b", [rank, columns])]
      : [FoldedPart(name, [rows, columns])]
  }

  /// The Kronecker product.
  private static func product(_ first: Tensor, _ second: Tensor) -> Tensor {
    let (a, b) = (first.values, second.values)
    let (height, width) = (second.rows, second.columns)
    var values: [Float] = []
    values.reserveCapacity(a.count * b.count)
    for row in 0..<first.rows * height {
      for column in 0..<first.columns {
        let factor = a[row / height * first.columns + column]
        let start = row % height * width
        for place in start..<start + width { values.append(factor * b[place]) }
      }
    }
    return Tensor(values, shape: [first.rows * height, first.columns * width])
  }

  /// Two factors of a number, the first the wished one, or as large as it may be below that and the root.
  private static func factors(of number: Int, near wish: Int) -> (Int, Int) {
    if wish > 0, number.isMultiple(of: wish) { return (wish, number / wish) }
    let limit = wish == -1 ? number : wish
    var best = 1
    for divisor in 1...number
    where number.isMultiple(of: divisor) && divisor <= limit && divisor * divisor <= number {
      best = divisor
    }
    return (best, number / best)
  }
}

/// VeRA: W + diag(b) · B · diag(d) · A, whose matrices all maps share (Kopiczko and others 2024).
struct VectorScaledProjections: FoldedMethod {
  let takesTurned = true
  let shared: [(name: String, tensor: Tensor)]
  private let down, up: Tensor

  init(_ config: AdapterConfiguration, _ maps: [Linear]) throws(ModelError) {
    let rank = try config.integer("r", default: 256)
    guard rank > 0 else { throw config.fault("has the rank \(rank)") }
    let (inputs, outputs) = (maps.map(\.inputs).max() ?? 0, maps.map(\.outputs).max() ?? 0)
    (down, up) = (Tensor(shape: [rank, inputs]), Tensor(shape: [outputs, rank]))
    if config.fields["save_projection"]?.bool ?? true {
      shared = [("vera_A", down), ("vera_B", up)]
    } else {
      shared = []
      var random = TorchRandom(
        seed: UInt32(truncatingIfNeeded: try config.integer("projection_prng_key", default: 0)))
      for (matrix, fan) in [(down, inputs), (up, rank)] {
        let bound = Float(3.0.squareRoot() * 2.0.squareRoot() / Double(fan).squareRoot())
        matrix.assign(
          Tensor(random.uniform(matrix.count, -bound..<bound), shape: matrix.shape))
      }
    }
  }

  func change(of map: Linear) throws(ModelError) -> FoldedChange {
    let rank = down.rows
    let parts = [
      FoldedPart("vera_lambda_b", [map.outputs]), FoldedPart("vera_lambda_d", [rank]),
    ]
    return FoldedChange(parts: parts) { [down, up] plain in
      let (b, d) = (parts[0].tensor.values, parts[1].tensor.values)
      let (a, all) = (down.values, up.values)
      let (inputs, outputs) = (plain.columns, plain.rows)
      let low = (0..<rank * inputs).map {
        d[$0 / inputs] * a[$0 / inputs * down.columns + $0 % inputs]
      }
      let high = (0..<outputs * rank).map { b[$0 / rank] * all[$0] }
      let tape = Tape.inference()
      return tape.add(
        plain,
        tape.product(
          Tensor(high, shape: [outputs, rank]), Tensor(low, shape: [rank, inputs])), factor: 1)
    }
  }
}

extension LowRankOptions {
  /// The ranks and scales of LyCORIS's methods.
  fileprivate init(lycoris config: AdapterConfiguration) throws(ModelError) {
    self.init()
    rank = try config.integer("r", default: 8)
    alpha = try config.number("alpha", default: 8)
    ranks = try config.counts("rank_pattern").map { ($0, $1) }
    alphas = try config.numbers("alpha_pattern").map { ($0, $1) }
    guard rank > 0, ranks.allSatisfy({ $0.rank > 0 }) else {
      throw config.fault("has a rank below 1")
    }
  }
}
