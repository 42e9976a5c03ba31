import Tensors
import Testing

/// Attention against torch's plain formula, sequence by sequence.
@Suite struct `Attention agrees with torch` {
  struct Case: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let lengths: [Int]
    var keyLengths: [Int]?
    let options: AttentionOptions
    var hasBias = false

    init(
      _ name: String, _ lengths: [Int], keys: [Int]? = nil, hasBias: Bool = false,
      _ options: AttentionOptions
    ) {
      testDescription = name
      self.lengths = lengths
      keyLengths = keys
      self.options = options
      self.hasBias = hasBias
    }
  }

  static let cases = [
    Case("plain", [3, 1, 18], AttentionOptions(heads: 3)),
    Case("odd", [5, 2], AttentionOptions(heads: 2)),
    Case("causal", [4, 19], AttentionOptions(heads: 2, isCausal: true)),
    Case("cached", [1, 3], keys: [6, 20], AttentionOptions(heads: 2, isCausal: true)),
    Case("cross", [4, 2], keys: [9, 3], AttentionOptions(heads: 2)),
    Case("grouped", [6, 17], AttentionOptions(heads: 4, keyValueHeads: 2, isCausal: true)),
    Case(
      "window", [21], AttentionOptions(heads: 2, keyValueHeads: 1, isCausal: true, window: 4)),
    Case("bias", [5, 5], keys: [7, 7], hasBias: true, AttentionOptions(heads: 2, scale: 1)),
  ]

  @Test(arguments: cases)
  func `in value and gradients`(_ test: Case) throws {
    let inputs = ["q", "k", "v"] + (test.hasBias ? ["bias"] : [])
    try Fixture("attention.\(test.testDescription)").check(inputs) { tape, t in
      tape.attention(
        query: t[0], key: t[1], value: t[2], layout: SequenceLayout(lengths: test.lengths),
        keys: test.keyLengths.map { SequenceLayout(lengths: $0) },
        bias: test.hasBias ? t[3] : nil, test.options)
    }
  }

  @Test func `from a packed projection`() throws {
    try Fixture("attention.packed").check(["x"]) { tape, t in
      tape.attention(
        packed: t[0], layout: SequenceLayout(lengths: [5]),
        AttentionOptions(heads: 2, isCausal: true))
    }
  }

  @Test func `a shorter sequence reads the last rows and columns of a bias`() throws {
    let values = (0..<20).map { Float(($0 * 7) % 11) / 10 - 0.5 }
    func tensor(_ rows: Range<Int>) -> Tensor {
      Tensor(rows.flatMap { values[4 * $0..<4 * $0 + 4] }, shape: [rows.count, 4])
    }
    /// The attention of some rows to themselves, and the gradient of its bias.
    func attend(_ rows: Range<Int>, _ lengths: [Int], _ bias: [Float]) throws -> ([Float], [Float])
    {
      let width = lengths.max() ?? 0
      let bias = Tensor(bias, shape: [1, width, width])
      bias.requiresGradient = true
      let tape = Tape(training: nil)
      let output = tape.attention(
        query: tensor(rows), key: tensor(rows), value: tensor(rows),
        layout: SequenceLayout(lengths: lengths), bias: bias, AttentionOptions(heads: 1, scale: 1))
      tape.backward(from: output, gradient: tensor(rows))
      return (output.values, try #require(bias.gradient).values)
    }
    let bias: [Float] = [0.3, -1, 0.5, 0.2, 0.9, -0.4, 1.1, -0.7, 0.1]
    let together = try attend(0..<5, [3, 2], bias)
    let long = try attend(0..<3, [3], bias)
    let short = try attend(3..<5, [2], [0.9, -0.4, -0.7, 0.1])
    let expected = zip(long.1, [0, 0, 0, 0] + short.1.prefix(2) + [0] + short.1.suffix(2)).map(+)
    #expect(zip(together.0, long.0 + short.0).allSatisfy { abs($0 - $1) < 1e-6 })
    #expect(zip(together.1, expected).allSatisfy { abs($0 - $1) < 1e-6 })
  }

  @Test func `with keys in slots of a cache`() throws {
    let fixture = try Fixture("attention.cached")
    let tape = Tape.inference()
    let slots = try ["k", "v"].map { name in
      let packed = try fixture.tensor(name)
      let slots = Tensor(repeating: .nan, shape: [2 * 24, 16])
      let source = packed.values
      slots.withMutableValues { values in
        for index in 0..<(6 * 16) { values[index] = source[index] }
        for index in 0..<(20 * 16) { values[24 * 16 + index] = source[6 * 16 + index] }
      }
      return slots
    }
    let output = tape.attention(
      query: try fixture.tensor("q"), key: slots[0], value: slots[1],
      layout: SequenceLayout(lengths: [1, 3]),
      keys: SequenceLayout(lengths: [6, 20], capacity: 24),
      AttentionOptions(heads: 2, isCausal: true))
    try fixture.expect(output.values, "y")
  }
}
