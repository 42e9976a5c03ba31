public import Tensors

/// The keys and values of the tokens that a decoder has seen, so that each is computed once.
///
/// Every sequence has a slot of `capacity` rows in every layer. Beams are sequences: `reorder` lets
/// several go on from one. A cache serves one generation on one thread, under inference tapes.
public final class KeyValueCache {
  /// The most tokens that a sequence can have.
  public let capacity: Int
  /// The number of tokens of each sequence that are kept.
  public private(set) var lengths: [Int]
  private var layers: [(key: Tensor, value: Tensor)]

  /// An empty cache.
  /// - Parameters:
  ///   - columns: The width of a token's keys, and of its values: key-value heads · head size.
  public init(layers: Int, columns: Int, sequences: Int, capacity: Int) {
    precondition(
      layers > 0 && columns > 0 && sequences >= 0 && capacity >= 0,
      "a cache of \(layers) layers, \(columns) columns, \(sequences) sequences of \(capacity)")
    self.capacity = capacity
    lengths = Array(repeating: 0, count: sequences)
    let shape = [sequences * capacity, columns]
    self.layers = (0..<layers).map { _ in (Tensor(shape: shape), Tensor(shape: shape)) }
  }

  /// The number of sequences.
  public var count: Int { lengths.count }

  /// The place of each new token within its sequence: it follows the kept ones.
  public func positions(of new: SequenceLayout) -> [Int32] {
    zip(lengths, new.lengths).flatMap { kept, added in Int32(kept)..<Int32(kept + added) }
  }

  /// Keeps a layer's keys and values of new tokens, and gives those of all tokens so far.
  ///
  /// The new tokens count as kept only after `advance`, when every layer has theirs.
  /// - Returns: Tensors of `sequences` · `capacity` rows, and where each sequence's lie in them.
  public func append(
    layer: Int, key: Columns, value: Columns, new: SequenceLayout
  ) -> (key: Tensor, value: Tensor, layout: SequenceLayout) {
    precondition(new.count == count, "\(new.count) sequences for a cache of \(count)")
    let kept = layers[layer]
    for (sequence, length) in new.lengths.enumerated() {
      precondition(
        lengths[sequence] + length <= capacity,
        "\(length) tokens after \(lengths[sequence]) in a cache of \(capacity)")
      let rows = new.starts[sequence]..<new.starts[sequence] + length
      let row = sequence * capacity + lengths[sequence]
      kept.key.replaceRows(from: row, with: key, rows: rows)
      kept.value.replaceRows(from: row, with: value, rows: rows)
    }
    let total = zip(lengths, new.lengths).map { $0 + $1 }
    return (
      kept.key, kept.value, SequenceLayout(lengths: total, capacity: capacity, keys: new.keys)
    )
  }

  /// Counts the new tokens as kept.
  public func advance(_ new: SequenceLayout) {
    lengths = zip(lengths, new.lengths).map { $0 + $1 }
  }

  /// Lets sequence i go on from what sequence `parents[i]` has seen.
  ///
  /// There may be more or fewer sequences than before: beams begin as copies of their prompt, and
  /// finished sequences are left out.
  public func reorder(_ parents: [Int]) {
    precondition(parents.allSatisfy { 0..<count ~= $0 }, "parents \(parents) of \(count) sequences")
    let grows = parents.count > (layers.first.map { $0.key.rows } ?? 0) / max(capacity, 1)
    let moved = parents.indices.filter { grows || parents[$0] != $0 }
    for index in layers.indices {
      layers[index] = (
        move(layers[index].key, parents, moved, grows),
        move(layers[index].value, parents, moved, grows)
      )
    }
    lengths = parents.map { lengths[$0] }
  }

  /// Copies the rows of parents into the slots of `moved`; by way of a copy, for slots may cross.
  private func move(_ tensor: Tensor, _ parents: [Int], _ moved: [Int], _ grows: Bool) -> Tensor {
    let layout = SequenceLayout(lengths: moved.map { lengths[parents[$0]] })
    let ids = moved.flatMap { slot in
      (0..<lengths[parents[slot]]).map { Int32(parents[slot] * capacity + $0) }
    }
    let rows = Columns(Tape.inference().gather(tensor, rows: ids))
    let target = grows ? Tensor(shape: [parents.count * capacity, tensor.columns]) : tensor
    for (place, slot) in moved.enumerated() {
      let start = layout.starts[place]
      target.replaceRows(
        from: slot * capacity, with: rows, rows: start..<start + layout.lengths[place])
    }
    return target
  }
}
