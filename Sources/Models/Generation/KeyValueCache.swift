public import Tensors

/// The keys and values of the tokens that a decoder has seen, so that each is computed once.
///
/// Every sequence writes to a slot of `capacity` rows in every layer, and reads where its table of
/// places says. Beams are sequences: `reorder` lets several go on from one, which copies tables but
/// neither keys nor values. A cache serves one generation on one thread, under inference tapes.
public final class KeyValueCache {
  /// The most tokens that a sequence can have.
  public let capacity: Int
  /// The number of tokens of each sequence that are kept.
  public private(set) var lengths: [Int]
  private let columns: Int
  private var layers: [(key: Tensor, value: Tensor)]
  private var slots: CacheSlots

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
    slots = CacheSlots(sequences: sequences, capacity: capacity)
    let shape = [sequences * capacity, columns]
    self.layers = (0..<layers).map { _ in (Tensor.room(shape), Tensor.room(shape)) }
  }

  /// The number of sequences.
  public var count: Int { lengths.count }

  /// Whether nothing is kept yet.
  var isEmpty: Bool { lengths.allSatisfy { $0 == 0 } }

  /// The place of each new token within its sequence: it follows the kept ones.
  public func positions(of new: SequenceLayout) -> [Int32] {
    zip(lengths, new.lengths).flatMap { kept, added in Int32(kept)..<Int32(kept + added) }
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
    let rows = slots.extend(lengths, by: new.lengths)
    layers[layer].key.placeRows(rows, from: key)
    layers[layer].value.placeRows(rows, from: value)
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
      key: layers[layer].key, value: layers[layer].value, places: slots.places, stride: capacity,
      lengths: zip(lengths, new.lengths).map { $0 + $1 })
    return tape.attention(query: query, kept: kept, layout: new, bias: bias, options)
  }

  /// Counts the new tokens as kept.
  public func advance(_ new: SequenceLayout) {
    for index in lengths.indices { lengths[index] += new.lengths[index] }
  }

  /// Lets sequence i go on from what sequence `parents[i]` has seen.
  ///
  /// There may be more or fewer sequences than before: beams begin as copies of their prompt, and
  /// finished sequences are left out.
  public func reorder(_ parents: [Int]) {
    precondition(parents.allSatisfy { 0..<count ~= $0 }, "parents \(parents) of \(count) sequences")
    guard !parents.elementsEqual(lengths.indices) else { return }
    slots.reorder(parents, lengths)
    lengths = parents.map { lengths[$0] }
    let rows = slots.count * capacity
    guard let kept = layers.first?.key.rows, rows > kept else { return }
    for index in layers.indices {
      layers[index] = (layers[index].key.grown(to: rows), layers[index].value.grown(to: rows))
    }
  }
}

/// Which rows the sequences of a cache write, and which they read.
///
/// Slot s is the rows from s · capacity on, and a token's place within its sequence is its place
/// within the slot; so rows that descendants of a sequence still read are never written again as long
/// as they are at earlier places than whoever writes the slot has reached.
struct CacheSlots {
  /// The row of each place of each sequence, `capacity` a sequence.
  private(set) var places: [Int32]
  /// The slots there are.
  private(set) var count: Int
  private let capacity: Int
  /// The slot that each sequence writes.
  private var own: [Int]

  init(sequences: Int, capacity: Int) {
    self.capacity = capacity
    count = sequences
    own = Array(0..<sequences)
    places = Array(repeating: 0, count: sequences * capacity)
  }

  /// Gives new tokens their rows, which are returned in the tokens' order.
  mutating func extend(_ lengths: [Int], by added: [Int]) -> [Int32] {
    var rows: [Int32] = []
    rows.reserveCapacity(added.count)
    for (sequence, length) in lengths.enumerated() {
      for place in length..<length + added[sequence] {
        let row = Int32(own[sequence] * capacity + place)
        places[sequence * capacity + place] = row
        rows.append(row)
      }
    }
    return rows
  }

  /// Takes over what parents read; the first child of each also writes its slot.
  mutating func reorder(_ parents: [Int], _ lengths: [Int]) {
    var old = self
    own = parents.map { parent in
      defer { old.own[parent] = -1 }
      return old.own[parent]
    }
    places = []
    places.reserveCapacity(parents.count * capacity)
    for parent in parents { places += old.places[parent * capacity..<(parent + 1) * capacity] }
    guard own.contains(-1) else { return }
    var reach = reach(parents.map { lengths[$0] })
    for slot in own where slot >= 0 { reach[slot] = capacity + 1 }
    for child in own.indices where own[child] < 0 {
      let free = reach.indices.first { reach[$0] <= lengths[parents[child]] }
      own[child] = free ?? reach.count
      if free == nil { reach.append(0) }
      reach[own[child]] = capacity + 1
    }
    count = reach.count
  }

  /// How many places of each slot are in use: one after the last that any sequence reads.
  private func reach(_ lengths: [Int]) -> [Int] {
    var reach = Array(repeating: 0, count: count)
    for (sequence, length) in lengths.enumerated() {
      for place in 0..<length {
        let slot = Int(places[sequence * capacity + place]) / capacity
        reach[slot] = max(reach[slot], place + 1)
      }
    }
    return reach
  }
}
