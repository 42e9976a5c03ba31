import Tensors

extension Linear {
  /// The results of several maps of one x, each as columns: by one operation where all are plain.
  static func jointly(_ maps: [Linear], _ tape: Tape, _ x: Tensor) -> [Columns] {
    let isJoint = maps.allSatisfy {
      $0.isPlain && $0.weight.isPrepared == maps[0].weight.isPrepared
    }
    guard isJoint else { return maps.map { Columns($0(tape, x)) } }
    let result = tape.linear(x, jointly: maps.map { LinearMap(weight: $0.weight, bias: $0.bias) })
    var start = 0
    return maps.map { map in
      defer { start += map.outputs }
      return Columns(result, start..<start + map.outputs)
    }
  }

  /// Whether the map is x · Wᵀ + b and nothing else, so that it can be computed with others.
  private var isPlain: Bool { layout == .outputByInput && adaptation == nil }
}
