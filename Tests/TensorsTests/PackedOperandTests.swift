import Tensors
import Testing

/// Weights whose packed form products keep, against the same weights packed anew each time.
@Suite(.serialized)
struct PackedOperandTests {
  /// A result and the gradient of x, of a map and of two joint ones behind it.
  private func values(
    _ rows: Int, _ layout: WeightLayout, _ activation: Activation, _ maps: [Tensor]
  ) -> [[Float]] {
    let x = noise([rows, 50], seed: 3, requiresGradient: true)
    let tape = Tape()
    let y = tape.linear(
      x, weight: maps[0], bias: noise([37], seed: 4), activation: activation, layout: layout)
    let z = tape.linear(y, jointly: maps.dropFirst().map { LinearMap(weight: $0) })
    tape.backward(from: z, gradient: noise(z.shape, seed: 5))
    return [y.values, z.values, x.gradient?.values ?? []]
  }

  private func maps(_ layout: WeightLayout) -> [Tensor] {
    [noise(layout == .outputByInput ? [37, 50] : [50, 37], seed: 6)]
      + [noise([21, 37], seed: 7), noise([400, 37], seed: 8)]
  }

  @Test(arguments: [WeightLayout.outputByInput, .inputByOutput], [1, 16, 17, 70])
  func `products and gradients are the same bits`(layout: WeightLayout, rows: Int) {
    for activation in [Activation.none, .gelu, .tanh] {
      let (plain, kept) = (maps(layout), maps(layout))
      for map in kept { map.keepPacked() }
      let expected = values(rows, layout, activation, plain)
      // Twice: made the first time, found the second.
      for _ in 0..<2 { #expect(values(rows, layout, activation, kept) == expected) }
      #expect(expected.allSatisfy { !$0.isEmpty })
    }
  }

  @Test func `a change of the values drops what products have kept`() {
    let weight = noise([64, 50], seed: 6)
    weight.keepPacked()
    let x = noise([40, 50], seed: 3)
    let old = Tape.inference().linear(x, weight: weight).values
    weight.withMutableValues { values in values[0] += 1 }
    let new = Tape.inference().linear(x, weight: weight).values
    let fresh = Tensor(weight.values, shape: weight.shape)
    #expect(new != old && new == Tape.inference().linear(x, weight: fresh).values)
  }
}
