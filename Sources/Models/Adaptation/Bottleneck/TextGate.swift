import Tensors

/// How much of an adapter's change a text gets (UniPELT: Mao and others 2022).
///
///     gate = mean over the text's tokens of σ(x · Wᵀ + b)
///
/// AdapterHub's means count the padding behind a text, ours its own tokens alone: what it computes for a text
/// that is not padded.
struct TextGate: Sendable {
  /// `[gates, width]` and `[gates]`.
  let weight, bias: Tensor

  init(width: Int, count: Int = 1) {
    weight = Tensor(shape: [count, width])
    bias = Tensor(shape: [count])
  }

  /// What is filed, by the ends of AdapterHub's names.
  var parameters: [BottleneckParameter] {
    [("gate.weight", weight, .weight), ("gate.bias", bias, .bias)]
  }

  /// The gates of each text: `[texts, gates]`.
  /// - Parameter layout: Where texts lie among the rows of x.
  func callAsFunction(_ tape: Tape, _ x: Tensor, _ layout: SequenceLayout) -> Tensor {
    let all = tape.linear(x, weight: weight, bias: bias, activation: .sigmoid)
    return tape.meanRows(all, layout: layout)
  }

  /// The gate of each row's text, beside itself as often as there are columns: `[rows, columns]`.
  func factors(_ tape: Tape, _ x: Tensor, columns: Int) -> Tensor {
    tape.linear(rows(tape, x), weight: Tensor(repeating: 1, shape: [columns, 1]))
  }

  /// The gates of each row's text: `[rows, gates]`.
  func rows(_ tape: Tape, _ x: Tensor) -> Tensor {
    let layout = tape.layout(ofRows: x.rows)
    return tape.gather(self(tape, x, layout), rows: layout.sequences)
  }
}

extension SequenceLayout {
  /// The number of each row's sequence, in row order.
  fileprivate var sequences: [Int32] {
    lengths.enumerated().flatMap { number, length in
      [Int32](repeating: Int32(number), count: length)
    }
  }
}
