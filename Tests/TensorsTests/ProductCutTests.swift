import Tensors
import Testing

/// How a product is cut, by its rows, its columns and the threads, must not show in its results.
@Suite(.serialized)
struct ProductCutTests {
  private func pattern(_ shape: [Int], _ step: Int) -> Tensor {
    Tensor((0..<shape.reduce(1, *)).map { Float(($0 * step) % 29 - 14) / 17 }, shape: shape)
  }

  /// The result of two maps with an activation between, and the gradient of x.
  private func pass(_ x: Tensor, _ maps: [LinearMap], _ activation: Activation) -> [Tensor] {
    let x = Tensor(x.values, shape: x.shape)
    x.requiresGradient = true
    let tape = Tape()
    let inner = tape.linear(
      x, weight: maps[0].weight, bias: maps[0].bias, activation: activation)
    let y = tape.linear(inner, weight: maps[1].weight, bias: maps[1].bias)
    // A row's gradient is the same among many rows as among few.
    tape.backward(from: y, gradient: Tensor(y.values.map { $0 * 0.25 - 1 }, shape: y.shape))
    return [y, x.gradient].compactMap { $0 }
  }

  @Test(arguments: [Activation.none, .gelu, .relu])
  func `rows are the same bits among few and many, with one thread and several`(
    activation: Activation
  ) {
    // OpenBLAS, which multiplies there, sums in an order of its own.
    guard Engine.instructions != "portable" else { return }
    let threads = Engine.threads
    defer { Engine.threads = threads }
    let maps = [
      LinearMap(weight: pattern([700, 410], 7), bias: pattern([700], 3)),
      LinearMap(weight: pattern([410, 700], 5), bias: pattern([410], 13)),
    ]
    let x = pattern([900, 410], 11)
    Engine.threads = 1
    let whole = pass(x, maps, activation)
    #expect(whole.count == 2 && whole[1].values.contains { $0 != 0 })
    for threads in [1, 3] {
      Engine.threads = threads
      for rows in [17, 97, 500, 900] {
        let part = Tensor(Array(x.values.prefix(rows * 410)), shape: [rows, 410])
        for (ours, theirs) in zip(pass(part, maps, activation), whole) {
          #expect(ours.values == Array(theirs.values.prefix(ours.count)))
        }
      }
    }
  }
}
