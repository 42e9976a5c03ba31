import Records

/// How much of the records each side of a split shall have.
struct Shares: Sendable, Hashable {
  /// Parts of one, in the order of `Side.allCases`; they add up to 1.
  let parts: [Double]

  /// Shares in proportion to weights that need not add up to one; nil where there is nothing to share.
  init?(train: Double, validation: Double, test: Double) {
    let weights = [train, validation, test]
    let sum = weights.reduce(0, +)
    guard sum > 0, weights.allSatisfy({ $0 >= 0 && $0.isFinite }) else { return nil }
    parts = weights.map { $0 / sum }
  }

  /// The share of a side.
  subscript(side: Side) -> Double { parts[side.index] }

  /// Where a key falls in [0, 1), by the seed alone.
  static func position(of key: UInt128, seed: UInt64) -> Double {
    var random = CounterRandom(seed: seed, purpose: "split", record: String(key, radix: 16))
    return random.uniform()
  }

  /// The side that a number in [0, 1) falls on.
  ///
  /// Test comes first and train last, so that a larger share of training records takes none of the
  /// test records away but those at the border.
  func side(at position: Double) -> Side {
    var bound = 0.0
    for side in [Side.test, .validation] {
      bound += self[side]
      if position < bound { return side }
    }
    // Rounding may leave a position beyond the last bound; it belongs to a side that has a share.
    return [Side.train, .validation, .test].first { self[$0] > 0 } ?? .train
  }
}

extension Side {
  /// The side's place in `Side.allCases`.
  var index: Int {
    switch self {
    case .train: 0
    case .validation: 1
    case .test: 2
    }
  }

  /// Whether models are scored on this side.
  var isEvaluation: Bool { self != .train }
}
