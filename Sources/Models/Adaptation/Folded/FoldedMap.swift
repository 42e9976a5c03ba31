import Synchronization
import Tensors

/// A linear map with another weight, made once of what is filed.
final class FoldedMap: LinearAdaptation {
  private let change: @Sendable (Tensor) -> Tensor
  private let made = Mutex<Tensor?>(nil)

  /// - Parameter change: What the plain weight becomes, both `[outputs, inputs]`.
  init(_ change: @escaping @Sendable (_ plain: Tensor) -> Tensor) { self.change = change }

  func apply(_ tape: Tape, _ x: Tensor, _ map: Linear, _ activation: Activation) -> Tensor {
    tape.linear(
      x, weight: weight(map), bias: map.bias, activation: activation, layout: map.layout)
  }

  func merged(_ map: Linear) -> (weight: Tensor, bias: Tensor?) { (weight(map), map.bias) }

  /// The changed weight in the map's own layout.
  private func weight(_ map: Linear) -> Tensor {
    made.withLock { made in
      if let made { return made }
      let new = Engine.$precision.withValue(.fp32) {
        let plain = Tensor(map.rows, shape: [map.outputs, map.inputs])
        return map.weight(rows: change(plain).values)
      }
      made = new
      return new
    }
  }
}

/// Integers of a file, all within a bound.
final class FoldedIntegers: Sendable {
  let shape: [Int]
  private let bound: Int
  private let state: Mutex<[Int]>

  init(shape: [Int], bound: Int) {
    self.shape = shape
    self.bound = bound
    state = Mutex(Array(repeating: 0, count: shape.reduce(1, *)))
  }

  var values: [Int] { state.withLock { $0 } }

  /// Takes filed integers; says what is wrong with them.
  func take(_ values: [Int]) -> String? {
    guard values.allSatisfy({ 0..<bound ~= $0 }) else { return "are not below \(bound)" }
    state.withLock { $0 = values }
    return nil
  }
}

extension AdapterTensor {
  /// Integers that a part of a map holds.
  init(integers name: String, _ integers: FoldedIntegers) {
    self.init(integers: name, integers.shape) {
      integers.values
    } write: { filed in
      integers.take(filed).map { "\(name) \($0)" }
    }
  }
}

extension Tape {
  /// a · b of two matrices.
  func product(_ a: Tensor, _ b: Tensor) -> Tensor {
    linear(a, weight: b, layout: .inputByOutput)
  }
}
