import Tensors

/// An embedding some of whose rows are trained, in the tied output too.
final class TokenTable: EmbeddingAdaptation {
  /// The new vectors of the tokens: `[tokens, width]`.
  let vectors: Tensor
  let tokens: [Int32]
  private let merged = KeptChange()

  /// - Throws: `ModelError.invalid` for tokens that the table does not have, or has once.
  init(_ table: Embedding, checked tokens: [Int32]) throws(ModelError) {
    guard !tokens.isEmpty, Set(tokens).count == tokens.count,
      tokens.allSatisfy({ 0..<table.weight.rows ~= Int($0) })
    else {
      throw ModelError(
        .invalid, file: "tokens",
        problem: "\(tokens.prefix(8)) are not different ids below \(table.weight.rows)")
    }
    self.tokens = tokens
    vectors = Tape.inference().gather(table.weight, rows: tokens).copy()
  }

  func change(_ tape: Tape, _ ids: [Int32], _ table: Embedding) -> Tensor {
    // What the new vectors add to the old ones; the row behind them, of zeros, is for all others.
    let old = Tape.inference().gather(table.weight, rows: tokens)
    let difference = tape.add(vectors, old, factor: -1)
    let changes = tape.concatenateRows([difference, Tensor(shape: [1, vectors.columns])])
    let places = Dictionary(
      zip(tokens, 0...), uniquingKeysWith: { first, _ in first })
    return tape.stoppingGradient(
      tape.gather(changes, rows: ids.map { Int32(places[$0] ?? tokens.count) }),
      rows: table.paddedRows(ids))
  }

  func merged(_ table: Embedding) -> Tensor { weight(.inference(), table) }

  /// The whole table, made once for inference.
  func weight(_ tape: Tape, _ table: Embedding) -> Tensor {
    let make = { tape.replaceRows(self.tokens, of: table.weight, by: self.vectors) }
    return tape.isRecording ? make() : merged.tensor(of: vectors, make)
  }
}
