import Tensors
import Testing

/// Values and gradients of what puts rows, columns and single values elsewhere, against torch.
@Suite struct `Operations on places agree with torch` {
  @Test func `in linear maps that are added to a residual`() throws {
    try Fixture("addLinear").check(["x", "w", "b", "r"]) { tape, t in
      tape.addLinear(t[0], weight: t[1], bias: t[2], residual: t[3])
    }
    try Fixture("addLinear.inputByOutput").check(["x", "w", "r"]) { tape, t in
      tape.addLinear(t[0], weight: t[1], layout: .inputByOutput, residual: t[2])
    }
  }

  @Test func `in rows before each sequence`() throws {
    let layout = SequenceLayout(lengths: [3, 0, 1, 2])
    try Fixture("prepend").check(["first", "x"]) { tape, t in
      tape.prepend(Columns(t[0], 1..<8), to: Columns(t[1], 4..<11), layout: layout)
    }
    #expect(layout.lengthened(by: 2).lengths == [5, 2, 3, 4])
  }

  @Test func `in columns that are copied and joined`() throws {
    try Fixture("copyColumns").check(["x"]) { tape, t in tape.copy(Columns(t[0], 4..<11)) }
    try Fixture("joinColumns").check(["a", "b", "c"]) { tape, t in
      tape.joinColumns([t[0], t[1], t[2], t[1]])
    }
  }

  @Test func `in values at some places, twice at one`() throws {
    try Fixture("addAt").check(["matrix", "values"]) { tape, t in
      tape.add(t[1], to: t[0], at: [0, 7, 14, 7])
    }
  }

  @Test func `in rows that take the place of others`() throws {
    try Fixture("replaceRows").check(["matrix", "rows"]) { tape, t in
      tape.replaceRows([4, 1], of: t[0], by: t[1])
    }
  }
}
