internal import CKernels

extension Tape {
  /// Vectors of tokens with the noise of NEFTune (Jain and others 2023), where the tape has it.
  ///
  /// Each value gets a number of its own, uniform up to ±`embeddingNoise` / √(L d): L is the tokens
  /// of the sequence, d the width. Noise hangs on the tape's randomness and the sequences' keys, so
  /// that it does not matter how records are batched. The gradient passes it unchanged.
  /// - Parameters:
  ///   - layout: Where the sequences lie among the rows of `x`.
  ///   - factor: What the vectors have been multiplied by, and the noise is too.
  package func addingNoise(
    _ x: Tensor, layout: SequenceLayout, factor: Float = 1
  ) -> Tensor {
    guard embeddingNoise > 0, isRecording, let seed = nextSeed() else { return x }
    precondition(x.rows == layout.rows, "\(x.rows) rows for a layout of \(layout.rows)")
    var magnitudes = [Float](repeating: 0, count: x.rows)
    for (start, length) in zip(layout.starts, layout.lengths) {
      let magnitude = factor * embeddingNoise / Float(length * x.columns).squareRoot()
      for row in start..<start + length { magnitudes[row] = magnitude }
    }
    let output = Tensor(uninitialized: x.shape)
    reading(x) {
      anneal_add_noise(
        Int64(x.rows), Int64(x.columns), seed, layout.tokenKeys.values, magnitudes, x.base,
        output.fresh)
    }
    return record(output, inputs: [x]) { [slot = x.slot] gradient in slot.add(gradient) }
  }
}
