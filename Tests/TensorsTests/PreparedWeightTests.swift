import Tensors
import Testing

/// Weights that inference holds in a form of its own, against products of their values.
@Suite(.serialized)
struct PreparedWeightTests {
  private func pattern(_ shape: [Int], _ step: Int) -> Tensor {
    let count = shape.reduce(1, *)
    return Tensor((0..<count).map { Float(($0 * step) % 19 - 9) / 8 }, shape: shape)
  }

  @Test(arguments: [WeightLayout.outputByInput, .inputByOutput], [1, 5, 70])
  func `a prepared product in fp32 is the product`(layout: WeightLayout, rows: Int) {
    let weight = pattern(layout == .outputByInput ? [37, 50] : [50, 37], 7)
    let (x, bias) = (pattern([rows, 50], 11), pattern([37], 3))
    let tape = Tape.inference()
    func product() -> [Float] {
      tape.linear(x, weight: weight, bias: bias, activation: .silu, layout: layout).values
    }
    let plain = product()
    weight.prepare(layout, as: .fp32)
    #expect(zip(product(), plain).allSatisfy { abs($0 - $1) < 1e-5 })
  }

  @Test(arguments: [WeightLayout.outputByInput, .inputByOutput])
  func `a product in 8 bits is close, and the same for any rows and threads`(layout: WeightLayout) {
    let weight = pattern(layout == .outputByInput ? [37, 50] : [50, 37], 7)
    let x = pattern([70, 50], 11)
    let tape = Tape.inference()
    func product(_ x: Tensor) -> [Float] { tape.linear(x, weight: weight, layout: layout).values }
    let plain = product(x)
    weight.prepare(layout, as: .int8)
    let rounded = product(x)
    #expect(rounded != plain)
    #expect(zip(rounded, plain).allSatisfy { abs($0 - $1) < 0.15 })
    let threads = Engine.threads
    Engine.threads = 1
    let rows = (0..<70).flatMap { product(tape.gather(x, rows: [Int32($0)])) }
    Engine.threads = threads
    #expect(rows == rounded)
  }

  @Test func `training multiplies by the values, and a change of them drops the prepared form`() {
    let weight = pattern([4, 6], 5)
    let x = pattern([2, 6], 3)
    let exact = Tape().linear(x, weight: weight).values
    weight.prepare(.outputByInput, as: .int8)
    let rounded = Tape.inference().linear(x, weight: weight).values
    #expect(rounded != exact)
    #expect(Tape().linear(x, weight: weight).values == exact)
    weight.withMutableValues { values in values[0] += 1 }
    let changed = Tape.inference().linear(x, weight: weight).values
    #expect(changed == Tape().linear(x, weight: weight).values)
    weight.prepare(.outputByInput, as: .int8)
    weight.dropPrepared()
    #expect(Tape.inference().linear(x, weight: weight).values == changed)
  }
}
