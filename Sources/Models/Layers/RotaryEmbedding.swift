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
    let magnitude = Float(frequencies.magnitude)
    var values: [Float] = []
    values.reserveCapacity(context.positions.count * frequencies.dimension)
    var first = 0
    for (length, new) in zip(context.lengths, context.layout.lengths) {
      let frequencies = frequencies(length: length)
      for position in context.positions[first..<first + new] {
        for frequency in frequencies {
          let angle = Float(position) * frequency
          values.append(magnitude * cosf(angle))
          values.append(magnitude * sinf(angle))
        }
      }
      first += new
    }
    return Tensor(values, shape: [context.positions.count, frequencies.dimension])
  }

  /// The heads of queries or keys, turned.
  func callAsFunction(_ tape: Tape, _ x: Tensor, angles: Tensor, heads: Int) -> Tensor {
    tape.rotate(x, angles: angles, heads: heads, interleaved: isInterleaved)
  }
}
