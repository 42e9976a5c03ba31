import Tensors

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// A learned number for each head and each range of distances between query and key (T5).
struct RelativePositionBias: Sendable {
  private let weight: Tensor
  private let buckets: DistanceBuckets

  /// - Parameter deviation: Of the numbers that no checkpoint holds.
  init(_ scope: ParameterScope, heads: Int, buckets: DistanceBuckets, deviation: Double) {
    weight = scope.weight([buckets.count, heads], .normal(deviation))
    self.buckets = buckets
  }

  /// What attention adds to its scores: `[heads, queries, keys]`, the last query being at the last key.
  /// - Parameter distance: How much farther on than they are keys count.
  func callAsFunction(_ tape: Tape, queries: Int, keys: Int, distance: Int = 0) -> Tensor {
    let heads = weight.columns
    // The bucket of each diagonal, from the first key seen by the last query on.
    let diagonals = (0..<max(queries + keys - 1, 0)).map {
      buckets.bucket($0 - keys + 1 + distance)
    }
    let output = weight.withValues { table in
      var values: [Float] = []
      values.reserveCapacity(heads * queries * keys)
      for head in 0..<heads {
        let line = diagonals.map { table[$0 * heads + head] }
        for query in 0..<queries {
          values += line[(queries - 1 - query)..<(queries - 1 - query + keys)]
        }
      }
      return Tensor(values, shape: [heads, queries, keys])
    }
    return tape.record(output, inputs: [weight]) { [weight] gradient in
      weight.accumulate(
        gradient: Self.sums(of: gradient, along: diagonals, shape: weight.shape))
    }
  }

  /// The gradients of all places that share a number, added up.
  private static func sums(of gradient: Tensor, along diagonals: [Int], shape: [Int]) -> Tensor {
    let (heads, queries, keys) = (gradient.shape[0], gradient.shape[1], gradient.shape[2])
    var sums = [Float](repeating: 0, count: shape[0] * shape[1])
    gradient.withValues { values in
      var place = 0
      for head in 0..<heads {
        for query in 0..<queries {
          for key in 0..<keys {
            sums[diagonals[queries - 1 - query + key] * heads + head] += values[place]
            place += 1
          }
        }
      }
    }
    return Tensor(sums, shape: shape)
  }
}

/// Ranges of distances from a query to a key: one each for the near ones, growing ones for the far.
package struct DistanceBuckets: Sendable {
  /// The number of ranges.
  package let count: Int
  private let maximum: Int
  private let isBidirectional: Bool

  /// - Parameters:
  ///   - maximum: The distance from which on all share the last range.
  ///   - isBidirectional: Whether later keys have ranges of their own, which halves the others'.
  package init(count: Int, maximum: Int, isBidirectional: Bool) {
    self.count = count
    self.maximum = maximum
    self.isBidirectional = isBidirectional
  }

  /// The range of a key that stands `distance` after its query.
  package func bucket(_ distance: Int) -> Int {
    guard isBidirectional else { return bucket(ofLength: max(-distance, 0), among: count) }
    return (distance > 0 ? count / 2 : 0) + bucket(ofLength: abs(distance), among: count / 2)
  }

  private func bucket(ofLength length: Int, among count: Int) -> Int {
    let exact = count / 2
    if length < exact { return length }
    let share =
      logf(Float(length) / Float(exact)) / Float(log(Double(maximum) / Double(exact)))
    return min(exact + Int(share * Float(count - exact)), count - 1)
  }
}
