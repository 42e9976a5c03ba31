import Tensors
import Testing

/// The same bits for any number of threads, the same values for any instruction set.
///
/// Serialized, as threads are those of the whole process; no bit depends on them.
@Suite(.serialized) struct `On any machine` {
  /// Output and all gradients of one layer, for layouts that leave no size round.
  private static func run(dropout: Float, threads: Int) -> [[Float]] {
    Engine.threads = threads
    defer { Engine.threads = 0 }
    let layer = EncoderLayer(hidden: 72, feedForward: 200, heads: 6)
    let layout = SequenceLayout(lengths: [33, 1, 0, 70, 17, 128, 5])
    let x = noise([layout.tokens, 72], seed: 3, requiresGradient: true)
    let tape = Tape(training: .init(seed: 5, step: 9))
    let z = layer(tape, x, layout, dropout: dropout)
    let y = tape.gated(Columns(z, 0..<36), Columns(z, 36..<72), .silu)
    tape.backward(from: y, gradient: noise(y.shape, seed: 4))
    return [y.values] + (layer.parameters + [x]).map { $0.gradient?.values ?? [] }
  }

  @Test func `results are the same bits on every run and any number of threads`() {
    let once = Self.run(dropout: 0.1, threads: 4)
    #expect(once.allSatisfy { !$0.isEmpty && $0.allSatisfy(\.isFinite) })
    for threads in [4, 1, 2, 3, 7] {
      #expect(Self.run(dropout: 0.1, threads: threads) == once, "\(threads) threads")
    }
  }

  /// In a process of its own: instructions are those of the whole process, and the tests that run
  /// beside this one compare bits.
  @Test(arguments: Engine.InstructionSet.allCases)
  func `every instruction set gives the same values`(instructions: Engine.InstructionSet) async {
    await #expect(processExitsWith: .success) { [name = instructions.rawValue as String] in
      let instructions = try #require(Engine.InstructionSet(rawValue: name))
      let expected = Self.run(dropout: 0.1, threads: 2)
      Engine.limit(to: instructions)
      if instructions == .portable { #expect(Engine.instructions == "portable") }
      for (actual, expected) in zip(Self.run(dropout: 0.1, threads: 2), expected) {
        #expect(largestDifference(actual, expected) < 2e-5)
      }
    }
  }

  @Test(arguments: [
    (1, 1, 1), (1, 50, 33), (2, 3, 400), (7, 19, 800), (16, 16, 16), (17, 5, 385), (37, 45, 70),
    (100, 17, 1000), (33, 385, 33), (193, 100, 97), (5, 700, 3), (20, 9, 5000),
  ])
  func `products of any size agree with sums in double precision`(m: Int, n: Int, k: Int) {
    let x = noise([m, k], seed: 1, requiresGradient: true)
    let weight = noise([n, k], seed: 2, requiresGradient: true)
    let turned = noise([k, n], seed: 2, requiresGradient: true)
    let gradient = noise([m, n], seed: 3)
    for (tensor, layout) in [(weight, WeightLayout.outputByInput), (turned, .inputByOutput)] {
      x.gradient = nil
      let tape = Tape(training: nil)
      let y = tape.linear(x, weight: tensor, layout: layout)
      tape.backward(from: y, gradient: gradient)
      let (a, b, g) = (x.values, tensor.values, gradient.values)
      let isTurned = layout == .inputByOutput
      let at = { (row: Int, column: Int) in isTurned ? b[row * n + column] : b[column * k + row] }
      expectProduct(y, m, n, k) { i, j, p in (a[i * k + p], at(p, j)) }
      expectProduct(x.gradient, m, k, n) { i, j, p in (g[i * n + p], at(j, p)) }
      if isTurned {
        expectProduct(tensor.gradient, k, n, m) { i, j, p in (a[p * k + i], g[p * n + j]) }
      } else {
        expectProduct(tensor.gradient, n, k, m) { i, j, p in (g[p * n + i], a[p * k + j]) }
      }
    }
  }

  private func expectProduct(
    _ actual: Tensor?, _ m: Int, _ n: Int, _ k: Int, _ factors: (Int, Int, Int) -> (Float, Float)
  ) {
    var expected: [Float] = []
    for i in 0..<m {
      for j in 0..<n {
        var sum = 0.0
        for p in 0..<k {
          let (a, b) = factors(i, j, p)
          sum += Double(a) * Double(b)
        }
        expected.append(Float(sum))
      }
    }
    #expect(largestDifference(actual?.values ?? [.nan], expected) < 1e-5)
  }

  @Test func `OpenBLAS does not fall back to kernels of old processors`() {
    guard let core = Engine.openBLASCore, Engine.instructionSet != .portable else { return }
    #expect(!["Prescott", "Core2", "Penryn", "Nehalem", "Generic", ""].contains(core))
    #expect(Engine.description.contains(core))
  }
}
