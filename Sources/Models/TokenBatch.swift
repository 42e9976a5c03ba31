public import Tensors

/// Tokens of several sequences, one sequence after the other without padding.
public struct TokenBatch: Sendable {
  /// The token ids of all sequences; -1 for virtual tokens.
  public let ids: [Int32]
  /// The segment of each token; zeros for a single text.
  public let types: [Int32]
  /// Where the sequences lie, and their keys for dropout.
  public let layout: SequenceLayout
  /// How many virtual tokens stand before each sequence, for models with a prompt.
  public let virtual: Int

  /// A batch of sequences.
  /// - Parameters:
  ///   - types: The segments; nil for zeros.
  ///   - keys: A number of each record, so that dropout does not depend on how records are batched.
  public init(_ sequences: [[Int32]], types: [[Int32]]? = nil, keys: [UInt64]? = nil) {
    ids = Array(sequences.joined())
    self.types = types.map { Array($0.joined()) } ?? [Int32](repeating: 0, count: ids.count)
    precondition(self.types.count == ids.count, "\(self.types.count) types for \(ids.count) ids")
    virtual = 0
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

extension TokenBatch {
  /// The batch with the places of so many virtual tokens before each sequence.
  func prompted(_ count: Int) -> TokenBatch {
    count == virtual ? self : TokenBatch(self, virtual: count)
  }

  private init(_ batch: TokenBatch, virtual: Int) {
    precondition(batch.virtual == 0, "\(virtual) virtual tokens before \(batch.virtual)")
    func extended(_ values: [Int32], _ filling: Int32) -> [Int32] {
      zip(batch.layout.starts, batch.layout.lengths).flatMap { start, length in
        Array(repeating: filling, count: virtual) + values[start..<start + length]
      }
    }
    ids = extended(batch.ids, -1)
    types = extended(batch.types, 0)
    layout = batch.layout.lengthened(by: virtual)
    self.virtual = virtual
  }

  var withoutVirtual: TokenBatch {
    let layout = layout.lengthened(by: -virtual)
    let ids = words
    let types = wordRows.map { self.types[Int($0)] }
    let rows = zip(layout.starts, layout.lengths).map { $0..<$0 + $1 }
    return TokenBatch(
      rows.map { Array(ids[$0]) }, types: rows.map { Array(types[$0]) }, keys: layout.keys)
  }

  /// The rows of all tokens but the virtual ones.
  var wordRows: [Int32] {
    zip(layout.starts, layout.lengths).flatMap { start, length in
      Int32(start + virtual)..<Int32(start + length)
    }
  }

  /// The token ids without the virtual ones.
  var words: [Int32] { virtual == 0 ? ids : wordRows.map { ids[Int($0)] } }
}
