import Tensors
import Testing

/// Linear maps by weights that are held in 4-bit numbers, against maps by what these stand for.
@Suite(.serialized)
struct FourBitProductTests {
  private func pattern(_ shape: [Int], _ step: Int) -> Tensor {
    let count = shape.reduce(1, *)
    return Tensor((0..<count).map { Float(($0 * step) % 23 - 11) / 9 }, shape: shape)
  }

  /// A weight in 4-bit numbers, and the same values wide.
  private func weights(
    _ shape: [Int], _ step: Int = 7, _ code: FourBitCode = .nf4, blockSize: Int = 64,
    nested: Bool = true, rounding: HalfPrecision? = nil
  ) -> (held: Tensor, wide: Tensor) {
    // Of many sizes, so that scales differ from block to block.
    let sizes = pattern(shape, 2 * step + 1).values
    let values = FourBitValues(
      Tensor(zip(pattern(shape, step).values, sizes).map { $0 * $1 * $1 }, shape: shape), code,
      blockSize: blockSize, nested: nested)
    let held = Tensor(holding: values, rounding: rounding)
    return (held, Tensor(held.values, shape: shape))
  }

  /// The result of a map and the gradients of x and the bias.
  private func pass(
    _ x: Tensor, _ weight: Tensor, _ bias: Tensor, _ activation: Activation, _ layout: WeightLayout
  ) -> [[Float]] {
    for leaf in [x, bias] { (leaf.requiresGradient, leaf.gradient) = (true, nil) }
    let tape = Tape()
    let y = tape.linear(x, weight: weight, bias: bias, activation: activation, layout: layout)
    tape.backward(from: y, gradient: pattern(y.shape, 5))
    return [y.values, x.gradient?.values ?? [], bias.gradient?.values ?? []]
  }

  /// Whether the bits are the same; where OpenBLAS multiplies wide values, whether they are close.
  private func areSame(_ left: [[Float]], _ right: [[Float]]) -> Bool {
    if Engine.instructions != "portable" { return left == right }
    return zip(left.joined(), right.joined()).allSatisfy { abs($0 - $1) < 1e-4 * (1 + abs($1)) }
  }

  @Test(
    arguments: [WeightLayout.outputByInput, .inputByOutput],
    [Activation.none, .gelu, .relu])
  func `maps and gradients are the same bits`(layout: WeightLayout, activation: Activation) {
    for precision in Engine.Precision.allCases {
      Engine.$imitatesTiles.withValue(precision != .fp32) {
        Engine.$precision.withValue(precision) {
          let (held, wide) = weights(layout == .outputByInput ? [70, 130] : [130, 70])
          let (x, bias) = (pattern([33, 130], 11), pattern([70], 3))
          let expected = pass(x, wide, bias, activation, layout)
          #expect(expected[1].contains { $0 != 0 })
          #expect(areSame(pass(x, held, bias, activation, layout), expected))
          #expect(held.fourBitValues != nil && held.gradient == nil)
        }
      }
    }
  }

  /// A weight whose lines are whole blocks, with several passes in both directions, is read by vectors; of
  /// 33 and 200 rows each thread packs its own columns, of 800 all pack for all.
  @Test(arguments: [WeightLayout.outputByInput, .inputByOutput], [33, 200, 800])
  func `lines of whole blocks are the same bits`(layout: WeightLayout, rows: Int) {
    let threads = Engine.threads
    defer { Engine.threads = threads }
    // Enough columns both ways for four threads of 32 columns a panel.
    let sizes = layout == .outputByInput ? [576, 832] : [832, 576]
    let (x, bias) = (pattern([rows, 832], 11), pattern([576], 3))
    let cases = [
      weights(sizes), weights(sizes, nested: false), weights(sizes, 7, .fp4, blockSize: 32),
      weights(sizes, blockSize: 8), weights(sizes, rounding: .bfloat16),
    ]
    for (held, wide) in cases {
      Engine.threads = 1
      let expected = pass(x, wide, bias, .gelu, layout)
      for threads in [1, 4] {
        Engine.threads = threads
        #expect(areSame(pass(x, held, bias, .gelu, layout), expected))
        #expect(areSame(pass(x, wide, bias, .gelu, layout), expected))
      }
    }
  }

  @Test func `few rows differ by rounding alone`() {
    let (held, wide) = weights([70, 130])
    let (x, bias) = (pattern([3, 130], 11), pattern([70], 3))
    let expected = pass(x, wide, bias, .none, .outputByInput)
    for (ours, theirs) in zip(pass(x, held, bias, .none, .outputByInput), expected) {
      #expect(ours.count == theirs.count)
      #expect(zip(ours, theirs).allSatisfy { abs($0 - $1) < 1e-4 })
    }
  }

  @Test func `no rows give no results`() {
    let (held, _) = weights([70, 130])
    let y = Tape.inference().linear(Tensor([], shape: [0, 130]), weight: held)
    #expect(y.shape == [0, 70])
  }

  @Test func `several maps of one x are the same bits, some held and some not`() {
    let (first, second) = (weights([40, 66]), weights([24, 66], 5))
    let bias = pattern([24], 3)
    func joint(_ a: Tensor, _ b: Tensor) -> [[Float]] {
      let x = pattern([20, 66], 11)
      x.requiresGradient = true
      let tape = Tape()
      let maps = [LinearMap(weight: a), LinearMap(weight: b, bias: bias)]
      let y = tape.linear(x, jointly: maps)
      tape.backward(from: y, gradient: pattern(y.shape, 5))
      return [y.values, x.gradient?.values ?? []]
    }
    let expected = joint(first.wide, second.wide)
    #expect(areSame(joint(first.held, second.held), expected))
    #expect(areSame(joint(first.held, second.wide), expected))
  }

  @Test func `values are rounded to 16 bits where the checkpoint's are`() {
    let exact = weights([40, 66]).wide
    for half in [HalfPrecision.bfloat16, .float16] {
      let (held, wide) = weights([40, 66], rounding: half)
      #expect(wide.values == Tensor(exact.halfPrecision(half).span, half, shape: [40, 66]).values)
      #expect(wide.values != exact.values)
      let x = pattern([20, 66], 11)
      let tape = Tape.inference()
      let products = [held, wide].map { tape.linear(x, weight: $0).values }
      #expect(areSame([products[0]], [products[1]]))
    }
  }

  @Test func `updates beside a held weight have the gradients they have beside a wide one`() {
    let (held, wide) = weights([70, 130])
    let (down, up) = (pattern([4, 130], 3), pattern([70, 4], 5))
    func gradients(_ weight: Tensor) -> [[Float]] {
      let x = pattern([33, 130], 11)
      for leaf in [x, down, up] { (leaf.requiresGradient, leaf.gradient) = (true, nil) }
      let tape = Tape()
      let update = LowRankUpdate(down: down, up: up, scale: 2)
      let y = tape.checkpoint { $0.linear(x, weight: weight, updates: [update]) }
      tape.backward(from: y, gradient: pattern(y.shape, 5))
      return [y.values] + [x, down, up].map { $0.gradient?.values ?? [] }
    }
    #expect(areSame(gradients(held), gradients(wide)))
  }

  @Test func `memory is that of numbers and scales, also after products and readings`() {
    let count = 256 * 512
    let (nested, plain) = (weights([256, 512]).held, weights([256, 512], nested: false).held)
    let blocks = count / 64
    #expect(plain.bytesHeld == count / 2 + 4 * blocks + 64)
    #expect(nested.bytesHeld == count / 2 + blocks + 4 * (blocks / 256) + 4 * 256 + 64)
    for tensor in [nested, plain] {
      let before = tensor.bytesHeld
      _ = Tape.inference().linear(pattern([20, 512], 3), weight: tensor).values
      #expect(tensor.values.count == count)
      #expect(tensor.bytesHeld == before)
    }
    #expect(Tensor(shape: [3, 5]).bytesHeld == 60)
  }

  @Test func `readers at once see the same values`() async {
    let (held, wide) = weights([128, 128])
    let expected = wide.values
    await withTaskGroup(of: Bool.self) { group in
      for _ in 0..<16 { group.addTask { held.values == expected } }
      for await isSame in group { #expect(isSame) }
    }
  }

  @Test func `what is written is an ordinary tensor from then on`() {
    let (held, wide) = weights([10, 20])
    held.withMutableValues { $0[3] = 5 }
    #expect(held.fourBitValues == nil && held.bytesHeld == 800)
    var expected = wide.values
    expected[3] = 5
    #expect(held.values == expected)
    let (trained, _) = weights([10, 20])
    trained.requiresGradient = true
    let tape = Tape()
    let y = tape.linear(pattern([4, 20], 3), weight: trained)
    tape.backward(from: y, gradient: pattern([4, 10], 5))
    #expect(trained.gradient?.shape == [10, 20])
  }

  @Test func `preparing a held weight leaves it as it is`() {
    let (held, _) = weights([37, 50])
    let x = pattern([5, 50], 11)
    let tape = Tape.inference()
    let plain = tape.linear(x, weight: held).values
    held.prepare(.outputByInput, as: .int8)
    #expect(!held.isPrepared)
    #expect(tape.linear(x, weight: held).values == plain)
  }
}
