import Tensors
import Testing

/// Values and gradients against torch.
@Suite struct `Operations agree with torch` {
  @Test(arguments: Activation.allCases)
  func `in linear maps and activations`(kind: Activation) throws {
    try Fixture("linear.\(kind)").check(["x", "w", "b"]) { tape, t in
      tape.linear(t[0], weight: t[1], bias: t[2], activation: kind)
    }
    try Fixture("activation.\(kind)").check(["x"]) { tape, t in tape.activation(t[0], kind) }
  }

  @Test func `in linear maps of other layouts and of one row`() throws {
    try Fixture("linear.inputByOutput").check(["x", "w", "b"]) { tape, t in
      tape.linear(t[0], weight: t[1], bias: t[2], activation: .gelu, layout: .inputByOutput)
    }
    try Fixture("linear.oneRow").check(["x", "w"]) { tape, t in
      tape.linear(t[0], weight: t[1])
    }
  }

  @Test(arguments: [1, 23])
  func `in several linear maps of one tensor`(rows: Int) throws {
    try Fixture("linear.jointly\(rows)").check(["x", "w0", "w1", "w2", "b0", "b2"]) { tape, t in
      tape.linear(
        t[0],
        jointly: [
          LinearMap(weight: t[1], bias: t[4]), LinearMap(weight: t[2]),
          LinearMap(weight: t[3], bias: t[5]),
        ])
    }
  }

  @Test(arguments: Activation.allCases)
  func `in gated units`(kind: Activation) throws {
    try Fixture("gated.\(kind)").check(["gate", "up"]) { tape, t in
      tape.gated(Columns(t[0]), Columns(t[1]), kind)
    }
  }

  @Test func `in gated units whose halves are columns of one tensor`() throws {
    try Fixture("gated.halves").check(["both"]) { tape, t in
      tape.gated(Columns(t[0], 0..<10), Columns(t[0], 10..<20), .silu)
    }
    try Fixture("gated.parts").check(["both"]) { tape, t in
      tape.gated(Columns(t[0], 3..<8), Columns(t[0], 9..<14), .gelu)
    }
  }

  @Test(arguments: [Activation.none, .gelu])
  func `in low-rank updates of linear maps`(kind: Activation) throws {
    try Fixture("lowRank.\(kind)").check(["x", "w", "b", "down", "up"]) { tape, t in
      tape.linear(
        t[0], weight: t[1], bias: t[2], activation: kind,
        updates: [LowRankUpdate(down: t[3], up: t[4], scale: 0.75)])
    }
  }

  @Test func `in low-rank updates of parts of a map, and in factors of columns`() throws {
    let inputs = ["x", "w", "down", "up", "down2", "up2"]
    try Fixture("lowRank.parts").check(inputs) { tape, t in
      tape.linear(
        t[0], weight: t[1], layout: .inputByOutput,
        updates: [
          LowRankUpdate(down: t[2], up: t[3], scale: 2),
          LowRankUpdate(down: t[4], up: t[5], scale: -0.5, firstColumn: 7),
        ])
    }
    try Fixture("scaleColumns").check(["x", "w", "b"]) { tape, t in
      tape.scaleColumns(t[0], by: t[1], bias: t[2])
    }
  }

  @Test func `in elementwise arithmetic`() throws {
    try Fixture("add").check(["a", "b"]) { tape, t in tape.add(t[0], t[1], factor: 0.5) }
    try Fixture("multiply").check(["a", "b"]) { tape, t in tape.multiply(t[0], t[1]) }
    try Fixture("scale").check(["a"]) { tape, t in tape.scale(t[0], by: -0.75) }
    try Fixture("mean").check(["a"]) { tape, t in tape.mean(t[0]) }
  }

  @Test func `in rows: embedding, pooling, concatenation, unit length`() throws {
    try Fixture("embedding").check(["word", "position", "kind"]) { tape, t in
      tape.embedding(
        [(t[0], [3, 12, 3, 0, 7]), (t[1], [0, 1, 2, 0, 1]), (t[2], [0, 0, 0, 1, 1])],
        factor: 1.5)
    }
    try Fixture("meanRows").check(["x"]) { tape, t in
      tape.meanRows(t[0], layout: SequenceLayout(lengths: [2, 0, 4]))
    }
    try Fixture("concatenateRows").check(["x"]) { tape, t in
      tape.concatenateRows([t[0], Tensor(shape: [0, 5]), tape.scale(t[0], by: 2)])
    }
    try Fixture("unitRows").check(["x"]) { tape, t in tape.unitRows(t[0]) }
  }

  @Test(arguments: [("halves", false), ("interleaved", true)])
  func `in rotary positions`(name: String, interleaved: Bool) throws {
    let fixture = try Fixture("rotate.\(name)")
    let angles = try fixture.tensor("angles")
    try fixture.check(["x"]) { tape, t in
      tape.rotate(t[0], angles: angles, heads: 2, interleaved: interleaved)
    }
  }

  @Test(arguments: [5, 48])
  func `in norms`(columns: Int) throws {
    try Fixture("layerNorm.\(columns)").check(["x", "w", "b"]) { tape, t in
      tape.layerNorm(t[0], weight: t[1], bias: t[2], epsilon: 1e-5)
    }
    try Fixture("rmsNorm.\(columns)").check(["x", "w"]) { tape, t in
      tape.rmsNorm(t[0], weight: t[1], epsilon: 1e-6)
    }
    try Fixture("addNorm.\(columns)").check(["x", "r", "w", "b"]) { tape, t in
      tape.addNorm(t[0], residual: t[1], weight: t[2], bias: t[3], epsilon: 1e-12)
    }
  }

  @Test func `in optimizer steps with clipping`() throws {
    let fixture = try Fixture("adamw")
    let value = try fixture.tensor("start")
    let moments = AdamW.Moments(shape: value.shape)
    for step in 0..<3 {
      value.gradient = try fixture.tensor("gradient\(step)")
      let norm = gradientNorm(of: [value])
      try fixture.expect([norm], "norm\(step)")
      AdamW(learningRate: 1e-2, weightDecay: 0.1).update(
        value, moments, step: step + 1, gradientFactor: clippingFactor(norm: norm, maximum: 1))
      try fixture.expect(value.values, "value\(step)", 1e-6)
    }
  }
}
