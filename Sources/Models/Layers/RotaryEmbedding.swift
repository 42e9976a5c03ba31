internal import Glibc
import Tensors

/// Rotary position embedding (Su, Lu, Pan and others 2021): queries and keys turn with their place.
///
/// Their products then depend on how far apart two tokens stand, not on where.
struct RotaryEmbedding: Sendable {
  private let frequencies: RotaryFrequencies
  private let isInterleaved: Bool

  /// - Parameter interleaved: Whether neighbours are a pair (GPT-J), or a value and the one half a
  ///   head further (Llama).
  init(_ frequencies: RotaryFrequencies, interleaved: Bool) {
    self.frequencies = frequencies
    isInterleaved = interleaved
  }

  /// Cosine and sine of each new token's angles: `[new tokens, dimension]`.
  ///
  /// Where frequencies depend on the length, it is that of the token's own sequence, so that texts do
  /// not change each other; transformers takes the longest of the batch.
  func angles(_ context: DecoderContext) -> Tensor {
    let (first, last) = (context.positions.min() ?? 0, context.positions.max() ?? -1)
    // Sequences share the rows of their places, each kind of frequencies after the other.
    var starts: [Int: Int32] = [:]
    var table: [Float] = []
    var rows: [Int32] = []
    for (length, new) in zip(context.lengths, context.layout.lengths) where new > 0 {
      let kind = frequencies.kind(length: length)
      let start = starts[kind] ?? Int32(table.count / frequencies.dimension)
      if starts.updateValue(start, forKey: kind) == nil {
        append(frequencies(length: length), places: first...last, to: &table)
      }
      rows += context.positions[rows.count..<rows.count + new].map { start + $0 - first }
    }
    let shape = [table.count / frequencies.dimension, frequencies.dimension]
    return Tape.inference().gather(Tensor(table, shape: shape), rows: rows)
  }

  private func append(
    _ frequencies: [Float], places: ClosedRange<Int32>, to table: inout [Float]
  ) {
    let magnitude = Float(self.frequencies.magnitude)
    table.reserveCapacity(table.count + 2 * places.count * frequencies.count)
    for place in places {
      for frequency in frequencies {
        let angle = Float(place) * frequency
        table.append(magnitude * cosf(angle))
        table.append(magnitude * sinf(angle))
      }
    }
  }

  /// Queries and keys, turned: at once where they are all columns of one tensor.
  /// - Parameter head: The width of a head.
  func callAsFunction(
    _ tape: Tape, _ parts: [Columns], angles: Tensor, head: Int
  ) -> [Columns] {
    func turned(_ x: Tensor) -> Tensor {
      tape.rotate(x, angles: angles, heads: x.columns / head, interleaved: isInterleaved)
    }
    let whole = parts[0].tensor
    let areTogether =
      parts.allSatisfy { $0.tensor === whole }
      && parts.reduce(0) { $0 + $1.count } == whole.columns
    guard areTogether else {
      return parts.map { part in
        precondition(part.count == part.tensor.columns, "turning some columns of \(whole.shape)")
        return Columns(turned(part.tensor))
      }
    }
    let result = turned(whole)
    return parts.map { Columns(result, $0.start..<$0.start + $0.count) }
  }
}
