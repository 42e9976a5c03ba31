import Tensors
import Testing

/// What a tape keeps between the passes, and what it makes again.
@Suite struct `The memory of a step` {
  private let weight = noise([12, 10], seed: 1, requiresGradient: true)

  @Test func `holds no values that the backward pass can do without`() {
    let tape = Tape(training: .init(seed: 1, step: 1))
    let x = noise([5, 10], seed: 2, requiresGradient: true)
    weak var product: Tensor?
    weak var normalised: Tensor?
    weak var dropped: Tensor?
    let loss = {
      let y = tape.linear(x, weight: weight)
      let z = tape.dropout(
        tape.layerNorm(y, weight: nil, bias: nil, epsilon: 1e-5),
        Dropout(0.5, keys: .places(5)))
      (product, normalised, dropped) = (y, z, tape.add(z, z))
      return tape.mean(tape.linear(dropped ?? z, weight: noise([3, 12], seed: 3)))
    }()
    #expect(product == nil && normalised == nil && dropped == nil)
    tape.backward(from: loss)
    #expect(x.gradient != nil && weight.gradient != nil)
  }

  @Test(arguments: Activation.allCases)
  func `makes the arguments of products again, the same bits`(kind: Activation) {
    let x = noise([7, 10], seed: 4, requiresGradient: true)
    let second = noise([9, 12], seed: 5, requiresGradient: true)
    let gradients = { (keeps: Bool) -> [[Float]] in
      for leaf in [x, weight, second] { leaf.gradient = nil }
      let tape = Tape(training: .init(seed: 3, step: 2))
      var y = tape.linear(x, weight: weight, activation: kind)
      // A sum with nothing has the same values, but no recipe.
      if keeps { y = tape.add(y, Tensor(shape: y.shape)) }
      y = tape.dropout(y, Dropout(0.25, keys: .places(7)))
      if keeps { y = tape.add(y, Tensor(shape: y.shape)) }
      y = tape.rmsNorm(y, weight: nil, epsilon: 1e-6)
      if keeps { y = tape.add(y, Tensor(shape: y.shape)) }
      y = tape.gated(Columns(y, 0..<6), Columns(y, 6..<12), kind)
      y = tape.linear(y, weight: Tensor(Array(second.values.prefix(54)), shape: [9, 6]))
      tape.backward(
        from: tape.linear(y, weight: noise([2, 9], seed: 6)), gradient: noise([7, 2], seed: 7))
      return [x, weight].map { $0.gradient?.values ?? [] }
    }
    #expect(gradients(true) == gradients(false))
    #expect(gradients(true).allSatisfy { !$0.isEmpty })
  }

  @Test func `makes many rows again a few at a time`() {
    let leaves = [[800, 4], [2000, 4], [3, 2000]].enumerated().map { index, shape in
      noise(shape, seed: UInt64(index), requiresGradient: true)
    }
    let gradient = noise([800, 3], seed: 9)
    let gradients = { (keeps: Bool) -> [[Float]] in
      for leaf in leaves { leaf.gradient = nil }
      let tape = Tape(training: nil)
      var y = tape.linear(leaves[0], weight: leaves[1], activation: .gelu)
      if keeps { y = tape.add(y, Tensor(shape: y.shape)) }
      tape.backward(from: tape.linear(y, weight: leaves[2]), gradient: gradient)
      return leaves.map { $0.gradient?.values ?? [] }
    }
    for (made, kept) in zip(gradients(false), gradients(true)) {
      #expect(made.count == kept.count && largestDifference(made, kept) < 1e-5)
    }
  }

  @Test(arguments: [Activation.gelu, .silu, .relu])
  func `takes a slope on the spot only where all of the gradient is at hand`(kind: Activation) {
    let (x, second) = (
      noise([40, 10], seed: 4, requiresGradient: true), noise([9, 12], seed: 5)
    )
    let gradient = noise([40, 9], seed: 6)
    for uses in 1...2 {
      let gradients = { (isApart: Bool) -> [[Float]] in
        for leaf in [x, weight] { leaf.gradient = nil }
        let tape = Tape(training: nil)
        let y =
          isApart
          ? tape.activation(tape.linear(x, weight: weight), kind)
          : tape.linear(x, weight: weight, activation: kind)
        let before = y.values
        let z = tape.linear(y, weight: second)
        tape.backward(
          from: uses == 1 ? z : tape.add(z, tape.linear(y, weight: second)), gradient: gradient)
        #expect(y.values == before)
        // What another tape keeps of the result is not what the first one's walk made of it.
        let (next, factor) = (Tape(training: nil), noise([9, 12], seed: 7, requiresGradient: true))
        next.backward(from: next.linear(y, weight: factor), gradient: gradient)
        return [x, weight, factor].map { $0.gradient?.values ?? [] }
      }
      for (fused, apart) in zip(gradients(false), gradients(true)) {
        #expect(fused.count == apart.count && largestDifference(fused, apart) < 2e-5)
      }
    }
  }

  @Test(arguments: [Activation.gelu, .silu, .relu])
  func `makes nothing again from what a walk back has overwritten`(kind: Activation) {
    let (x, residual) = (
      noise([40, 10], seed: 4, requiresGradient: true), noise([40, 9], seed: 5)
    )
    let second = noise([9, 12], seed: 6, requiresGradient: true)
    let third = noise([7, 9], seed: 7, requiresGradient: true)
    let tape = Tape(training: nil)
    let y = tape.linear(x, weight: weight, activation: kind)
    let sum = tape.addLinear(y, weight: second, residual: residual)
    let norm = tape.layerNorm(sum, weight: nil, bias: nil, epsilon: 1e-5)
    tape.backward(from: sum, gradient: noise([40, 9], seed: 8))
    for kept in [sum, norm] {
      third.gradient = nil
      let (next, gradient) = (Tape(training: nil), noise([40, 7], seed: 9))
      next.backward(from: next.linear(kept, weight: third), gradient: gradient)
      let made = third.gradient?.values ?? []
      third.gradient = nil
      let plain = Tape(training: nil)
      let copy = Tensor(kept.values, shape: kept.shape)
      plain.backward(from: plain.linear(copy, weight: third), gradient: gradient)
      #expect(made == third.gradient?.values)
    }
  }

  @Test func `shares a gradient between summands without one changing the other's`() {
    let (a, b) = (
      noise([4, 6], seed: 1, requiresGradient: true),
      noise([4, 6], seed: 2, requiresGradient: true)
    )
    let tape = Tape(training: nil)
    let sum = tape.add(a, b)
    // a gets more of its gradient elsewhere; b does not.
    let y = tape.add(sum, tape.scale(a, by: 3))
    let gradient = noise([4, 6], seed: 3)
    tape.backward(from: tape.add(y, sum), gradient: gradient)
    #expect(largestDifference(a.gradient?.values ?? [], gradient.values.map { 5 * $0 }) < 1e-6)
    #expect(largestDifference(b.gradient?.values ?? [], gradient.values.map { 2 * $0 }) < 1e-6)
  }

  @Test func `is reused from the lowest free place on, and neighbours become one`() throws {
    var arena = Arena(size: 64 << 20)
    let page = Arena.page
    let places = (0..<4).compactMap { _ in arena.take(4 * page) }
    try #require(places.count == 4)
    #expect(zip(places, places.dropFirst()).allSatisfy { $1 - $0 == 4 * page })
    let freed = [arena.give(places[2], 4 * page), arena.give(places[0], 4 * page)]
    let tooLarge = arena.take(5 * page)
    #expect(tooLarge.map { $0 - places[3] } == 4 * page, "no free place is large enough")
    let between = arena.give(places[1], 4 * page)
    #expect(freed == [true, true] && between)
    let (first, rest, all) = (arena.take(page), arena.take(11 * page), arena.take(128 << 20))
    #expect(first == places[0])
    #expect(rest.map { $0 - places[0] } == page, "three places that touch are one")
    #expect(all == nil, "more than the arena has")
    let other = UnsafeMutableRawPointer.allocate(byteCount: page, alignment: page)
    let isItsOwn = arena.give(other, page)
    #expect(!isItsOwn)
    other.deallocate()
  }

  @Test func `of an arena can be written after it was given back`() throws {
    var arena = Arena(size: 64 << 20)
    let taken = arena.take(8 * Arena.page)
    let memory = try #require(taken)
    memory.storeBytes(of: 42, as: Int.self)
    let isFreed = arena.give(memory, 8 * Arena.page)
    arena.release()
    let again = arena.take(8 * Arena.page)
    #expect(isFreed && again == memory && again?.load(as: Int.self) == 0)
    again?.storeBytes(of: 7, toByteOffset: 8 * Arena.page - 8, as: Int.self)
  }
}

/// Parts of a network that are computed twice to be kept once.
@Suite struct `A checkpoint` {
  private func run(
    _ wrapped: Bool, inputWantsGradient: Bool, dropout: Float = 0.2
  ) -> [[Float]] {
    let layers = (0..<3).map {
      EncoderLayer(hidden: 24, feedForward: 37, heads: 3, seed: 20 * UInt64($0))
    }
    let layout = SequenceLayout(lengths: [9, 1, 0, 13])
    let x = noise([23, 24], seed: 2, requiresGradient: inputWantsGradient)
    let tape = Tape(training: .init(seed: 8, step: 3), checkpointsLayers: wrapped)
    var y = x
    for layer in layers { y = tape.layer { [y] in layer($0, y, layout, dropout: dropout) } }
    // x once more, so that its gradient gathers from inside and outside.
    y = tape.add(tape.dropout(y, Dropout(0.5, keys: layout.tokenKeys)), x)
    tape.backward(from: y, gradient: noise(y.shape, seed: 4))
    return [y.values] + (layers.flatMap(\.parameters) + [x]).map { $0.gradient?.values ?? [] }
  }

  @Test(arguments: [true, false])
  func `gives the same bits with dropout`(inputWantsGradient: Bool) {
    let (plain, again) = (
      run(false, inputWantsGradient: inputWantsGradient),
      run(true, inputWantsGradient: inputWantsGradient)
    )
    #expect(plain == again)
    #expect(plain.dropLast().allSatisfy { !$0.isEmpty })
    #expect(plain[0] != run(true, inputWantsGradient: true, dropout: 0.3)[0])
  }

  @Test func `may lie in another and in a tape of inference`() {
    let weight = noise([6, 6], seed: 1, requiresGradient: true)
    let x = noise([4, 6], seed: 2, requiresGradient: true)
    let body = { (tape: Tape) in
      tape.linear(
        tape.checkpoint { $0.linear(x, weight: weight, activation: .gelu) }, weight: weight)
    }
    let plain = body(.inference())
    #expect(!plain.requiresGradient && Tape.inference().checkpoint(body).values == plain.values)
    let gradients = { (nested: Bool) -> [[Float]] in
      (x.gradient, weight.gradient) = (nil, nil)
      let tape = Tape(training: nil)
      let y = nested ? tape.checkpoint(body) : body(tape)
      #expect(y.values == plain.values)
      tape.backward(from: tape.mean(y))
      return [x, weight].map { $0.gradient?.values ?? [] }
    }
    #expect(gradients(true) == gradients(false))
  }

  @Test func `of frozen values is not walked`() {
    let frozen = noise([6, 6], seed: 1)
    let tape = Tape(training: nil)
    let y = tape.checkpoint { $0.linear(noise([2, 6], seed: 3), weight: frozen) }
    #expect(!y.requiresGradient)
  }
}
