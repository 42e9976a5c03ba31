import CKernels
import Tensors
import Testing

// Within `On any machine`, whose tests are the only ones to change instructions, and take turns.
extension `On any machine` {
  /// Products in bf16, by code that does what AMX does: the same packing, blocks and edges.
  @Suite struct `Products in bf16` {
    /// Errors as shares of the sum of the factors' sizes: two roundings of 2⁻⁸, or three of 2⁻¹⁶.
    private static let bounds: [(anneal_precision, Double)] = [
      (ANNEAL_IMITATED_BF16, 0x2.1p-8), (ANNEAL_IMITATED_BF16X3, 0x3.1p-16),
    ]

    @Test(arguments: [
      (17, 1, 1), (17, 33, 1), (18, 5, 385), (32, 32, 32), (37, 45, 70), (33, 67, 193),
      (65, 16, 31), (100, 17, 400),
    ])
    func `of any size, with operands turned or not, stay within the bounds of rounding`(
      m: Int, n: Int, k: Int
    ) {
      for (precision, bound) in Self.bounds {
        for kind in 0..<8 {
          let product = Product(m, n, k, aTurned: kind & 1 > 0, bTurned: kind & 2 > 0)
          let error = product.worstError(precision, adding: kind & 4 > 0)
          #expect(error < bound, "\(precision), kind \(kind): \(error)")
        }
      }
    }

    @Test func `of bf16 numbers with exact sums have no error`() {
      let (m, n, k) = (45, 39, 100)
      let a = (0..<m * k).map { Float($0 * 7 % 31 - 15) }
      let b = (0..<k * n).map { Float($0 * 11 % 37 - 18) / 16 }
      for (precision, _) in Self.bounds {
        #expect(
          Product(m, n, k, a: a, b: b).worstError(precision, adding: false) == 0, "\(precision)")
      }
    }

    @Test func `are the same bits on any number of threads`() {
      defer { Engine.threads = 0 }
      let product = Product(130, 97, 400)
      for (precision, _) in Self.bounds {
        Engine.threads = 1
        let once = product.run(precision, adding: false)
        for threads in 2...5 {
          Engine.threads = threads
          #expect(product.run(precision, adding: false) == once, "\(threads) threads")
        }
      }
    }
  }

  /// What bf16 does to a whole layer, forwards and backwards.
  @Suite struct `A layer in bf16` {
    /// The output and every gradient of an encoder layer.
    private func run(_ precision: Engine.Precision) -> [[Float]] {
      Engine.$imitatesTiles.withValue(true) {
        Engine.$precision.withValue(precision) {
          let layer = EncoderLayer(hidden: 72, feedForward: 200, heads: 6)
          let layout = SequenceLayout(lengths: [33, 1, 0, 20, 5])
          let x = noise([layout.tokens, 72], seed: 3, requiresGradient: true)
          let tape = Tape(training: .init(seed: 5, step: 9))
          let y = layer(tape, x, layout, dropout: 0.1)
          tape.backward(from: y, gradient: noise(y.shape, seed: 4))
          return [y.values] + (layer.parameters + [x]).map { $0.gradient?.values ?? [] }
        }
      }
    }

    /// |actual - expected| / |expected|, as lengths of vectors.
    private func distance(_ actual: [Float], _ expected: [Float]) -> Float {
      let errors = zip(actual, expected).map { ($0 - $1) * ($0 - $1) }.reduce(0, +)
      return (errors / expected.map { $0 * $0 }.reduce(0, +)).squareRoot()
    }

    @Test(arguments: [(Engine.Precision.bf16x3, Float(1e-5)), (.bf16, 1e-2)])
    func `has values and gradients near those of fp32`(precision: Engine.Precision, bound: Float) {
      let expected = run(.fp32)
      for (index, (actual, expected)) in zip(run(precision), expected).enumerated() {
        // The bias of the keys cannot matter to a softmax: its gradient is rounding alone.
        if index == 8 { continue }
        let error = distance(actual, expected)
        #expect(error < bound, "result \(index)")
        if index == 0 { #expect(error > bound / 1000, "the output is that of another precision") }
      }
    }

    @Test func `over a vocabulary has losses and gradients near those of fp32`() {
      let run = { (precision: Engine.Precision) -> [[Float]] in
        Engine.$imitatesTiles.withValue(true) {
          Engine.$precision.withValue(precision) {
            let hidden = noise([40, 48], seed: 1, requiresGradient: true)
            let head = noise([90, 48], seed: 2, requiresGradient: true)
            let tape = Tape(training: nil)
            let loss = tape.vocabularyCrossEntropy(
              hidden, weight: head, bias: nil, targets: (0..<40).map { Int32($0 * 2) })
            tape.backward(from: loss.mean)
            return [loss.rows, hidden.gradient?.values ?? [], head.gradient?.values ?? []]
          }
        }
      }
      let expected = run(.fp32)
      for (precision, bound) in [(Engine.Precision.bf16x3, Float(1e-5)), (.bf16, 1e-2)] {
        for (actual, expected) in zip(run(precision), expected) {
          let error = distance(actual, expected)
          #expect(error < bound && error > 0, "\(precision): \(error)")
        }
      }
    }

    @Test func `is in fp32 unless asked, and where there are no tiles`() {
      #expect(Engine.precision == .fp32)
      guard Engine.tilesFault != nil else { return }
      let product = { (precision: Engine.Precision) in
        Engine.$precision.withValue(precision) {
          Tape.inference().linear(noise([40, 70], seed: 1), weight: noise([33, 70], seed: 2)).values
        }
      }
      #expect(product(.bf16) == product(.fp32))
    }
  }
}

/// Two matrices to multiply, each stored as it is read or turned.
private struct Product {
  let m, n, k: Int
  let a, b: [Float]
  private let aStrides, bStrides: (row: Int, column: Int)
  private let before: [Float]

  init(
    _ m: Int, _ n: Int, _ k: Int, a: [Float]? = nil, b: [Float]? = nil, aTurned: Bool = false,
    bTurned: Bool = false
  ) {
    (self.m, self.n, self.k) = (m, n, k)
    self.a = a ?? noise([m * k], seed: 1).values
    self.b = b ?? noise([k * n], seed: 2).values
    aStrides = aTurned ? (1, m) : (k, 1)
    bStrides = bTurned ? (1, k) : (n, 1)
    before = noise([m * n], seed: 3).values
  }

  func run(_ precision: anneal_precision, adding: Bool) -> [Float] {
    var out = adding ? before : [Float](repeating: .nan, count: m * n)
    a.withUnsafeBufferPointer { a in
      b.withUnsafeBufferPointer { b in
        anneal_gemm(
          precision, Int64(m), Int64(n), Int64(k), Self.matrix(a, aStrides),
          Self.matrix(b, bStrides), &out, Int64(n), adding)
      }
    }
    return out
  }

  private static func matrix(
    _ values: UnsafeBufferPointer<Float>, _ strides: (row: Int, column: Int)
  ) -> anneal_matrix {
    anneal_matrix(
      base: values.baseAddress, row: Int64(strides.row), column: Int64(strides.column))
  }

  /// The largest error of an element as a share of the sum of its terms' sizes.
  func worstError(_ precision: anneal_precision, adding: Bool) -> Double {
    let actual = run(precision, adding: adding)
    var worst = 0.0
    for i in 0..<m {
      for j in 0..<n {
        var (sum, size) = (adding ? Double(before[i * n + j]) : 0, 0.1)
        for p in 0..<k {
          let term =
            Double(a[i * aStrides.row + p * aStrides.column])
            * Double(b[p * bStrides.row + j * bStrides.column])
          sum += term
          size += abs(term)
        }
        let error = abs(Double(actual[i * n + j]) - sum) / size
        worst = error.isFinite ? max(worst, error) : .infinity
      }
    }
    return worst
  }
}
