public import Tensors

/// The keys and values of the tokens that a decoder has seen, so that each is computed once.
///
/// Tokens lie in every layer in the order in which they came, whatever their sequence, so that no more
/// memory is touched than they need; where those of a sequence are, its table of places says. Beams are
/// sequences: `reorder` lets several go on from one, which copies tables but neither keys nor values. What
/// dropped sequences have seen stays until the end: a row for each sequence and step. A cache serves one
/// generation on one thread, under inference tapes.
public final class KeyValueCache {
  /// The most tokens that a sequence can have.
  public let capacity: Int
  /// The number of tokens of each sequence that are kept.
  public private(set) var lengths: [Int]
  private let columns: Int
  /// The tokens of a sequence that there is room for at first.
  private static let usualTokens = 16
  private var layers: [(key: Tensor, value: Tensor)]
  /// The row of each place of each sequence, `capacity` a sequence.
  private var places: [Int32]
  /// The rows that are taken.
  private var rows = 0
  /// How many of each sequence's tokens have no place, as those of AdapterHub's prefixes.
  private var withoutPlace = 0

  /// An empty cache.
  /// - Parameters:
  ///   - columns: The width of a token's keys, and of its values: key-value heads · head size.
  public init(layers: Int, columns: Int, sequences: Int, capacity: Int) {
    precondition(
      layers > 0 && columns > 0 && sequences >= 0 && capacity >= 0,
      "a cache of \(layers) layers, \(columns) columns, \(sequences) sequences of \(capacity)")
    self.capacity = capacity
    self.columns = columns
    lengths = Array(repeating: 0, count: sequences)
    places = Array(repeating: 0, count: sequences * capacity)
    let shape = [sequences * min(capacity, Self.usualTokens), columns]
    self.layers = (0..<layers).map { _ in (Tensor.room(shape), Tensor.room(shape)) }
  }

  /// The number of sequences.
  public var count: Int { lengths.count }

  /// Whether nothing is kept yet.
  var isEmpty: Bool { lengths.allSatisfy { $0 == 0 } }

  /// The place of each new token within its sequence: it follows the kept ones.
  public func positions(of new: SequenceLayout) -> [Int32] {
    zip(lengths, new.lengths).flatMap { kept, added in
      let start = Int32(max(kept - withoutPlace, 0))
      return start..<start + Int32(added)
    }
  }

  /// Keeps a layer's keys and values of new tokens.
  ///
  /// The new tokens count as kept only after `advance`, when every layer has theirs.
  public func append(layer: Int, key: Columns, value: Columns, new: SequenceLayout) {
    precondition(new.count == count, "\(new.count) sequences for a cache of \(count)")
    for (sequence, length) in new.lengths.enumerated() {
      precondition(
        lengths[sequence] + length <= capacity,
        "\(length) tokens after \(lengths[sequence]) in a cache of \(capacity)")
    }
    let rows = place(new)
    grow(layer, to: self.rows + new.tokens)
    layers[layer].key.placeRows(rows, from: key)
    layers[layer].value.placeRows(rows, from: value)
  }

  /// Notes the rows of new tokens, which are returned in the tokens' order; every layer has the same.
  private func place(_ new: SequenceLayout) -> [Int32] {
    var next = Int32(rows)
    for (sequence, added) in new.lengths.enumerated() {
      let start = sequence * capacity + lengths[sequence]
      for place in start..<start + added {
        places[place] = next
        next += 1
      }
    }
    return Array(Int32(rows)..<next)
  }

  /// Makes room in a layer; half as much again, so that what is copied stays little.
  private func grow(_ layer: Int, to needed: Int) {
    let room = layers[layer].key.rows
    guard needed > room else { return }
    let wanted = max(needed, room + room / 2)
    layers[layer].key = layers[layer].key.grown(to: wanted)
    layers[layer].value = layers[layer].value.grown(to: wanted)
  }

  /// The attention of new tokens to those that are kept, and to themselves, which were appended.
  func attention(
    _ tape: Tape, layer: Int, query: Columns, key: Columns, value: Columns, new: SequenceLayout,
    bias: Tensor?, _ options: AttentionOptions
  ) -> Tensor {
    guard lengths.contains(where: { $0 > 0 }) else {
      return tape.attention(
        query: query, key: key, value: value, layout: new, bias: bias, options)
    }
    let kept = KeptKeys(
      key: layers[layer].key, value: layers[layer].value, places: places, stride: capacity,
      lengths: zip(lengths, new.lengths).map { $0 + $1 })
    return tape.attention(query: query, kept: kept, layout: new, bias: bias, options)
  }

  /// Counts the new tokens as kept.
  /// - Parameter count: How many of each sequence's have no place.
  public func advance(_ new: SequenceLayout, withoutPlace count: Int = 0) {
    withoutPlace += count
    for index in lengths.indices { lengths[index] += new.lengths[index] }
    rows += new.tokens
  }

  /// Lets sequence i go on from what sequence `parents[i]` has seen.
  ///
  /// There may be more or fewer sequences than before: beams begin as copies of their prompt, and
  /// finished sequences are left out.
  public func reorder(_ parents: [Int]) {
    precondition(parents.allSatisfy { 0..<count ~= $0 }, "parents \(parents) of \(count) sequences")
    guard !parents.elementsEqual(lengths.indices) else { return }
    let old = places
    places = []
    places.reserveCapacity(parents.count * capacity)
    for parent in parents { places += old[parent * capacity..<(parent + 1) * capacity] }
    lengths = parents.map { lengths[$0] }
  }
}
