import Tensors
import Testing

@Suite struct `Dropout masks` {
  /// The mask of a dropout of ones: 0 or 1 / (1 - p).
  private func mask(
    _ shape: [Int], _ probability: Float, seed: UInt64 = 1, step: Int = 0, skipping: Int = 0,
    keys: RowKeys? = nil
  ) -> [Float] {
    let tape = Tape(training: .init(seed: seed, step: step))
    let ones = Tensor(repeating: 1, shape: shape)
    let dropout = Dropout(probability, keys: keys ?? .places(shape[0]))
    for _ in 0..<skipping { _ = tape.dropout(ones, dropout) }
    return tape.dropout(ones, dropout).values
  }

  @Test(arguments: [Float(0.1), 0.5, 0.9])
  func `keep the share they should and scale what they keep`(probability: Float) {
    let values = mask([1000, 400], probability)
    let kept = values.count { $0 != 0 }
    let share = Double(kept) / Double(values.count)
    let deviation = (Double(probability * (1 - probability)) / Double(values.count)).squareRoot()
    #expect(abs(share - Double(1 - probability)) < 5 * deviation)
    #expect(Set(values) == [0, 1 / (1 - probability)])
  }

  @Test func `are independent between neighbours, rows and operations`() {
    let (rows, columns) = (1000, 400)
    let a = mask([rows, columns], 0.3).map { $0 == 0 }
    let others = [
      mask([rows, columns], 0.3, skipping: 1), mask([rows, columns], 0.3, step: 1),
      mask([rows, columns], 0.3, seed: 2),
    ].map { $0.map { $0 == 0 } }
    let shifted = [1, 2, 8, columns, 2 * columns].map { Array(a[$0...]) }
    for other in others + shifted {
      let both = zip(a, other).count { $0 && $1 }
      let share = Double(both) / Double(min(a.count, other.count))
      #expect(abs(share - 0.09) < 5 * (0.09 * 0.91 / Double(other.count)).squareRoot())
    }
  }

  @Test func `drop as many in every row as chance allows`() {
    let (rows, columns) = (600, 512)
    let values = mask([rows, columns], 0.1)
    let deviation = (0.1 * 0.9 * Double(columns)).squareRoot()
    let byRow = (0..<rows).map { row in
      Double(values[(row * columns)..<((row + 1) * columns)].count { $0 == 0 })
    }
    #expect(byRow.allSatisfy { abs($0 - 0.1 * Double(columns)) < 6 * deviation })
    // The variance between rows shows whether rows are too much alike or too little.
    let spread = byRow.map { ($0 - 51.2) * ($0 - 51.2) }.reduce(0, +) / Double(rows)
    #expect(abs(spread / (deviation * deviation) - 1) < 0.3)
  }

  @Test func `are the same in the backward pass`() {
    let x = noise([37, 53], seed: 3, requiresGradient: true)
    let residual = noise([37, 53], seed: 4, requiresGradient: true)
    let keys = RowKeys.places(37)
    let tape = Tape(training: .init(seed: 1, step: 2))
    let y = tape.addDropout(x, residual: residual, dropout: Dropout(0.4, keys: keys))
    tape.backward(from: y, gradient: Tensor(repeating: 1, shape: y.shape))
    let factors = x.gradient?.values ?? []
    let expected = zip(zip(x.values, residual.values), factors).map { $0.0 * $1 + $0.1 }
    #expect(largestDifference(y.values, expected) < 1e-6)
    #expect(residual.gradient?.values == [Float](repeating: 1, count: 37 * 53))
    #expect(factors == mask([37, 53], 0.4, step: 2))
  }

  @Test func `do not depend on what else is in the batch`() {
    let layer = EncoderLayer(hidden: 48, feedForward: 100, heads: 4)
    let lengths = [20, 7, 33]
    let keys: [UInt64] = [901, 17, 44]
    let x = noise([60, 48], seed: 6)
    let run = { (x: Tensor, layout: SequenceLayout) in
      layer(Tape(training: .init(seed: 3, step: 5)), x, layout, dropout: 0.2).values
    }
    let together = run(x, SequenceLayout(lengths: lengths, keys: keys))
    var start = 0
    for (index, length) in lengths.enumerated() {
      let rows = (start * 48)..<((start + length) * 48)
      let alone = run(
        Tensor(Array(x.values[rows]), shape: [length, 48]),
        SequenceLayout(lengths: [length], keys: [keys[index]]))
      #expect(largestDifference(alone, Array(together[rows])) < 1e-5)
      start += length
    }
  }

  @Test func `are absent without randomness`() {
    let x = noise([3, 5], seed: 1)
    for tape in [Tape(training: nil), Tape.inference()] {
      #expect(tape.dropout(x, Dropout(0.5, keys: .places(3))) === x)
    }
  }
}
