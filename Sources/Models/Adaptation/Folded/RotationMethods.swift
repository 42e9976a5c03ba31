import Records
import Tensors

/// OFT: blocks of what a map reads are turned, each by the Cayley transform of a skew matrix or its Neumann
/// series (Qiu and others 2023).
struct BlockRotations: FoldedMethod {
  private let size, count: Int
  private let isShared, isExact: Bool
  private let terms: Int
  /// The largest length of the skew matrices, over the root of their number; nil for any.
  private let limit: Double?

  init(_ config: AdapterConfiguration) throws(ModelError) {
    size = try config.integer("oft_block_size", default: 32)
    count = try config.integer("r", default: 0)
    isShared = config.flag("block_share")
    isExact = config.fields["use_cayley_neumann"]?.bool == false
    terms = try config.integer("num_cayley_neumann_terms", default: 5)
    limit = config.flag("coft") ? try config.number("eps", default: 6e-5) : nil
    guard (size > 0) != (count > 0), size >= 0, count >= 0 else {
      throw config.fault("has \(count) blocks (r) and the oft_block_size \(size)")
    }
  }

  func change(of map: Linear) throws(ModelError) -> FoldedChange {
    let size =
      size > 0
      ? Self.divisor(of: map.inputs, near: size)
      : map.inputs / Self.divisor(of: map.inputs, near: count)
    let filed = isShared ? 1 : map.inputs / size
    let part = FoldedPart("oft_R.weight", [filed, size * (size - 1) / 2])
    return FoldedChange(parts: [part]) { plain in
      let values = part.tensor.values.map { Double($0) }
      let elements = part.tensor.columns
      let blocks = (0..<filed).map { number in
        rotation(
          SquareMatrix(skew: values[number * elements..<(number + 1) * elements], size: size),
          among: filed)
      }
      return plain.turned(by: blocks)
    }
  }

  /// What a skew matrix stands for.
  private func rotation(_ skew: SquareMatrix, among count: Int) -> SquareMatrix {
    var skew = skew
    if let limit {
      let (bound, length) = (limit / Double(count).squareRoot(), skew.length)
      if length > bound { skew = skew.scaled(by: bound / length) }
    }
    return isExact ? skew.cayley : series(skew)
  }

  /// 1 + 2Q + 2Q² + … + Qⁿ, as PEFT adds it up.
  private func series(_ skew: SquareMatrix) -> SquareMatrix {
    var sum = SquareMatrix.identity(skew.size)
    guard terms > 1 else { return sum }
    sum.add(skew, factor: 2)
    guard terms > 2 else { return sum }
    var power = skew.times(skew)
    sum.add(power, factor: 2)
    for _ in 3..<max(3, terms - 1) {
      power = power.times(skew)
      sum.add(power, factor: 2)
    }
    sum.add(power.times(skew), factor: 1)
    return sum
  }

  /// The divisor of a width that is nearest to a wish, the lower of two.
  private static func divisor(of width: Int, near wish: Int) -> Int {
    guard wish < width else { return width }
    let higher = (wish...width).first { width.isMultiple(of: $0) } ?? width
    let lower = (1...wish).last { width.isMultiple(of: $0) } ?? 1
    return wish - lower <= higher - wish ? lower : higher
  }
}

/// BOFT with one factor: blocks of what a map reads are turned, and its results scaled (Liu and others 2024).
struct ButterflyRotations: FoldedMethod {
  private let size, count: Int

  init(_ config: AdapterConfiguration) throws(ModelError) {
    size = try config.integer("boft_block_size", default: 4)
    count = try config.integer("boft_block_num", default: 0)
    guard (size > 0) != (count > 0), size >= 0, count >= 0 else {
      throw config.fault("has \(count) blocks (boft_block_num) and the boft_block_size \(size)")
    }
    guard try config.integer("boft_n_butterfly_factor", default: 1) == 1 else {
      throw ModelError(
        .unsupported, file: config.file,
        problem: "boft_n_butterfly_factor: products of several rotations are not computed here",
        remedy: "Merge the adapter into its model with PEFT, and give the merged model.")
    }
  }

  func change(of map: Linear) throws(ModelError) -> FoldedChange {
    let size = size > 0 ? size : map.inputs / count
    guard size > 0, map.inputs.isMultiple(of: size) else {
      throw ModelError(
        .mismatch, file: map.name, problem: "reads \(map.inputs) values, no multiple of \(size)")
    }
    let number = map.inputs / size
    let parts = [
      FoldedPart("boft_R", [1, number, size, size]), FoldedPart("boft_s", [map.outputs, 1]),
    ]
    return FoldedChange(parts: parts) { plain in
      let values = parts[0].tensor.values.map { Double($0) }
      let blocks = (0..<number).map { block in
        let start = block * size * size
        let matrix = SquareMatrix(size: size, values: Array(values[start..<start + size * size]))
        return matrix.skewPart.cayley
      }
      let scales = parts[1].tensor.values
      let turned = plain.turned(by: blocks)
      return Tensor(
        turned.values.enumerated().map { $1 * scales[$0 / plain.columns] }, shape: plain.shape)
    }
  }
}

/// HRA: what a map reads is reflected at planes, one after the other or made orthogonal (Yuan and others 2024).
struct Reflections: FoldedMethod {
  private let rank: Int
  private let isOrthogonal: Bool

  init(_ config: AdapterConfiguration) throws(ModelError) {
    rank = try config.integer("r", default: 8)
    isOrthogonal = config.flag("apply_GS")
    guard rank > 0 else { throw config.fault("has the rank \(rank)") }
  }

  func change(of map: Linear) throws(ModelError) -> FoldedChange {
    let part = FoldedPart("hra_u", [map.inputs, rank])
    return FoldedChange(parts: [part]) { plain in
      let rows = plain.values
      let columns = plain.columns
      let normals = normals(part.tensor)
      var values = rows.map { Double($0) }
      for row in 0..<plain.rows {
        let own = row * columns..<(row + 1) * columns
        for normal in normals {
          let length = zip(values[own], normal).reduce(0) { $0 + $1.0 * $1.1 }
          for (place, part) in zip(own, normal) { values[place] -= 2 * length * part }
        }
      }
      return Tensor(values.map { Float($0) }, shape: plain.shape)
    }
  }

  /// The planes' normals, of length one; reflections at orthogonal ones add up in any order.
  private func normals(_ filed: Tensor) -> [[Double]] {
    let values = filed.values
    var normals: [[Double]] = []
    for column in 0..<rank {
      var normal = (0..<filed.rows).map { Double(values[$0 * rank + column]) }
      if isOrthogonal {
        for other in normals {
          let share = zip(normal, other).reduce(0) { $0 + $1.0 * $1.1 }
          for place in normal.indices { normal[place] -= share * other[place] }
        }
      }
      let length = normal.reduce(0) { $0 + $1 * $1 }.squareRoot()
      normals.append(normal.map { $0 / length })
    }
    return normals
  }
}

extension Tensor {
  /// A weight `[outputs, inputs]` behind rotations of blocks of what it reads; one turns them all.
  fileprivate func turned(by blocks: [SquareMatrix]) -> Tensor {
    let (rows, columns) = (rows, columns)
    let size = blocks[0].size
    let values = values
    var turned = [Float](repeating: 0, count: values.count)
    for start in stride(from: 0, to: columns, by: size) {
      let block = blocks[blocks.count == 1 ? 0 : start / size].values
      for row in 0..<rows {
        let base = row * columns + start
        for place in 0..<size {
          var sum = 0.0
          for other in 0..<size {
            sum += block[place * size + other] * Double(values[base + other])
          }
          turned[base + place] = Float(sum)
        }
      }
    }
    return Tensor(turned, shape: shape)
  }
}
