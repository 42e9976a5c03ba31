import Records
import Tensors

extension LowRankInitialisation {
  /// The part of a weight that A and B begin as, so that scale · B · A is that part; nil for others.
  /// - Throws: `ModelError.unsupported` where a weight is not updated as a whole, or by DoRA.
  func start(
    of target: TargetedMap, rank: Int, scale: Float, _ options: LowRankOptions
  ) throws(ModelError) -> LowRankMap.Part? {
    guard takesFromWeight else { return nil }
    let map = target.map
    // Filed with its beginning, an update would begin with other lengths than the weight's own.
    let isDecomposed = options.isDecomposed && options.filesStart
    guard target.slices.isEmpty, !isDecomposed, rank <= min(map.inputs, map.outputs) else {
      throw ModelError(
        .unsupported, file: "init",
        problem: "\(rawValue) begins with \(rank) directions of the whole of \(map.name), "
          + (isDecomposed ? "not with DoRA" : "which is not updated so"),
        remedy: "Take another init, or other targets and ranks.")
    }
    return Engine.$precision.withValue(.fp32) {
      let weight = Tensor(map.rows, shape: [map.outputs, map.inputs])
      return self == .olora
        ? Self.triangular(weight, rank, scale) : Self.principal(weight, rank, scale)
    }
  }

  /// B is the first columns of Q, A the first rows of R, where W is Q · R.
  ///
  /// The first columns of Q are those of W made orthonormal; the first rows of R are Qᵀ · W.
  private static func triangular(_ weight: Tensor, _ rank: Int, _ scale: Float) -> LowRankMap.Part {
    var columns = VectorRows(weight.turned, first: rank)
    columns.makeOrthonormal()
    let vectors = columns.tensor
    let down = Tape.inference().linear(vectors, weight: weight, layout: .inputByOutput)
    return LowRankMap.Part(down: down, up: vectors.turned)
  }

  /// A and B share the roots of the largest singular values between them.
  private static func principal(_ weight: Tensor, _ rank: Int, _ scale: Float) -> LowRankMap.Part {
    let (left, values, right) = LeadingDirections(weight, rank).parts
    let roots = values.map { ($0 / scale).squareRoot() }
    let tape = Tape.inference()
    let factors = Tensor(roots, shape: [rank])
    return LowRankMap.Part(
      down: tape.scaleColumns(right, by: factors).turned,
      up: tape.scaleColumns(left, by: factors))
  }
}

extension LowRankMap.Part {
  /// The same values in memory of their own.
  func copy() -> LowRankMap.Part {
    LowRankMap.Part(down: down.copy(), up: up.copy(), firstColumn: firstColumn)
  }
}

extension LowRankMap {
  /// What the update has become less what it began as: a plain update of twice the rank, as PEFT makes
  /// of it, so that whoever reads it needs no other weights than the model's own.
  func differences(from start: Part, _ map: Linear) -> [AdapterTensor] {
    let (part, rank) = (parts[0], start.down.rows)
    @Sendable func half(_ filed: Tensor, ofRows: Bool) -> Tensor {
      let rows = (0..<Int32(rank)).map { $0 }
      let tape = Tape.inference()
      return ofRows
        ? tape.gather(filed, rows: rows) : tape.gather(filed.turned, rows: rows).turned
    }
    return [
      AdapterTensor("\(map.name).lora_A.weight", [2 * rank, map.inputs]) {
        Tape.inference().concatenateRows([part.down, start.down])
      } write: {
        part.down.assign(half($0, ofRows: true))
      },
      AdapterTensor("\(map.name).lora_B.weight", [map.outputs, 2 * rank]) {
        let tape = Tape.inference()
        return tape.joinColumns([part.up, tape.scale(start.up, by: -1)])
      } write: {
        part.up.assign(half($0, ofRows: false))
      },
    ]
  }
}
