public import Tensors

/// Tokens of several sequences, one sequence after the other without padding.
public struct TokenBatch: Sendable {
  /// The token ids of all sequences.
  public let ids: [Int32]
  /// The segment of each token; zeros for a single text.
  public let types: [Int32]
  /// Where the sequences lie, and their keys for dropout.
  public let layout: SequenceLayout

  /// A batch of sequences.
  /// - Parameters:
  ///   - types: The segments; nil for zeros.
  ///   - keys: A number of each record, so that dropout does not depend on how records are batched.
  public init(_ sequences: [[Int32]], types: [[Int32]]? = nil, keys: [UInt64]? = nil) {
    ids = Array(sequences.joined())
    self.types = types.map { Array($0.joined()) } ?? [Int32](repeating: 0, count: ids.count)
    precondition(self.types.count == ids.count, "\(self.types.count) types for \(ids.count) ids")
    layout = SequenceLayout(lengths: sequences.map(\.count), keys: keys)
  }
}

extension TokenBatch {
  /// A batch in rectangular form, as other libraries have it: rows of one length and a mask.
  ///
  /// Places whose mask is 0 are dropped; `places` says where the others stood in the rectangle.
  public static func packing(
    _ rows: [[Int32]], mask: [[Int32]], types: [[Int32]]? = nil
  ) -> (batch: TokenBatch, places: [Int32]) {
    let (_, places) = SequenceLayout.packing(mask: mask)
    func kept(_ values: [[Int32]]) -> [[Int32]] {
      zip(values, mask).map { row, mask in zip(row, mask).filter { $1 != 0 }.map(\.0) }
    }
    return (TokenBatch(kept(rows), types: types.map(kept)), places)
  }
}
