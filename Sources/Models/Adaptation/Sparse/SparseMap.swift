import Synchronization
import Tensors

/// A linear map some of whose weights are changed (SHiRA: Bhardwaj and others 2024).
///
///     y = activation(x · (W + S) + b),  S zero but at the chosen places
///
/// Only the values of S are trained, so that an optimizer remembers nothing of the others.
final class SparseMap: LinearAdaptation {
  /// The values of S: `[chosen]`.
  let values: Tensor
  private let map: Linear
  private let chosen: Mutex<[Int]>
  private let merged = KeptChange()

  /// A map no places of which are chosen yet.
  init(_ map: Linear, count: Int) {
    self.map = map
    values = Tensor(shape: [count])
    chosen = Mutex(Array(0..<count))
  }

  /// The places of the values in W as `[outputs, inputs]`, counted row by row.
  var places: [Int] {
    get { chosen.withLock { $0 } }
    set {
      precondition(newValue.count == values.count, "\(newValue.count) places")
      chosen.withLock { $0 = newValue }
      merged.forget()
    }
  }

  func apply(_ tape: Tape, _ x: Tensor, _ map: Linear, _ activation: Activation) -> Tensor {
    tape.linear(
      x, weight: weight(tape), bias: map.bias, activation: activation, layout: map.layout)
  }

  func merged(_ map: Linear) -> (weight: Tensor, bias: Tensor?) { (weight(.inference()), map.bias) }

  /// W + S as the map stores it; made once for inference.
  private func weight(_ tape: Tape) -> Tensor {
    let make = { tape.add(self.values, to: self.map.weight, at: self.stored(self.places)) }
    return tape.isRecording ? make() : merged.tensor(of: values, make)
  }

  /// Places in the layout of the weight.
  private func stored(_ places: [Int]) -> [Int] {
    guard map.layout == .inputByOutput else { return places }
    let (inputs, outputs) = (map.inputs, map.outputs)
    return places.map { $0 % inputs * outputs + $0 / inputs }
  }
}

/// A tensor that follows from a few values, made again only where these have changed.
final class KeptChange: Sendable {
  private let state = Mutex<(values: [Float], tensor: Tensor)?>(nil)

  /// The tensor for the present values.
  func tensor(of values: Tensor, _ make: () -> Tensor) -> Tensor {
    let present = values.values
    if let kept = state.withLock({ $0 }), kept.values == present { return kept.tensor }
    let tensor = make()
    state.withLock { $0 = (present, tensor) }
    return tensor
  }

  func forget() { state.withLock { $0 = nil } }
}
