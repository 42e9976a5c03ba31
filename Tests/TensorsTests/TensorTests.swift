import Foundation
import Tensors
import Testing

@Suite struct `Tensor values` {
  @Test func `of a mapped file are copied when first written`() throws {
    let path = FileManager.default.temporaryDirectory
      .appending(path: "anneal-tensors-\(ProcessInfo.processInfo.processIdentifier)").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    var bytes = Data([9, 9, 9, 9])
    for value in [Float(1), 2, 3, 4] { withUnsafeBytes(of: value) { bytes.append(contentsOf: $0) } }
    try bytes.write(to: URL(filePath: path))
    let file = try MappedFile(path: path)
    let view = Tensor(mapping: file, offset: 4, shape: [2, 2])
    let unaligned = Tensor(mapping: file, offset: 8, shape: [3]).copy()
    #expect(view.values == [1, 2, 3, 4])
    view.withMutableValues { $0[0] = 7 }
    #expect(view.values == [7, 2, 3, 4])
    #expect(unaligned.values == [2, 3, 4])
    #expect(Tensor(mapping: file, offset: 4, shape: [4]).values == [1, 2, 3, 4])
    let after = try Data(contentsOf: URL(filePath: path))
    #expect(after == bytes)
  }

  @Test func `of a missing file say which`() throws {
    let error = #expect(throws: MappingError.self) {
      try MappedFile(path: "/nonexistent/model.safetensors")
    }
    #expect(error?.description.hasPrefix("/nonexistent/model.safetensors: No such file") == true)
  }

  @Test(arguments: [HalfPrecision.bfloat16, .float16])
  func `of 16 bits are widened exactly and rounded to nearest even`(format: HalfPrecision) {
    let exact: [Float] = [0, -0.0, 1, -2.5, 0.15625, 96, .infinity]
    let halves = Tensor(exact).halfPrecision(format)
    #expect(Tensor(halves.span, format, shape: [7]).values == exact)
    // Halfway cases: one past an even mantissa, one past an odd one.
    let step: Float = format == .bfloat16 ? 0x1p-7 : 0x1p-10
    let rounded: [(Float, Float)] = [(1 + step / 2, 1), (1 + 1.5 * step, 1 + 2 * step)]
    for (value, expected) in rounded {
      #expect(
        Tensor(Tensor([value]).halfPrecision(format).span, format, shape: [1]).item == expected)
    }
    #expect(Tensor(Tensor([Float.nan]).halfPrecision(format).span, format, shape: [1]).item.isNaN)
  }

  @Test func `share memory when reshaped and own it when copied`() {
    let a = Tensor([1, 2, 3, 4, 5, 6], shape: [2, 3])
    let b = a.reshaped([3, 2])
    let c = a.copy()
    a.withMutableValues { $0[5] = 9 }
    #expect(b.values == [1, 2, 3, 4, 5, 9])
    #expect(c.values == [1, 2, 3, 4, 5, 6])
    #expect((b.rows, b.columns, a.count) == (3, 2, 6))
  }

  @Test func `reuse memory from step to step`() {
    let layer = EncoderLayer(hidden: 64, feedForward: 128, heads: 2)
    let layout = SequenceLayout(lengths: [50, 30])
    let x = noise([80, 64], seed: 1)
    for step in 0..<3 {
      let tape = Tape(training: .init(seed: 1, step: step))
      tape.backward(from: tape.mean(layer(tape, x, layout, dropout: 0.1)))
    }
    #expect(Engine.memory.live < 1 << 28)
  }

  @Test func `without visible keys give zeros, not NaN`() {
    let q = noise([3, 8], seed: 1, requiresGradient: true)
    let k = noise([2, 8], seed: 2, requiresGradient: true)
    let tape = Tape(training: nil)
    // The first sequence has no keys; the second's first query comes before its only keys.
    let y = tape.attention(
      query: q, key: k, value: k, layout: SequenceLayout(lengths: [1, 2]),
      keys: SequenceLayout(lengths: [0, 1]), AttentionOptions(heads: 2, isCausal: true))
    #expect(y.values.prefix(16).allSatisfy { $0 == 0 })
    #expect(y.values.suffix(8).contains { $0 != 0 })
    tape.backward(from: tape.sum(y))
    for gradient in [q.gradient, k.gradient] {
      #expect(gradient?.values.allSatisfy(\.isFinite) == true)
    }
    let masked = Tape.inference().attention(
      query: q, key: q, value: q, layout: SequenceLayout(lengths: [3]),
      bias: Tensor(repeating: -.infinity, shape: [2, 3, 3]), AttentionOptions(heads: 2))
    #expect(masked.values.allSatisfy { $0.isFinite })
  }

  @Test func `of ignored targets alone give no loss and no gradient`() {
    let x = noise([2, 5], seed: 1, requiresGradient: true)
    let tape = Tape(training: nil)
    let loss = tape.crossEntropy(x, targets: [-100, -100])
    tape.backward(from: loss.mean)
    #expect(loss.mean.item == 0 && loss.counted == 0)
    #expect(x.gradient?.values == [Float](repeating: 0, count: 10))
  }
}

@Suite struct `Layouts of sequences` {
  @Test func `pack ragged sequences`() {
    let layout = SequenceLayout(lengths: [2, 0, 3], keys: [7, 8, 9])
    #expect(layout.starts == [0, 2, 2])
    #expect((layout.tokens, layout.longest, layout.rows, layout.count) == (5, 3, 5, 3))
    #expect(layout.positions == [0, 1, 0, 1, 2])
    #expect(SequenceLayout(lengths: [1, 3], capacity: 4).starts == [0, 4])
    #expect(SequenceLayout(lengths: [1, 3]).lastRows == [0, 3])
  }

  @Test func `drop padding wherever it stands`() {
    let (layout, places) = SequenceLayout.packing(mask: [[1, 1, 0], [0, 1, 1], [0, 0, 0]])
    #expect(layout.lengths == [2, 2, 0])
    #expect(places == [0, 1, 4, 5])
  }
}
